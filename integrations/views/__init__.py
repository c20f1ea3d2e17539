"""Connecting, testing and disconnecting accounts (C2, C6): thin faces of `integrations.connecting`."""
