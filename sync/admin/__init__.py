"""Where bookkeepers work: integrations with their settings, mappings, records and the sync log."""

from sync.admin import changes, integration, lists, log, mappings, queue, records, stock, webhooks

__all__ = ["changes", "integration", "lists", "log", "mappings", "queue", "records", "stock", "webhooks"]
