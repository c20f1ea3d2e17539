"""The demo: simulated shops and companies, a first sync of both, and the admin to look at them."""
