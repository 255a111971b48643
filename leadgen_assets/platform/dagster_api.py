"""The few things the dispatcher asks of Dagster, over the GraphQL of its loopback web server. Knows no Dagster code."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx

from leadgen.errors import TransientError
from leadgen_assets.platform.requests import (
    EVENT_TAG,
    JOB,
    ORGANIZATION_TAG,
    PARTITIONS,
    Event,
    asset_selection,
    run_config,
    run_tags,
)

TIMEOUT_SECONDS = 30
REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": "leadgen_assets"}

QUEUED = """
query Queued {
  runsOrError(filter: {statuses: [QUEUED]}, limit: 200) {
    ... on Runs { results { tags { key value } } }
    ... on Error { message }
  }
}
"""

RUN_OF_EVENT = """
query RunOfEvent($tags: [ExecutionTag!]) {
  runsOrError(filter: {tags: $tags}, limit: 1) {
    ... on Runs { results { runId } }
    ... on Error { message }
  }
}
"""

LAUNCH = """
mutation Launch($repository: RepositorySelector!, $partitions: String!, $key: String!, $run: ExecutionParams!) {
  addDynamicPartition(repositorySelector: $repository, partitionsDefName: $partitions, partitionKey: $key) {
    __typename
    ... on Error { message }
  }
  launchRun(executionParams: $run) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on Error { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""


class DagsterRefused(TransientError):
    """Dagster answered, but did not do what was asked; its code location may just be loading."""


class DagsterApi:
    """One connection to the web server at `url`, as `http://127.0.0.1:3000`. Every method may raise httpx.HTTPError."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)

    def close(self) -> None:
        """Closes the connection."""
        self._client.close()

    def queued_by_organization(self) -> Counter[str]:
        """How many runs wait in Dagster's queue, by organization."""
        found = self._ask(QUEUED, {})["runsOrError"]
        tags = [{tag["key"]: tag["value"] for tag in run["tags"]} for run in _results(found)]
        return Counter(of_run.get(ORGANIZATION_TAG, "") for of_run in tags)

    def run_of(self, event: Event) -> str | None:
        """The run that was launched for the event, if there is one."""
        found = self._ask(RUN_OF_EVENT, {"tags": [{"key": EVENT_TAG, "value": str(event.id)}]})["runsOrError"]
        return next((run["runId"] for run in _results(found)), None)

    def launch(self, event: Event) -> str:
        """Adds the campaign's partition and puts its run into the queue; returns the run's id.

        Raises:
            DagsterRefused: it was not launched.
        """
        key = str(event.campaign_id)
        tags = {**run_tags(event), "dagster/partition": key}
        selected = asset_selection(event)
        assets = {} if selected is None else {"assetSelection": [{"path": [asset]} for asset in selected]}
        run = {
            "selector": {**REPOSITORY, "pipelineName": JOB, **assets},
            "runConfigData": run_config(event),
            "executionMetadata": {"tags": [{"key": name, "value": value} for name, value in tags.items()]},
        }
        answer = self._ask(LAUNCH, {"repository": REPOSITORY, "partitions": PARTITIONS, "key": key, "run": run})
        launched = answer["launchRun"]
        if launched["__typename"] != "LaunchRunSuccess":
            raise DagsterRefused(f"{launched['__typename']}: {launched}; {answer['addDynamicPartition']}")
        run_id: str = launched["run"]["runId"]
        return run_id

    def _ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        response = self._client.post("/graphql", json={"query": document, "variables": variables})
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        if answer.get("errors"):
            raise DagsterRefused(str(answer["errors"][0]["message"]))
        data: dict[str, Any] = answer["data"]
        return data


def _results(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "results" not in found:
        raise DagsterRefused(str(found.get("message")))
    results: list[dict[str, Any]] = found["results"]
    return results
