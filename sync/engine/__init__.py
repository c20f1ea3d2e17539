"""Pull -> plan -> prove -> post -> verify -> record, under a lease and a budget. Nothing else talks to QuickBooks."""
