"""How pages are rendered: the templates, and the words and figures they show values in."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from fastapi.templating import Jinja2Templates

from leadgen.domain.geo import METERS_PER_MILE
from leadgen.domain.money import MICROS_PER_CENT
from leadgen.domain.money import dollars as dollars_of_micros

templates = Jinja2Templates(Path(__file__).parent / "templates")

# The pipeline's stages after discovery, in order
STAGES = {
    "website_profiles": "Websites",
    "contacts": "Contacts",
    "research": "Research",
    "lead_scores": "Scores",
    "email_drafts": "Drafts",
}

STATUSES = {
    "queued": "waiting to start",
    "discovering": "finding businesses",
    "enriching": "reading websites",
    "scoring": "scoring",
    "generating": "writing drafts",
    "ready": "ready to review",
    "pending_approval": "waiting for approval",
}

SOURCES = {
    "google_places": "Google Places",
    "google_maps": "Google Maps",
    "google_geocoding": "Google Geocoding",
    "google": "Google",
    "yelp": "Yelp",
    "pagespeed": "PageSpeed",
    "firecrawl": "Firecrawl",
    "hunter": "Hunter",
    "apollo": "Apollo",
    "anthropic": "Claude",
    "openai": "OpenAI",
    "site": "their site",
}

WEBSITES = {"none": "no website", "social": "social page only"}


def words(value: str) -> str:
    """A stored name as people say it."""
    return value.replace("_", " ")


def stage(name: str) -> str:
    """A stage as people say it."""
    return STAGES.get(name, words(name))


def status(name: str) -> str:
    """Where a campaign or a draft stands, as people say it."""
    return STATUSES.get(name, words(name))


def source(name: str) -> str:
    """A vendor, or where else a value comes from, as people say it."""
    return SOURCES.get(name, words(name))


def website(status_name: str | None) -> str:
    """A website's status as people say it."""
    return "not read yet" if status_name is None else WEBSITES.get(status_name, status_name)


def dollars(cents: float) -> str:
    """An amount in cents as a person reads it."""
    return dollars_of_micros(round(cents * MICROS_PER_CENT))


def miles(meters: float | None) -> str:
    """A distance in meters as a person reads it."""
    return "" if meters is None else f"{meters / METERS_PER_MILE:.1f} mi"


def plural(count: int, noun: str) -> str:
    """`1 claim`, `3 claims`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def day(time: datetime) -> str:
    """A day as a person reads it."""
    return f"{time:%-d %b %Y}"


def minute(time: datetime) -> str:
    """A time as a person reads it."""
    return f"{time:%-d %b %Y, %H:%M} UTC"


def web_address(value: str | None) -> str | None:
    """An address that may stand in a link: only of the web, whatever a listing says."""
    try:
        return value if value and urlsplit(value).scheme in {"http", "https"} else None
    except ValueError:
        return None


def host(address: str) -> str:
    """The part of a web address that a person recognizes."""
    return urlsplit(address).netloc.removeprefix("www.")


for shown in (words, stage, status, source, website, dollars, miles, plural, day, minute, web_address, host):
    templates.env.filters[shown.__name__] = shown
