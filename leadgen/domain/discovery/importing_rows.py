"""A row of an imported table as a lead, with what is wrong in it: by line and column, in words, with what to do.

A row without a company is not a lead and is left out. A single cell that cannot be read is left out of a row that is kept.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from leadgen.domain.discovery import importing_values as values
from leadgen.domain.discovery.importing_columns import Field
from leadgen.domain.discovery.importing_values import Unreadable
from leadgen.domain.discovery.listing import Listing
from leadgen.domain.enrichment.mailbox_names import split_name
from leadgen.domain.identity.domains import registrable_domain, site_domain

T = TypeVar("T")

HOME_REGION = "US"  # whose phone numbers and postal codes are meant where neither row nor person names a country
LONGEST_SHOWN = 120  # characters of a cell that an error quotes


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong at one place of the file. `row_kept`: only the cell was left out, the row became a lead."""

    line: int
    column: str | None
    problem: str
    remedy: str
    value: str | None = None
    row_kept: bool = False


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """A person, or an address, at the business of a row. Has at least a name or an email."""

    full_name: str | None
    first_name: str | None
    last_name: str | None
    title: str | None
    email: str | None
    phone: str | None
    linkedin_url: str | None


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One row: the business it names (None where it names none), a contact there, and what could not be read."""

    line: int
    listing: Listing | None
    contact: ImportedContact | None
    problems: tuple[RowProblem, ...]


class RowReader:
    """Reads the rows of one file by its columns.

    `country` (ISO 3166 alpha-2) is that of rows which name none. `numbered`: each row is a lead of its own, however often the
    file repeats it.
    """

    def __init__(
        self,
        headers: Sequence[str],
        columns: Mapping[Field, str],
        *,
        country: str | None = None,
        numbered: bool = False,
        source: Literal["import", "manual"] = "import",
    ) -> None:
        places = {header: place for place, header in enumerate(headers)}
        self._width = len(headers)
        self._place = {field: places[header] for field, header in columns.items()}
        self._column = dict(columns)
        self._country = country
        self._numbered = numbered
        self._source: Literal["import", "manual"] = source

    def read(self, line: int, cells: Sequence[str]) -> ImportedRow:
        """The row of this line. Never raises: what is wrong stands in its problems."""
        if len(cells) < self._width or any(cell.strip() for cell in cells[self._width :]):
            problem = RowProblem(
                line,
                None,
                f"the row has {len(cells)} cells, the header {self._width}",
                "Look for a missing or unquoted delimiter, quote or line break.",
            )
            return ImportedRow(line, None, None, (problem,))
        reading = _Reading(line, cells, self._place, self._column)
        listing = self._listing(reading)
        if listing is None:
            missing = RowProblem(
                line,
                self._column.get("company_name") or self._column.get("website"),
                "the row names no company",
                "Fill in the company's name or its website.",
            )
            return ImportedRow(line, None, None, (*(_lost(problem) for problem in reading.problems), missing))
        contact = _contact(reading, listing.country or self._country or HOME_REGION)
        return ImportedRow(line, listing, contact, tuple(reading.problems))

    def company_name(self, cells: Sequence[str]) -> str:
        """The name of a row as it is written; empty where there is none."""
        place = self._place.get("company_name")
        return cells[place] if place is not None and place < len(cells) else ""

    def _listing(self, reading: "_Reading") -> Listing | None:
        name = reading.cell("company_name", values.name)
        website = reading.cell("website", values.website)
        if name is None:
            name = registrable_domain(website)
        if name is None:
            return None
        country = reading.cell("country", values.country) or self._country
        region = country or HOME_REGION
        latitude = reading.cell("latitude", lambda cell: values.degrees(cell, 90))
        longitude = reading.cell("longitude", lambda cell: values.degrees(cell, 180))
        address = reading.cell("address", values.text)
        city, state = reading.cell("city", values.text), reading.cell("state", values.text)
        zip_code = reading.cell("zip_code", lambda cell: values.zip_code(cell, region))
        parts = values.us_address_parts(address) if address and region == "US" else None
        if parts is not None:
            address = parts.street
            city, state, zip_code = city or parts.city, state or parts.state, zip_code or parts.zip_code
        unit = reading.cell("address_line_2", values.text)
        if address and unit:
            address = f"{address}, {unit}"
        phone = reading.cell("phone", lambda cell: values.phone(cell, region))
        external_id = reading.cell("external_id", values.text)
        said = (name, address, city, zip_code, phone, site_domain(website) or website, external_id)
        source_id = hashlib.sha256("\x1f".join((part or "").casefold() for part in said).encode()).hexdigest()[:32]
        extra: dict[str, Any] = {"external_id": external_id} if external_id else {}
        if self._numbered:
            # made although it is known: discovery must not put it together with its double
            source_id, extra["kept_apart"] = f"{source_id}:{reading.line}", True
        return Listing(
            source=self._source,
            source_id=source_id,  # the same row has it in every file
            name=name,
            category=reading.cell("category", values.text),
            website=website,
            phone=phone,
            address=address,
            city=city,
            state=state.upper() if state and len(state) == 2 else state,
            zip_code=zip_code,
            country=country,
            location=values.point(latitude, longitude),
            extra=extra,
        )


class _Reading:
    """The cells of one row, read one after another; collects what is wrong."""

    def __init__(
        self, line: int, cells: Sequence[str], places: Mapping[Field, int], columns: Mapping[Field, str]
    ) -> None:
        self.line = line
        self.problems: list[RowProblem] = []
        self._cells = cells
        self._places = places
        self._columns = columns

    def cell(self, field: Field, read: Callable[[str], T | None]) -> T | None:
        """What stands in the field's cell; None where the file has no such column, the cell is empty or unreadable."""
        place = self._places.get(field)
        if place is None:
            return None
        given = self._cells[place]
        if not given:
            return None
        try:
            return read(given)
        except Unreadable as wrong:
            shown = " ".join(given.split())[:LONGEST_SHOWN]
            self.problems.append(
                RowProblem(self.line, self._columns[field], wrong.problem, wrong.remedy, shown, row_kept=True)
            )
            return None


def _contact(reading: _Reading, region: str) -> ImportedContact | None:
    first = reading.cell("contact_first_name", values.name)
    last = reading.cell("contact_last_name", values.name)
    full = " ".join(part for part in (first, last) if part) or reading.cell("contact_name", values.name)
    if full and not first and not last:
        first, last = split_name(full)
    email = reading.cell("contact_email", values.email)
    phone = reading.cell("contact_phone", lambda cell: values.phone(cell, region))
    if not full and not email:
        return None
    return ImportedContact(
        full_name=full,
        first_name=first,
        last_name=last or None,
        title=reading.cell("contact_title", values.text),
        email=email,
        phone=phone,
        linkedin_url=reading.cell("contact_linkedin", values.website),
    )


def _lost(problem: RowProblem) -> RowProblem:
    return RowProblem(problem.line, problem.column, problem.problem, problem.remedy, problem.value)
