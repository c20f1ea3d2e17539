"""Pure translation: (order, options, company, lookups) -> documents or a hold. No Django, no HTTP, no clock, no I/O."""
