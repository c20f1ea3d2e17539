"""What others may want to know of; nobody here knows who listens."""

from django.dispatch import Signal

# An account was connected or disconnected by somebody: `connection`, `user`, `what` ("connected", "disconnected").
credentials_changed = Signal()
