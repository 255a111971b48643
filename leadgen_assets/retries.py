"""How often an asset is tried again. Permanent failures say so themselves and are not."""

import dagster as dg

# A vendor that was down for its whole deadline gets three more chances, about half a minute apart at the end.
RETRY_TRANSIENT = dg.RetryPolicy(max_retries=3, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
