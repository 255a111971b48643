"""Which database, as whom: the four URLs every part of the platform connects with.

`owner` owns the schema and migrates it; `api` and `pipeline` live under row security; `dagster` owns Dagster's own
database. They come from the settings or, where those are silent, from what `provision` made and noted.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from leadgen.errors import ConfigurationError, DatabaseDown, LeadGenError
from leadgen.settings import Settings
from leadgen.store.embedded import EmbeddedPostgres

API_ROLE = "leadgen_api"
PIPELINE_ROLE = "leadgen_pipeline"
DAGSTER_ROLE = "leadgen_dagster"
EMBEDDED_DATABASE = "leadgen"

# What a server answers to a connection that will never be accepted as it is asked for
REFUSALS = ("password authentication failed", "does not exist", "no pg_hba.conf entry", "is not permitted to log in")


class Connections:
    """libpq URLs (`postgresql://...`) of the four roles. Holds passwords: never printed.

    A process may be given only what it needs; the others then raise ConfigurationError when they are asked for.
    """

    def __init__(self, owner: str | None, api: str | None, pipeline: str | None, dagster: str | None) -> None:
        self._urls = {"owner": owner, "api": api, "pipeline": pipeline, "dagster": dagster}

    @property
    def owner(self) -> str:
        """Owns the tables, makes roles and migrates."""
        return self._known("owner", "LEADGEN_DATABASE_URL")

    @property
    def api(self) -> str:
        """The web API: a member's view of one organization."""
        return self._known("api", "LEADGEN_API_DATABASE_URL")

    @property
    def pipeline(self) -> str:
        """The assets: one organization at a time, and the narrow functions between tenants."""
        return self._known("pipeline", "LEADGEN_PIPELINE_DATABASE_URL")

    @property
    def dagster(self) -> str:
        """Dagster's own storage, in a database of its own."""
        return self._known("dagster", "LEADGEN_DAGSTER_DATABASE_URL")

    def _known(self, role: str, variable: str) -> str:
        url = self._urls[role]
        if url is None:
            raise ConfigurationError(
                f"the {role} role's database URL is not known here.",
                remedy=f"Run `leadgen migrate` to make the roles, or set {variable}.",
            )
        return url


def uses_embedded(settings: Settings) -> bool:
    """Whether the settings name no database, so that the embedded one is meant."""
    given = (
        settings.database_url,
        settings.api_database_url,
        settings.pipeline_database_url,
        settings.dagster_database_url,
    )
    return not any(given)


def embedded_server(settings: Settings) -> EmbeddedPostgres:
    """The embedded server of this home, started or not."""
    return EmbeddedPostgres(settings.home / "postgres", settings.pg_bin)


def resolve(settings: Settings) -> Connections:
    """The URLs as they are now known. Starts nothing and connects to nothing.

    Raises:
        ConfigurationError: a URL cannot be read, or the embedded database was never made.
    """
    if uses_embedded(settings):
        owner: str | None = embedded_server(settings).url(EMBEDDED_DATABASE)
    else:
        owner = libpq_url(settings.database_url)
    passwords = read_passwords(settings)
    return Connections(
        owner,
        libpq_url(settings.api_database_url) or _as_role(owner, API_ROLE, passwords),
        libpq_url(settings.pipeline_database_url) or _as_role(owner, PIPELINE_ROLE, passwords),
        libpq_url(settings.dagster_database_url)
        or _as_role(owner, DAGSTER_ROLE, passwords, database_suffix="_dagster"),
    )


def credentials_file(settings: Settings) -> Path:
    """Where `provision` notes the passwords it made."""
    return settings.home / "credentials.json"


def read_passwords(settings: Settings) -> Mapping[str, str]:
    """The passwords `provision` made, by role; empty before it ran."""
    path = credentials_file(settings)
    try:
        passwords: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be read.", remedy="Restore it, or remove it and run `leadgen migrate`."
        ) from error
    return passwords


def libpq_url(given: SecretStr | None) -> str | None:
    """A URL of the settings in the form every driver reads, whatever driver it names."""
    if given is None:
        return None
    try:
        url = make_url(given.get_secret_value())
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ConfigurationError(
            "a database URL in the settings is not one of Postgres.",
            remedy="Write it as postgresql://user:password@host:5432/database.",
        )
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def connection_errors() -> Iterator[None]:
    """Says of a connection that cannot be made, or is lost, what is wrong and what to do.

    Raises:
        DatabaseDown: nothing answers there, or not any more.
        ConfigurationError: the server refuses the user, the password or the database.
    """
    try:
        yield
    except psycopg.OperationalError as error:
        raise _explained(error) from error


def connect(url: str, **options: Any) -> psycopg.Connection:
    """An autocommitting connection for administration; errors as `connection_errors`."""
    with connection_errors():
        return psycopg.connect(url, autocommit=True, connect_timeout=10, **options)


def _explained(error: psycopg.OperationalError) -> LeadGenError:
    reason = " ".join(str(error).split())
    if any(refusal in reason for refusal in REFUSALS):
        return ConfigurationError(
            f"Postgres refuses the connection: {reason}.",
            remedy="Check the database URLs, or run `leadgen migrate` to make the roles.",
        )
    return DatabaseDown(
        f"Postgres does not answer: {reason}.", remedy="Start it with `leadgen up`, or check LEADGEN_DATABASE_URL."
    )


def _as_role(owner: str | None, role: str, passwords: Mapping[str, str], *, database_suffix: str = "") -> str | None:
    if owner is None or role not in passwords:
        return None
    url = make_url(owner)
    url = url.set(username=role, password=passwords[role], database=f"{url.database}{database_suffix}")
    return url.render_as_string(hide_password=False)
