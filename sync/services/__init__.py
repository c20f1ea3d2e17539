"""What people and the clock do with integrations and records: acts, each a plain function."""
