"""Failures are classified once, and every layer of retries obeys."""

import dagster as dg
import pytest

from leadgen.errors import (
    BudgetSpent,
    CredentialsRejected,
    DatabaseDown,
    InputError,
    QuotaSpent,
    VendorRefused,
    VendorUnavailable,
)
from leadgen_assets.platform.failures import as_dagster_failure, no_run_retry_after_permanent_failure

PERMANENT = [
    InputError("the location is nowhere.", remedy="Correct it."),
    BudgetSpent("campaign"),
    VendorRefused("hunter", "domain-search", "no such domain", http_status=404),
    CredentialsRejected("hunter", "domain-search", "the key is wrong", http_status=401),
]
TRANSIENT = [DatabaseDown("Postgres does not answer."), OSError("no route")]
PARKED = [
    (VendorUnavailable("hunter", "domain-search", "it is down", http_status=503), 60),
    (QuotaSpent("yelp", "search", "ACCESS_LIMIT_REACHED"), 3600),
    (BudgetSpent("hunter/day", frees_in_seconds=7200), 7200),
]


@pytest.mark.parametrize("error", PERMANENT, ids=lambda error: type(error).__name__)
def test_a_permanent_error_forbids_a_retry(error: Exception) -> None:
    assert not as_dagster_failure(error).allow_retries


@pytest.mark.parametrize("error", TRANSIENT, ids=lambda error: type(error).__name__)
def test_any_other_error_allows_it(error: Exception) -> None:
    assert as_dagster_failure(error).allow_retries


@pytest.mark.parametrize(("error", "seconds"), PARKED, ids=lambda value: type(value).__name__)
def test_what_the_client_has_waited_out_is_parked_and_holds_no_run(error: Exception, seconds: int) -> None:
    failure = as_dagster_failure(error)
    assert not failure.allow_retries
    assert failure.metadata["resume_after_seconds"].value == seconds


def test_a_spent_campaign_budget_waits_for_a_person() -> None:
    assert "resume_after_seconds" not in as_dagster_failure(BudgetSpent("campaign")).metadata


def test_an_operator_finds_the_call_and_the_remedy() -> None:
    metadata = as_dagster_failure(PERMANENT[2]).metadata
    assert {name: value.value for name, value in metadata.items()} == {
        "error": "VendorRefused",
        "vendor": "hunter",
        "operation": "domain-search",
        "http_status": 404,
    }
    assert as_dagster_failure(PERMANENT[0]).metadata["remedy"].value == "Correct it."


def test_the_words_of_a_foreign_error_stay_out_of_dagster() -> None:
    failure = as_dagster_failure(ValueError("ann@example.com is no address"))
    assert "ann" not in f"{failure.description} {failure.metadata}"


@pytest.mark.parametrize(("error", "attempts", "stamp"), [(PERMANENT[0], 1, "false"), (TRANSIENT[0], 3, None)])
def test_retries_of_steps_and_of_runs_both_obey(error: Exception, attempts: int, stamp: str | None) -> None:
    """Failure(allow_retries=False) speaks to the step's policy only; a stamp on the run speaks to the run's."""
    tries = []

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
    def fails() -> None:
        tries.append(1)
        raise as_dagster_failure(error) from error

    @dg.job(hooks={no_run_retry_after_permanent_failure})
    def one_op() -> None:
        fails()

    with dg.DagsterInstance.ephemeral() as instance:
        result = one_op.execute_in_process(instance=instance, raise_on_error=False)
        assert len(tries) == attempts
        assert instance.get_run_by_id(result.run_id).tags.get("dagster/retry_on_asset_or_op_failure") == stamp
