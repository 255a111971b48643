"""An integration as the API takes and gives it. Credentials go in and never come out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from leadgen.providers.key_check import KeyReport, State
from leadgen_api.integrations.services import LONGEST_VALUE, Service
from leadgen_api.integrations.trying import verdict_of

Connection = Literal["connected", "failing", "off", "platform", "sandbox", "missing"]
Given = Annotated[SecretStr, Field(max_length=2 * LONGEST_VALUE)]


class CredentialField(BaseModel):
    """One part of a service's credentials."""

    name: str
    label: str
    is_secret: bool
    is_required: bool


class Integration(BaseModel):
    """A service and whose account is used.

    `connected`: the organization's own. `failing`: its own, and the service has refused it since it last took it. `off`: its
    own, switched off. Without one: `platform`, the installation's account; `sandbox`, a made-up world; `missing`: nobody's.
    """

    service: str
    title: str
    used_for: str
    fields: list[CredentialField]
    state: Connection
    put_at: datetime | None = None
    put_by: str | None = None
    last_used_at: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None

    @classmethod
    def of(cls, service: Service, row: Mapping[str, Any] | None, without: Connection) -> Self:
        """A service with its row; `without` is its state where there is no row."""
        fields = [
            CredentialField(name=f.name, label=f.label, is_secret=f.is_secret, is_required=f.is_required)
            for f in service.fields
        ]
        about: dict[str, Any] = {"title": service.title, "used_for": service.used_for, "fields": fields}
        if row is None:
            return cls(service=service.name, state=without, **about)
        return cls(**{**row, **about}, state=_state_of(row))


def _state_of(row: Mapping[str, Any]) -> Connection:
    if not row["is_active"]:
        return "off"
    used, failed = row["last_used_at"], row["last_error_at"]
    return "failing" if failed and (used is None or failed > used) else "connected"


class IntegrationList(BaseModel):
    """Every service that can be connected."""

    items: list[Integration]


class NewCredentials(BaseModel):
    """Credentials to keep, in place of former ones. `test`: ask the service first, and keep none that it refuses."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"credentials": {"api_key": "..."}, "test": True}}
    )

    credentials: dict[Annotated[str, StringConstraints(max_length=50)], Given] = Field(min_length=1, max_length=10)
    test: bool = True

    def values(self) -> dict[str, str]:
        """The credentials in the open."""
        return {name: value.get_secret_value() for name, value in self.credentials.items()}


class VendorReport(BaseModel):
    """What one of the service's vendors says of the credentials, and what to do where something is to be done."""

    vendor: str
    state: State
    words: str
    remedy: str


class TrialReport(BaseModel):
    """What the service says. `limited`: taken, but something is missing; `unchecked`: nobody was asked."""

    state: State
    vendors: list[VendorReport]

    @classmethod
    def of(cls, reports: Sequence[KeyReport]) -> Self:
        """The reports of all the service's vendors."""
        return cls(
            state=verdict_of(reports),
            vendors=[VendorReport(vendor=r.vendor, state=r.state, words=r.words, remedy=r.remedy) for r in reports],
        )

    @property
    def words(self) -> str:
        """In a few sentences, what is not well; where all is, what each says."""
        telling = [r for r in self.vendors if r.state != "ok"] or self.vendors
        return " ".join(f"{r.vendor}: {r.words}. {r.remedy}".strip() for r in telling)


class IntegrationTested(BaseModel):
    """An integration, and what the service says of it; null where it was not asked.

    `campaigns_resumed`: how many campaigns that waited for these credentials go on.
    """

    integration: Integration
    test: TrialReport | None
    campaigns_resumed: int = 0
