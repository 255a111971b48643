"""`leadgen read-site`: what a page says, read from a file: contacts from the whole page, text from its main content."""

from pathlib import Path
from typing import Any

from leadgen.domain.enrichment.markup import decode_html
from leadgen.domain.enrichment.page import PageFindings, read_page
from leadgen.domain.enrichment.site_state import no_site_yet
from leadgen.errors import InputError

NO_BASE = "https://site.invalid/"  # where the page came from is not known: links within it lead nowhere


def read(path: Path, base_url: str | None) -> PageFindings:
    """The findings of one HTML file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        html = decode_html(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", remedy="Give the path of an HTML file."
        ) from error
    return read_page(html, base_url or NO_BASE)


def as_json(path: Path, found: PageFindings) -> dict[str, Any]:
    """The document of one page. `phones` are E.164, the `faxes` among them; `titles` are jobs by the person's name;
    `no_site_yet` says why the page is none (parked, under construction), null for a site.
    """
    return {
        "file": str(path),
        "title": found.title,
        "language": found.language,
        "emails": list(found.emails),
        "phones": list(found.phones),
        "faxes": list(found.faxes),
        "people": [person.name for person in found.people],
        "titles": {person.name: person.title for person in found.people if person.title},
        "address": found.address,
        "social": dict(found.social),
        "technologies": [technology.name for technology in found.technologies],
        "cms": found.cms,
        "ecommerce": found.ecommerce,
        "has_booking": found.has_booking,
        "has_contact_form": found.has_contact_form,
        "has_chat": found.has_chat,
        "has_analytics": found.has_analytics,
        "has_pixel": found.has_pixel,
        "has_payment": found.has_payment,
        "no_site_yet": no_site_yet(found, found.url),
        "opening_hours": list(found.opening_hours),
        "schema_types": list(found.schema_types),
        "year_founded": found.year_founded,
        "rules_version": found.rules_version,
        "text": found.text,
    }


def as_lines(path: Path, found: PageFindings) -> str:
    """The same for a person, without the text's length."""
    lines = {
        "title": found.title,
        "emails": ", ".join(found.emails),
        "phones": ", ".join(found.phones),
        "people": ", ".join(person.name for person in found.people),
        "address": found.address,
        "social": ", ".join(found.social.values()),
        "built with": ", ".join(technology.name for technology in found.technologies),
    }
    facts = "\n".join(f"  {name:<11}{value}" for name, value in lines.items() if value)
    return f"{path}\n{facts}\n\n{found.text}\n"
