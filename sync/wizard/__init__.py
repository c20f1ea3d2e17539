"""The setup of an integration: its pages as a table of steps, and what they know, suggest and check (L10)."""
