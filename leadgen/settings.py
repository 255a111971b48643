"""Every setting, its default and its environment variable. Values come from the environment or a `.env` file.

Names are `LEADGEN_` plus the field's name; a vendor's own fields use two underscores, as `LEADGEN_HUNTER__KEY`. The
services' customary names (`ANTHROPIC_API_KEY`, ...) are accepted as well. Vendors' facts (limits, prices) are those of their
published documentation in November 2026 and are settings because they change.
"""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class RequestLimit(BaseModel):
    """At most `requests` in any `seconds`."""

    requests: int = Field(gt=0)
    seconds: float = Field(gt=0)


class VendorSettings(BaseModel):
    """How to reach one vendor and what it allows and charges."""

    base_url: str
    key: SecretStr | None = None
    needs_key: bool = True
    own_key_only: bool = False  # a tenant's own account: no key of the platform's is ever used for it
    timeout_seconds: float = Field(default=30, gt=0)
    deadline_seconds: float = Field(default=180, gt=0)  # over all attempts of one call
    concurrency: int = Field(default=20, gt=0)  # calls in flight per key, over all processes
    limits: list[RequestLimit] = []
    scope_limits: dict[str, list[RequestLimit]] = {}  # of endpoints that have limits of their own, by scope
    prices: dict[str, Decimal] = {}  # micros (millionths of a US dollar) per unit


def _vendor(base_url: str, **defaults: object) -> VendorSettings:
    return VendorSettings.model_validate({"base_url": base_url, **defaults})


def _claude_prices(model: str, read: str, written: str, cache_read: str, *, long: bool = False) -> dict[str, Decimal]:
    """Micros per token (US dollars per million tokens are the same number), by class. `long`: of prompts that cost more.

    A write to the cache costs 1.25 times its tokens for 5 minutes, twice for an hour; in a batch all is half price.
    """
    classes = {
        "input": Decimal(read),
        "output": Decimal(written),
        "cache_read": Decimal(cache_read),
        "cache_write": Decimal(read) * Decimal("1.25"),
        "cache_write_1h": Decimal(read) * 2,
    }
    length = "long_" if long else ""
    at_once = {f"{model}:{length}{name}": price for name, price in classes.items()}
    return at_once | {f"{model}:batch_{length}{name}": price / 2 for name, price in classes.items()}


def _apollo_limits() -> dict[str, object]:
    """Apollo counts each endpoint by itself: searches by minute, hour and day, enrichments by the minute alone."""
    searches = [
        {"requests": most, "seconds": seconds} for most, seconds in ((200, 60), (6_000, 3_600), (50_000, 86_400))
    ]
    enrichments = [{"requests": 1_000, "seconds": 60}]
    return {
        **dict.fromkeys(("search_people", "search_companies"), searches),
        **dict.fromkeys(("match", "bulk_match", "enrich_organization"), enrichments),
    }


def _empty_is_none(value: object) -> object:
    return None if value in {"", None} else value


OptionalSecret = Annotated[SecretStr | None, BeforeValidator(_empty_is_none)]
OptionalPort = Annotated[int | None, BeforeValidator(_empty_is_none)]


class Settings(BaseSettings):
    """The whole configuration. Secrets are never printed."""

    model_config = SettingsConfigDict(
        env_prefix="LEADGEN_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
        env_file=".env",
        extra="ignore",
        populate_by_name=True,
    )

    # Where things live. `home` holds the embedded database, logs and locks of this checkout.
    home: Path = PROJECT / "var"
    project: Path = PROJECT

    # Postgres. Empty: the embedded server. The owner's URL migrates and creates the roles; the others are made from it.
    database_url: OptionalSecret = None
    api_database_url: OptionalSecret = None
    pipeline_database_url: OptionalSecret = None
    dagster_database_url: OptionalSecret = None
    pg_bin: Annotated[Path | None, BeforeValidator(_empty_is_none)] = None

    # Loopback ports of the parts; empty: any free one.
    api_port: OptionalPort = 8000
    dagster_port: OptionalPort = 3000
    sandbox_port: OptionalPort = 8100
    sandbox_smtp_port: OptionalPort = 8125  # the sandbox's mail server: mailboxes at hosts under `.example`
    sandbox_imap_port: OptionalPort = 8143

    # Where the sandbox stands in for a vendor that has no key. Empty: such a vendor cannot be called.
    sandbox_url: Annotated[str | None, BeforeValidator(_empty_is_none)] = None

    # Where our own fetcher finds the websites of the sandbox's made-up world, which end in `.example` (the fetcher's
    # transport.py says why that is safe). Empty: there are none, and the fetcher reads the web alone.
    fetcher_sandbox: Annotated[str | None, BeforeValidator(_empty_is_none)] = None

    # Signs what must not be forged (sign-in links, receipts); made once per installation by `leadgen up`.
    secret: OptionalSecret = None

    # What mail of the platform's own says: whom it is from (an address of a domain that is verified at Resend), and where the
    # pages are; `leadgen up` knows its own.
    mail_from: str = "LeadGen <no-reply@leadgen.example>"
    public_url: Annotated[str | None, BeforeValidator(_empty_is_none)] = None

    # Wraps the secrets that the tenants' keys are sealed under: base64 of 32 bytes, or `id:base64,id:base64` with the
    # current one first. Kept apart from the database and its backups: together they open everything.
    master_key: OptionalSecret = None

    # The seed's concurrency, per stage
    slice_size: int = Field(default=500, gt=0)  # prospects a run takes before it re-queues the rest
    lanes: int = Field(default=60, gt=0)  # prospects worked on at once in a run

    # A call that can cost this much (micros) is not repeated by itself when its answer was lost: a person decides
    dear_call_micros: int = Field(default=250_000, gt=0)

    # From what age (days) a verdict on an address is asked again; a vendor's answer is remembered for 30
    verdict_days: int = Field(default=30, ge=30)

    # A campaign stops before money goes into research where less than this share of its businesses can be reached by mail
    least_contactable_share: float = Field(default=0.05, ge=0, le=1)

    # Model ids per task
    research_model: str = "claude-haiku-5-5"
    writing_model: str = "claude-sonnet-5-5"

    # From how many tokens on Anthropic caches a prompt, by model; those not named: from 4,096
    prompt_cache_from_tokens: dict[str, int] = {"claude-sonnet-5-5": 1_024}

    google_places: VendorSettings = _vendor(
        "https://places.googleapis.com",
        concurrency=10,
        limits=[{"requests": 600, "seconds": 60}],
        prices={"text_search_ids": 0, "text_search_enterprise": 35_000, "details_enterprise": 20_000},
    )
    google_geocoding: VendorSettings = _vendor(
        "https://maps.googleapis.com",
        concurrency=10,
        limits=[{"requests": 3_000, "seconds": 60}],
        prices={"geocode": 5_000},
    )
    pagespeed: VendorSettings = _vendor(
        "https://www.googleapis.com",
        timeout_seconds=120,
        deadline_seconds=400,
        limits=[{"requests": 240, "seconds": 60}, {"requests": 25_000, "seconds": 86_400}],
        prices={"run": 0},
    )
    yelp: VendorSettings = _vendor(
        "https://api.yelp.com",
        concurrency=10,
        limits=[{"requests": 5, "seconds": 1}],
        prices={"search": 8_000, "details": 8_000},
    )
    apollo: VendorSettings = _vendor(
        "https://api.apollo.io",
        limits=[{"requests": 200, "seconds": 60}],
        scope_limits=_apollo_limits(),
        prices={"credit": 20_000},
    )
    hunter: VendorSettings = _vendor(
        "https://api.hunter.io",
        limits=[{"requests": 15, "seconds": 1}, {"requests": 500, "seconds": 60}],
        scope_limits={"verifier": [{"requests": 10, "seconds": 1}, {"requests": 300, "seconds": 60}]},
        prices={"credit": 14_900},
    )
    firecrawl: VendorSettings = _vendor(
        "https://api.firecrawl.dev",
        timeout_seconds=90,
        limits=[{"requests": 500, "seconds": 60}],
        prices={"credit": 830},
    )
    own_fetcher: VendorSettings = _vendor(
        "",  # the websites themselves
        needs_key=False,
        timeout_seconds=20,  # over all hops of one page
        deadline_seconds=120,
        prices={"page": 0},
    )
    anthropic: VendorSettings = _vendor(
        "https://api.anthropic.com",
        timeout_seconds=120,
        deadline_seconds=600,
        concurrency=5,
        limits=[{"requests": 1_000, "seconds": 60}],
        scope_limits={  # each has a count of its own
            "count_tokens": [{"requests": 1_000, "seconds": 60}],
            "models": [{"requests": 1_000, "seconds": 60}],
            "batches": [{"requests": 1_000, "seconds": 60}],
        },
        prices={
            **_claude_prices("claude-haiku-5-5", "0.10", "0.50", "0.01"),
            **_claude_prices("claude-haiku-5-5", "0.50", "2.50", "0.05", long=True),
            **_claude_prices("claude-sonnet-5-5", "2", "10", "0.10"),
            **_claude_prices("claude-opus-5-5", "4", "20", "0.40"),
        },
    )

    # A tenant's own account only: no key of the platform's is used for it, even where one is set.
    openai: VendorSettings = _vendor(
        "https://api.openai.com",
        own_key_only=True,
        timeout_seconds=120,
        deadline_seconds=600,
        concurrency=5,
        limits=[{"requests": 500, "seconds": 60}],
        prices={  # micros per token; a tenant's other models need prices of their own here
            "gpt-4o-mini:input": Decimal("0.15"),
            "gpt-4o-mini:cached_input": Decimal("0.075"),
            "gpt-4o-mini:output": Decimal("0.60"),
        },
    )
    instantly: VendorSettings = _vendor(
        "https://api.instantly.ai",
        own_key_only=True,
        limits=[{"requests": 100, "seconds": 1}, {"requests": 6_000, "seconds": 60}],
        scope_limits={"emails": [{"requests": 20, "seconds": 60}]},
    )
    resend: VendorSettings = _vendor(
        "https://api.resend.com",
        limits=[{"requests": 5, "seconds": 1}],
        prices={"email": 400},
    )
    twilio: VendorSettings = _vendor(
        "https://api.twilio.com",
        own_key_only=True,
        limits=[{"requests": 100, "seconds": 1}],
        prices={"segment": 8_300, "minute": 14_000},
    )
    slack: VendorSettings = _vendor(
        "https://hooks.slack.com",
        own_key_only=True,
        limits=[{"requests": 1, "seconds": 1}],
    )
    smtp: VendorSettings = _vendor("", own_key_only=True, timeout_seconds=60)  # a mailbox's own server
    imap: VendorSettings = _vendor("", own_key_only=True, timeout_seconds=60)
    stripe: VendorSettings = _vendor(
        "https://api.stripe.com",
        timeout_seconds=80,
        limits=[{"requests": 100, "seconds": 1}],
    )

    google_maps_api_key: OptionalSecret = Field(default=None, validation_alias=AliasChoices("GOOGLE_MAPS_API_KEY"))
    yelp_api_key: OptionalSecret = Field(default=None, validation_alias=AliasChoices("YELP_API_KEY"))
    apollo_api_key: OptionalSecret = Field(default=None, validation_alias=AliasChoices("APOLLO_API_KEY"))
    hunter_api_key: OptionalSecret = Field(default=None, validation_alias=AliasChoices("HUNTER_API_KEY"))
    firecrawl_api_key: OptionalSecret = Field(default=None, validation_alias=AliasChoices("FIRECRAWL_API_KEY"))
    anthropic_api_key: OptionalSecret = Field(default=None, validation_alias=AliasChoices("ANTHROPIC_API_KEY"))

    resend_api_key: OptionalSecret = Field(default=None, validation_alias=AliasChoices("RESEND_API_KEY"))
    stripe_api_key: OptionalSecret = Field(default=None, validation_alias=AliasChoices("STRIPE_API_KEY"))

    def model_post_init(self, _context: object) -> None:
        """Gives each vendor the key of the service's customary variable where it has none of its own."""
        customary = {
            "google_places": self.google_maps_api_key,
            "google_geocoding": self.google_maps_api_key,
            "pagespeed": self.google_maps_api_key,
            "yelp": self.yelp_api_key,
            "apollo": self.apollo_api_key,
            "hunter": self.hunter_api_key,
            "firecrawl": self.firecrawl_api_key,
            "anthropic": self.anthropic_api_key,
            "resend": self.resend_api_key,
            "stripe": self.stripe_api_key,
        }
        for name, key in customary.items():
            vendor = self.vendor(name)
            setattr(self, name, vendor.model_copy(update={"key": vendor.key or key}))

    def vendor(self, name: str) -> VendorSettings:
        """The settings of one vendor by its name, as `hunter`."""
        found = getattr(self, name)
        if not isinstance(found, VendorSettings):
            raise TypeError(f"{name} is not a vendor")
        return found


_VENDOR_FIELDS = {name: field for name, field in Settings.model_fields.items() if field.annotation is VendorSettings}
VENDORS = tuple(name for name, field in _VENDOR_FIELDS.items() if field.default.needs_key)
"""The services that are called with a key, or played by the sandbox."""


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
