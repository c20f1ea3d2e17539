"""Tags and filters for our own templates."""
