"""Assembles the tenants' application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from leadgen import __version__
from leadgen.settings import settings
from leadgen.store.connections import resolve
from leadgen.store.database import Database
from leadgen_api import health, problems
from leadgen_api.access.key_holders import secrets_of
from leadgen_api.access.origin import SameOriginOnly
from leadgen_api.api_keys.endpoints import router as api_keys
from leadgen_api.body_limit import BodyLimit
from leadgen_api.campaigns.endpoints import router as campaigns
from leadgen_api.caps.endpoints import router as caps
from leadgen_api.discovery.endpoints import router as discovery
from leadgen_api.enrichment.endpoints import router as enrichment
from leadgen_api.exports.endpoints import router as exports
from leadgen_api.headers import SecurityHeaders
from leadgen_api.imports.endpoints import router as imports
from leadgen_api.imports.running import RunningImports
from leadgen_api.integrations.endpoints import router as integrations
from leadgen_api.leads.endpoints import router as leads
from leadgen_api.merges.endpoints import router as merges
from leadgen_api.notifications.endpoints import router as notifications
from leadgen_api.organization.endpoints import router as organization
from leadgen_api.pages.problem_page import problem_page
from leadgen_api.pages.views import router as pages
from leadgen_api.scoring.endpoints import router as scoring
from leadgen_api.usage.endpoints import router as usage

CONNECTIONS = 8
PATIENCE_SECONDS = 5.0


def create_app(database_url: str | None = None, secret: str | None = None) -> FastAPI:
    """The application; `database_url` (of the API's role) and `secret` default to the settings'."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = database_url or resolve(settings()).api
        async with (
            Database(
                url, connections=CONNECTIONS, application="leadgen api", patience_seconds=PATIENCE_SECONDS
            ) as database,
            RunningImports(url) as running_imports,
        ):
            app.state.database = database
            app.state.secrets = secrets_of(secret, settings())
            app.state.imports = running_imports
            yield

    app = FastAPI(title="LeadGen", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    problems.install(app, page=problem_page)
    app.add_middleware(BodyLimit)
    app.add_middleware(SameOriginOnly)
    app.add_middleware(SecurityHeaders)
    for router in (
        health.router,
        api_keys,
        campaigns,
        discovery,
        enrichment,
        exports,
        imports,
        integrations,
        leads,
        merges,
        organization,
        pages,
        scoring,
        caps,
        notifications,
        usage,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "pages" / "static"), name="static")
    return app
