"""The forms of the setup pages. Every choice comes from the integration's own company and store."""
