"""A simulated Ecwid: the REST API, the OAuth pages and the way the shop computes an order."""
