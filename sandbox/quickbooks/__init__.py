"""A simulated QuickBooks Online: OAuth, the Accounting API v3, and a control API to look behind the counter."""
