"""Our errors as Dagster's failures: which of them Dagster tries again, in any of its layers of retries.

Permanent ones are not; nor is what the client layer has waited out already: such work is parked, and frees its run's place.

An asset's retry policy obeys `allow_retries`. Retries of whole runs look at tags only, so a hook stamps the run.
"""

import dagster as dg

from leadgen.errors import LeadGenError, PermanentError, VendorError

NO_RUN_RETRY = {"dagster/retry_on_asset_or_op_failure": "false"}


def as_dagster_failure(error: Exception) -> dg.Failure:
    """The failure of an asset; a PermanentError forbids a retry, and what goes on by itself later needs none.

    Metadata: `error` (its class), and where known `remedy`, `resume_after_seconds`, `vendor`, `operation` and
    `http_status`. Of an error that is not ours only the class is told, because its words may hold personal data.
    """
    metadata: dict[str, str | int | float] = {"error": type(error).__name__}
    resume_after = error.resume_after_seconds if isinstance(error, LeadGenError) else None
    if resume_after is not None:
        metadata["resume_after_seconds"] = float(resume_after)
    if isinstance(error, LeadGenError) and error.remedy:
        metadata["remedy"] = error.remedy
    if isinstance(error, VendorError):
        metadata |= {"vendor": error.vendor, "operation": error.operation}
        if error.http_status is not None:
            metadata["http_status"] = error.http_status
    return dg.Failure(
        description=str(error) if isinstance(error, LeadGenError) else f"{type(error).__name__} in our own code",
        metadata=metadata,
        allow_retries=not isinstance(error, PermanentError) and resume_after is None,
    )


@dg.failure_hook(name="no_run_retry_after_permanent_failure")
def no_run_retry_after_permanent_failure(context: dg.HookContext) -> None:
    """Stamps the run of a permanent failure, so that Dagster does not run it again as a whole."""
    failure = context.op_exception
    if isinstance(failure, dg.Failure) and not failure.allow_retries:
        context.instance.add_run_tags(context.run_id, NO_RUN_RETRY)
