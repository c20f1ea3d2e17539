"""A simulated Wix."""
