"""Filters for our own templates."""
