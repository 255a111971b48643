"""The parts of the platform: what each is started with, what it waits for, and how it says that it is ready.

Each gets the database role it needs and nothing more; vendors' keys go to the parts that call vendors.
"""

import os
import secrets
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from leadgen.cli.database_part import DatabasePart
from leadgen.cli.folders import Folders
from leadgen.cli.part import Part, ProcessPart
from leadgen.cli.ports import LOOPBACK
from leadgen.cli.readiness import (
    ReadyCheck,
    accepts_on_socket,
    all_of,
    answers_http,
    has_loaded_definitions,
    has_said,
)
from leadgen.cli.world_choice import WorldChoice
from leadgen.settings import VENDORS, Settings
from leadgen.store.vault import installation_master_key

DEFINITIONS = "leadgen_assets.definitions"
API_ADDRESS = "API and pages"
CUSTOMARY_KEYS = (
    "GOOGLE_MAPS_API_KEY",
    "YELP_API_KEY",
    "APOLLO_API_KEY",
    "HUNTER_API_KEY",
    "FIRECRAWL_API_KEY",
    "ANTHROPIC_API_KEY",
    "RESEND_API_KEY",
    "STRIPE_API_KEY",
)
ROLE_URLS = (
    "LEADGEN_DATABASE_URL",
    "LEADGEN_API_DATABASE_URL",
    "LEADGEN_PIPELINE_DATABASE_URL",
    "LEADGEN_DAGSTER_DATABASE_URL",
)
MAIL_PROTOCOLS = ("smtp", "imap")
OWN_SECRETS = ("LEADGEN_SECRET", "LEADGEN_MASTER_KEY")
# The run worker gives its runs 20 seconds to save what they have; it must outlive them.
WORKER_GRACE_SECONDS = 30

Variables = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, and where. `ports` by setting, as `api_port`; without a world no sandbox is started.

    `live`: vendors that have a key are called for real; else the sandbox plays every one.
    """

    settings: Settings
    folders: Folders
    ports: Mapping[str, int]
    world: WorldChoice | None
    live: bool

    @property
    def sandbox_url(self) -> str:
        """Where the sandbox answers; empty where none runs."""
        return f"http://{LOOPBACK}:{self.ports['sandbox_port']}" if self.world else ""

    @property
    def mailboxes(self) -> Mapping[str, str]:
        """The variables that lead mailboxes of the made-up world to the sandbox's mail server, where it listens."""
        return {
            f"LEADGEN_{protocol.upper()}__BASE_URL": f"{protocol}://{LOOPBACK}:{port}"
            for protocol in MAIL_PROTOCOLS
            if self.world and (port := self.ports.get(f"sandbox_{protocol}_port"))
        }

    @property
    def dagster_url(self) -> str:
        """Where Dagster's web server answers."""
        return f"http://{LOOPBACK}:{self.ports['dagster_port']}"

    @property
    def api_url(self) -> str:
        """Where the API and the pages answer; empty where they are not started."""
        return f"http://{LOOPBACK}:{self.ports['api_port']}" if "api_port" in self.ports else ""

    @property
    def addresses(self) -> dict[str, str]:
        """What a person can open."""
        named = {API_ADDRESS: self.api_url, "Dagster": self.dagster_url, "sandbox": self.sandbox_url}
        return {name: url for name, url in named.items() if url}

    @property
    def inherited(self) -> dict[str, str]:
        """This command's environment without any secret: parts get those they need."""
        ours = {name: value for name, value in os.environ.items() if not _is_secret(name)}
        # Empty rather than absent, so that a part does not find them in `.env`.
        return {**ours, **dict.fromkeys((*ROLE_URLS, *CUSTOMARY_KEYS, *OWN_SECRETS), "")}

    @property
    def vendor_keys(self) -> dict[str, str]:
        """The variables of the vendors that have a key; emptied where the sandbox plays all."""
        keys = {f"LEADGEN_{name.upper()}__KEY": self.settings.vendor(name).key for name in VENDORS}
        return {name: key.get_secret_value() if self.live else "" for name, key in keys.items() if key}


def parts_of(plan: Plan, database: DatabasePart) -> list[Part]:
    """All parts, each with what must be ready before it."""
    link_dagster_configuration(plan)
    parts: list[Part] = [database, *_pipeline(plan, database)]
    if plan.world:
        parts.insert(0, _sandbox(plan, plan.world))
    if plan.api_url:
        parts += [_api(plan, database), _mailer(plan, database)]
    return parts


def link_dagster_configuration(plan: Plan) -> None:
    """DAGSTER_HOME is a folder of this checkout; its configuration is the repository's."""
    link = plan.folders.dagster / "dagster.yaml"
    link.unlink(missing_ok=True)
    link.symlink_to(plan.settings.project / "dagster.yaml")


def installation_secret(folders: Folders) -> str:
    """The secret that signs links and sessions: made once, readable by this user only."""
    if not folders.secret.exists():
        draft = folders.secret.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        draft.replace(folders.secret)
    return folders.secret.read_text()


def master_key(plan: Plan) -> str:
    """What opens the tenants' own keys; on an installation without one of its own, one is made and kept here."""
    given = plan.settings.master_key
    return given.get_secret_value() if given else installation_master_key(plan.settings.home)


def _sandbox(plan: Plan, world: WorldChoice) -> Part:
    port = plan.ports["sandbox_port"]
    mail = [
        word
        for protocol in MAIL_PROTOCOLS
        if (listens := plan.ports.get(f"sandbox_{protocol}_port"))
        for word in (f"--{protocol}-port", str(listens))
    ]
    return _part(
        plan,
        "sandbox",
        ("-m", "leadgen.sandbox.server", "--port", str(port), *mail, *world.arguments),
        ready=answers_http(port, "/__sandbox/health"),
    )


def _pipeline(plan: Plan, database: DatabasePart) -> list[Part]:
    """The dispatcher, and Dagster: one warm process that forks its services and every run.

    Four separate commands would each import Dagster and our definitions: three times the CPU time and memory.
    """
    worker_socket, code_socket = plan.folders.sockets / "worker.sock", plan.folders.sockets / "code.sock"
    port = plan.ports["dagster_port"]
    workspace = shlex.quote(str(plan.settings.project / "workspace.yaml"))
    services = (
        f"code-server -s {shlex.quote(str(code_socket))} -m {DEFINITIONS}",
        f"web-server -h {LOOPBACK} -p {port} -w {workspace}",
        f"daemon -w {workspace}",
    )

    def dagster() -> Variables:
        return {
            "DAGSTER_HOME": str(plan.folders.dagster),
            "DAGSTER_PG_URL": database.connections.dagster,
            "LEADGEN_RUN_WORKER_SOCKET": str(worker_socket),
            "LEADGEN_CODE_SERVER_SOCKET": str(code_socket),
            "LEADGEN_PIPELINE_DATABASE_URL": database.connections.pipeline,
            "LEADGEN_SANDBOX_URL": plan.sandbox_url,
            "LEADGEN_FETCHER_SANDBOX": plan.sandbox_url,
            "LEADGEN_MASTER_KEY": master_key(plan),
            **plan.mailboxes,
            **plan.vendor_keys,
        }

    def outbox() -> Variables:
        return {"LEADGEN_PIPELINE_DATABASE_URL": database.connections.pipeline}

    return [
        _part(
            plan,
            "dagster",
            (
                *("-m", "leadgen_assets.platform.run_worker", "--socket", str(worker_socket), "-m", DEFINITIONS),
                *("--import", "leadgen.providers.claude_sdk"),
                *(word for service in services for word in ("--also", service)),
            ),
            ready=all_of(
                accepts_on_socket(worker_socket),
                has_said(_log(plan, "dagster"), "following daemons"),
                has_loaded_definitions(port),
            ),
            environment=dagster,
            after=(database.name,),
            grace_seconds=WORKER_GRACE_SECONDS,
        ),
        _part(
            plan,
            "dispatcher",
            ("-m", "leadgen_assets.platform.dispatcher", "--dagster-url", plan.dagster_url),
            ready=has_said(_log(plan, "dispatcher"), "dispatching"),
            environment=outbox,
            after=(database.name,),
        ),
    ]


def _api(plan: Plan, database: DatabasePart) -> Part:
    port = plan.ports["api_port"]

    def environment() -> Variables:
        return {
            "LEADGEN_API_DATABASE_URL": database.connections.api,
            "LEADGEN_MASTER_KEY": master_key(plan),
            "LEADGEN_SECRET": plan.settings.secret.get_secret_value()
            if plan.settings.secret
            else installation_secret(plan.folders),
        }

    return _part(
        plan,
        "api",
        ("-m", "leadgen_api", "--port", str(port)),
        ready=answers_http(port, "/healthz"),
        environment=environment,
        after=(database.name,),
    )


def _mailer(plan: Plan, database: DatabasePart) -> Part:
    """Sends what the API's pages ask for: sign-in links and invitations."""
    key = "LEADGEN_RESEND__KEY"

    def environment() -> Variables:
        return {
            "LEADGEN_PIPELINE_DATABASE_URL": database.connections.pipeline,
            "LEADGEN_SANDBOX_URL": plan.sandbox_url,
            "LEADGEN_PUBLIC_URL": plan.settings.public_url or plan.api_url,
            "LEADGEN_MASTER_KEY": master_key(plan),
            key: plan.vendor_keys.get(key, ""),
        }

    return _part(
        plan,
        "mailer",
        ("-m", "leadgen_assets.platform.mailer"),
        ready=has_said(_log(plan, "mailer"), "mailing"),
        environment=environment,
        after=(database.name,),
    )


def _part(
    plan: Plan,
    name: str,
    arguments: tuple[str, ...],
    *,
    ready: ReadyCheck,
    environment: Callable[[], Variables] = dict,
    after: tuple[str, ...] = (),
    grace_seconds: float = 10,
) -> Part:
    return ProcessPart(
        name,
        (sys.executable, *arguments),
        log=_log(plan, name),
        ready=ready,
        environment=environment,
        inherited={**plan.inherited, "LEADGEN_HOME": str(plan.folders.home), "PYTHONUNBUFFERED": "1"},
        folder=plan.settings.project,
        after=after,
        ready_within_seconds=120,
        grace_seconds=grace_seconds,
    )


def _log(plan: Plan, name: str) -> Path:
    return plan.folders.logs / f"{name}.log"


def _is_secret(name: str) -> bool:
    return name in {*CUSTOMARY_KEYS, *ROLE_URLS, *OWN_SECRETS} or (
        name.startswith("LEADGEN_") and name.endswith("__KEY")
    )
