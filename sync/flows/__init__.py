"""Which records a flow concerns, and when."""
