"""The demo: simulated stores and companies, a first sync of all, and the admin to look at them."""
