"""Messages that providers send by themselves (S6): each is proven, stored and answered at once; what it means for syncs
is decided later, by `sync.services.webhooks`."""
