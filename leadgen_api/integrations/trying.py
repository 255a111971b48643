"""Whether credentials work, asked of their service: before they are kept, and when a person presses the button.

Vendors with keys are asked what they answer for nothing (`providers/key_check.py`). A mailbox is entered and left again, and
Slack shows a line in the channel: once kept, these are calls of the tenant's ledger.
"""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from leadgen.errors import CredentialsRejected, LeadGenError, QuotaSpent, VendorRefused
from leadgen.providers import slack, twilio
from leadgen.providers.calls import Asks
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Work
from leadgen.providers.key_check import KeyReport, State, check_key
from leadgen.providers.keys import SANDBOX_KEY
from leadgen.providers.mailbox import imap, smtp
from leadgen.providers.trial import Trial
from leadgen.settings import Settings
from leadgen.store.connections import resolve
from leadgen.store.vault import CredentialsUnreadable
from leadgen.store.vault.scrubbing import scrub
from leadgen_api.access.sessions import Member
from leadgen_api.integrations.services import Service, secrets_of

STAGE = "integrations"
PATIENCE_SECONDS = 20.0  # somebody waits before a page
HELLO = "LeadGen is connected to this channel."

_KEYS = {"twilio": twilio.VENDOR, "slack": slack.VENDOR, "smtp": smtp.VENDOR, "imap": imap.VENDOR}
_ENTERED = frozenset({"smtp", "imap", "slack"})  # nothing can be learned of these but by using them

_GRAVEST: Sequence[State] = ("refused", "limited", "unreachable", "unchecked", "ok")


def key_of(service: Service, values: Mapping[str, str]) -> str:
    """The credentials as the one key that the client layer sends."""
    vendor = _KEYS.get(service.name)
    return vendor.key_of(values) if vendor else values["api_key"]


async def try_values(service: Service, values: Mapping[str, str], configured: Settings) -> tuple[KeyReport, ...]:
    """What the service says of credentials that are not kept; one report for each of its vendors. Costs nothing."""
    key = key_of(service, values)
    placed = _placed(configured, service, key)
    if service.name in _ENTERED:
        reports = [await _enter(service.name, Trial(placed.vendor(service.name), key))]
    else:
        reports = [await check_key(vendor, key, placed) for vendor in service.vendors]
    return tuple(_scrubbed(report, service, values) for report in reports)


async def try_kept(
    member: Member, service: Service, values: Mapping[str, str], configured: Settings
) -> tuple[KeyReport, ...]:
    """What the service says of the organization's credentials, `values`."""
    if service.name not in _ENTERED:
        return await try_values(service, values, configured)
    work = Work(member.organization_id, None, STAGE)
    try:
        async with ProviderClient(_patient(configured, service), resolve(configured).pipeline, work) as client:
            client.stage = STAGE
            report = await _enter(service.name, client)
    except LeadGenError as error:
        report = KeyReport(service.name, "unchecked", error.message, error.remedy or "")
    return (_scrubbed(report, service, values),)


def verdict_of(reports: Sequence[KeyReport]) -> State:
    """One word for all: the gravest, but that a key which some of its vendors take is not refused, only limited."""
    states = {report.state for report in reports}
    if "refused" in states and states & {"ok", "limited"}:
        return "limited"
    return next(state for state in _GRAVEST if state in states)


async def _enter(name: str, asks: Asks) -> KeyReport:
    try:
        if name == "smtp":
            await smtp.Smtp(asks).test_connection()
        elif name == "imap":
            await imap.Imap(asks).test_connection()
        else:
            await slack.Slack(asks).post(HELLO, purpose=f"test {uuid4()}")
    except (CredentialsRejected, CredentialsUnreadable) as error:
        return KeyReport(name, "refused", error.message, error.remedy or "")
    except (QuotaSpent, VendorRefused) as error:
        return KeyReport(name, "limited", error.message, error.remedy or "")
    except LeadGenError as error:
        return KeyReport(name, "unreachable", error.message, error.remedy or "Try again later.")
    return KeyReport(name, "ok", "a line stands in the channel" if name == "slack" else "the mailbox lets us in")


def _scrubbed(report: KeyReport, service: Service, values: Mapping[str, str]) -> KeyReport:
    words = scrub(report.words, secrets_of(service, values).values())
    return KeyReport(report.vendor, report.state, words, report.remedy)


def _patient(configured: Settings, service: Service) -> Settings:
    """The settings with no more patience than a person has."""
    return configured.model_copy(
        update={
            name: configured.vendor(name).model_copy(
                update={
                    "timeout_seconds": min(configured.vendor(name).timeout_seconds, PATIENCE_SECONDS),
                    "deadline_seconds": PATIENCE_SECONDS,
                }
            )
            for name in service.vendors
        }
    )


def _placed(configured: Settings, service: Service, key: str) -> Settings:
    """Settings in which a key that the sandbox gave out is asked of the sandbox, as the client layer does."""
    patient = _patient(configured, service)
    if not (configured.sandbox_url and key.startswith(SANDBOX_KEY)):
        return patient
    return patient.model_copy(
        update={
            name: patient.vendor(name).model_copy(update={"base_url": f"{configured.sandbox_url}/{name}"})
            for name in service.vendors
        }
    )
