"""Ecwid by Lightspeed: reading a store's profile, orders and products over its REST API (version 3)."""
