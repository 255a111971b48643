"""The pipeline in this process: a real database, a real sandbox, Dagster's own executor on an instance in memory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import dagster as dg
import httpx
import psycopg
from databases import MakeTenant
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sandbox_server import serving

from leadgen.sandbox.world import World
from leadgen.store.connections import Connections
from leadgen_assets.definitions import ASSETS
from leadgen_assets.session import CampaignSessions

Environment = Callable[..., None]

PROSPECTS = 12
OFFER = {
    "kind": "website",
    "sells": "websites with online booking for local businesses",
    "sender": {"name": "Dana Demo", "company": "Demo Agency"},
}


@dataclass(frozen=True)
class Pipeline:
    """The assets, for one campaign."""

    urls: Connections
    sandbox_url: str
    world: World
    campaign_id: UUID

    def run(
        self,
        *,
        assets: Sequence[dg.AssetsDefinition] = ASSETS,
        config: dict[str, Any] | None = None,
        tags: dict[str, str] | None = None,
        raise_on_error: bool = True,
    ) -> dg.ExecuteInProcessResult:
        """Materializes the whole chain for the campaign, or a part of it."""
        with dg.DagsterInstance.ephemeral() as instance:
            instance.add_dynamic_partitions("campaigns", [str(self.campaign_id)])
            return dg.materialize(
                assets,
                instance=instance,
                partition_key=str(self.campaign_id),
                resources={"campaign_sessions": CampaignSessions()},
                run_config=config,
                tags=tags,
                raise_on_error=raise_on_error,
            )

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows as the owner sees them."""
        with psycopg.connect(self.urls.owner, row_factory=dict_row) as connection:
            return connection.execute(sql, parameters).fetchall()

    def change(self, sql: str, *parameters: Any) -> None:
        """A change by the owner."""
        with psycopg.connect(self.urls.owner) as connection:
            connection.execute(sql, parameters)

    def sandbox(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the sandbox's own administration."""
        answer = httpx.request(method, f"{self.sandbox_url}/__sandbox{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def calls(self) -> dict[str, int]:
        """Calls the sandbox has counted, by vendor."""
        return {vendor: found["calls"] for vendor, found in self.sandbox("GET", "/calls")["vendors"].items()}

    def campaign(self) -> dict[str, Any]:
        """The campaign's row."""
        return self.rows("select * from campaigns where id = %s", self.campaign_id)[0]


@contextmanager
def campaign_over(world: World, urls: Connections, make_tenant: MakeTenant) -> Iterator[Pipeline]:
    """A campaign over a made-up world that a sandbox of its own serves."""
    tenant = make_tenant()
    with serving(world) as url:
        pipeline = Pipeline(urls, url, world, tenant.campaign_id)
        pipeline.change(
            "update campaigns set business_type = %s, target_location = 'Austin, TX', target_radius_miles = 15,"
            " offer = %s, status = 'queued' where id = %s",
            world.category,
            Jsonb(OFFER),
            tenant.campaign_id,
        )
        pipeline.sandbox("PUT", "/limits", {"*": {"rates": []}})
        yield pipeline
