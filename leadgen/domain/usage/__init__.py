"""What was used and spent, in words: quantities of the ledger, and warnings before the money is gone."""
