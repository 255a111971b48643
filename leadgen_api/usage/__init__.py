"""What a tenant has used and spent: totals, and the ledger line by line."""
