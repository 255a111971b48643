"""How often an asset is tried again. Permanent failures say so themselves and are not."""

import dagster as dg

# The client layer has waited for the vendor's whole deadline by now; two more chances, then the campaign says why it stands.
RETRY_TRANSIENT = dg.RetryPolicy(max_retries=2, delay=3, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
