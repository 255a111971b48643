"""Which column of an imported table means which field: by its header, else by what stands in it; a person may overrule.

What belongs here: the fields an import knows and the names that other tools' exports give them. What does not: what a value
looks like (`importing_values.py`) and what becomes of a row (`importing_rows.py`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from leadgen.domain.identity.names import fold
from leadgen.errors import InputError

Field = Literal[
    "company_name",
    "category",
    "website",
    "phone",
    "address",
    "address_line_2",
    "city",
    "state",
    "zip_code",
    "country",
    "latitude",
    "longitude",
    "external_id",
    "contact_first_name",
    "contact_last_name",
    "contact_name",
    "contact_title",
    "contact_email",
    "contact_phone",
    "contact_linkedin",
]
FIELDS: tuple[Field, ...] = get_args(Field)

# Headers in comparable form, the surest first: those of Apollo, HubSpot, Salesforce, Google Maps and Yelp exports, and the
# words people use. A name that may mean two things ("name", "title", "city") stands last, behind what can mean only one.
SYNONYMS: dict[Field, tuple[str, ...]] = {
    "company_name": (
        "company name", "business name", "company", "account name", "organization name", "organisation name",
        "organization", "organisation", "business", "firm", "practice name", "store name", "associated company", "firma",
        "firmenname", "unternehmen", "entreprise", "societe", "raison sociale", "empresa", "nombre de la empresa", "azienda",
        "company name for emails", "name", "title",
    ),
    "category": (
        "category", "business category", "category name", "type", "business type", "industry", "main category", "branche",
        "categorie", "categoria", "sector",
    ),
    "website": (
        "website", "website url", "company website", "web site", "site", "url", "homepage", "company domain name", "domain",
        "company domain", "web", "webseite", "internetseite", "site web", "sitio web", "pagina web", "sito web",
    ),
    "phone": (
        "company phone", "business phone", "phone", "phone number", "company phone number", "telephone", "tel",
        "main phone", "corporate phone", "phone 1", "telefon", "telefonnummer", "telefono", "numero de telephone",
    ),
    "address": (
        "company street", "street address", "address", "street", "address line 1", "address 1", "address1",
        "billing street", "company address", "business address", "full address", "strasse", "anschrift", "adresse", "rue",
        "direccion", "calle", "indirizzo",
    ),
    "address_line_2": ("address line 2", "address 2", "address2", "street address 2", "suite", "unit"),
    "city": (
        "company city", "business city", "billing city", "city", "town", "locality", "ort", "stadt", "ville", "ciudad",
        "citta",
    ),
    "state": (
        "company state", "company state region", "billing state province", "billing state", "us state", "state",
        "state region", "state province", "province", "region", "bundesland", "estado", "provincia",
    ),
    "zip_code": (
        "company zip", "company postal code", "billing zip postal code", "zip code", "zip", "zipcode", "postal code",
        "postcode", "zip postal code", "company zip code", "plz", "postleitzahl", "code postal", "codigo postal", "cap",
    ),
    "country": (
        "company country", "company country region", "billing country", "country code", "country", "country region", "land",
        "pays", "pais", "paese",
    ),
    "latitude": ("latitude", "lat", "location lat", "gps latitude"),
    "longitude": ("longitude", "lng", "lon", "long", "location lng", "gps longitude"),
    "external_id": (
        "record id", "company id", "account id", "place id", "lead id", "external id", "customer number", "customer no", "id",
    ),
    "contact_first_name": (
        "first name", "contact first name", "firstname", "given name", "vorname", "prenom", "nombre", "nome",
    ),
    "contact_last_name": (
        "last name", "contact last name", "lastname", "surname", "family name", "nachname", "nom de famille", "apellido",
        "apellidos", "cognome",
    ),
    "contact_name": (
        "contact name", "full name", "contact full name", "contact person", "owner name", "owner", "contact", "person",
        "ansprechpartner", "name",
    ),
    "contact_title": ("job title", "contact title", "position", "role", "title"),
    "contact_email": (
        "email", "email address", "contact email", "work email", "business email", "primary email", "e mail", "mail",
        "e mail adresse", "correo", "correo electronico", "courriel",
    ),
    "contact_phone": (
        "contact phone", "direct phone", "work direct phone", "direct dial", "mobile phone", "mobile", "cell phone", "cell",
        "mobil", "handy", "portable", "movil",
    ),
    "contact_linkedin": (
        "person linkedin url", "contact linkedin", "contact linkedin url", "linkedin", "linkedin url", "linkedin profile",
    ),
}  # fmt: skip

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")

# What the cells of a column without a telling header look like
_LOOKS: tuple[tuple[Field, re.Pattern[str]], ...] = (
    ("contact_email", re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)),
    ("website", re.compile(r"(https?://|www\.)\S+\.\S+", re.IGNORECASE)),
    ("phone", re.compile(r"\+?[\d(][\d\s().-]{8,18}\d")),
)
_LOOKS_FROM = 0.8  # the share of a column's filled cells that must look so
_LEAST_CELLS = 3

IGNORED = "ignore"


def comparable_header(header: str) -> str:
    """A header as it is compared: `companyName`, `Company-Name *` and `COMPANY NAME` are one."""
    return _NOT_WORD.sub(" ", fold(_CAMEL.sub(" ", header)).replace("ß", "ss")).strip()


def distinct_headers(first_row: Sequence[str]) -> tuple[str, ...]:
    """The first row as names of columns: an empty one is named by its place, a repeated one is numbered."""
    headers: list[str] = []
    for place, cell in enumerate(first_row, start=1):
        name = " ".join(cell.split()) or f"column {place}"
        seen = headers.count(name) + sum(1 for header in headers if header.startswith(f"{name} ("))
        headers.append(f"{name} ({seen + 1})" if seen else name)
    return tuple(headers)


def guess_columns(headers: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> dict[Field, str]:
    """The column of each field that one was found for; a column serves one field only.

    `sample`: the first rows, asked only about columns whose header says nothing.
    """
    by_name: dict[str, str] = {}
    for header in headers:
        by_name.setdefault(comparable_header(header), header)
    columns: dict[Field, str] = {}
    for field in FIELDS:
        for name in SYNONYMS[field]:
            named = by_name.get(name)
            if named is not None and named not in columns.values():
                columns[field] = named
                break
    for place, header in enumerate(headers):
        if header in columns.values():
            continue
        found = _field_by_cells([row[place] for row in sample if place < len(row)])
        if found is not None and found not in columns:
            columns[found] = header
    return columns


def choose_columns(
    headers: Sequence[str], sample: Sequence[Sequence[str]] = (), overrides: Mapping[str, str] | None = None
) -> dict[Field, str]:
    """The guessed columns with a person's word above them: `overrides` is column -> field, or column -> `ignore`.

    Raises:
        InputError: an override names a column or field that is not there, two columns have one field, or nothing says what
            a company is called.
    """
    columns = guess_columns(headers, sample)
    chosen: dict[str, str] = {}
    for given, field in (overrides or {}).items():
        header = _header_named(given, headers)
        if field != IGNORED and field not in FIELDS:
            raise InputError(
                f"There is no field {field!r}.", remedy=f"Fields are {', '.join(FIELDS)}, or {IGNORED!r} for none."
            )
        if field != IGNORED and field in chosen.values():
            raise InputError(f"Two columns are mapped to {field}.", remedy="Map one column to each field.")
        chosen[header] = field
    columns = {field: header for field, header in columns.items() if header not in chosen}
    columns.update({field: header for header, field in chosen.items() if field in FIELDS})
    if "company_name" not in columns and "website" not in columns:
        raise InputError(
            f"No column says what a company is called: the file has {', '.join(map(repr, headers[:20]))}.",
            remedy="Name the column, as in `Customer=company_name`.",
        )
    return columns


def _header_named(given: str, headers: Sequence[str]) -> str:
    if given in headers:
        return given
    alike = [header for header in headers if comparable_header(header) == comparable_header(given)]
    if not alike:
        raise InputError(
            f"The file has no column {given!r}.", remedy=f"Its columns are {', '.join(map(repr, headers[:20]))}."
        )
    return alike[0]


def _field_by_cells(cells: Sequence[str]) -> Field | None:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < _LEAST_CELLS:
        return None
    for field, look in _LOOKS:
        if sum(1 for cell in filled if look.fullmatch(cell)) >= _LOOKS_FROM * len(filled):
            return field
    return None
