"""What others may want to know of; nobody here knows who listens."""

from django.dispatch import Signal

# An account was connected or disconnected by somebody: `connection`, `user`, `what` ("connected", "disconnected").
credentials_changed = Signal()

# Events of a provider's message were stored for a connection: `side` ("store", "books"), `connection_pk`, `delivery`.
# Sent inside the transaction that stores them.
webhook_stored = Signal()
