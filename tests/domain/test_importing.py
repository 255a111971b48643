"""Tables as other tools export them are understood, and what cannot be read is said by line and column."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.discovery import importing_values as values
from leadgen.domain.discovery.exclusions import Exclusion, ExclusionList, exclusion_key
from leadgen.domain.discovery.importing_columns import (
    SYNONYMS,
    choose_columns,
    comparable_header,
    distinct_headers,
    guess_columns,
)
from leadgen.domain.discovery.importing_rows import ImportedRow, RowReader
from leadgen.domain.discovery.importing_text import DELIMITERS, EncodingDetector, delimiter_line, delimiter_of
from leadgen.domain.discovery.importing_values import Unreadable
from leadgen.domain.discovery.listing import Listing
from leadgen.errors import InputError


def columns_of(first_row: str) -> list[str]:
    return [name.strip() for name in first_row.split(",")]


APOLLO = columns_of(
    """First Name,Last Name,Title,Company,Company Name for Emails,Email,Email Status,Seniority,
    Work Direct Phone,Mobile Phone,Corporate Phone,Industry,Person Linkedin Url,Website,City,State,Country,
    Company Address,Company City,Company State,Company Country,Company Phone"""
)
HUBSPOT = columns_of(
    """Record ID,Company name,Company Domain Name,Phone Number,Street Address,City,State/Region,Postal Code,
    Country/Region,Industry,Website URL"""
)
SALESFORCE = columns_of(
    """Account Name,Billing Street,Billing City,Billing State/Province,Billing Zip/Postal Code,Billing Country,
    Phone,Website"""
)
GOOGLE_MAPS = columns_of(
    """title,categoryName,address,street,city,postalCode,state,countryCode,website,phone,location/lat,
    location/lng,placeId,url"""
)


def read(headers: str, *cells: str, **options: object) -> ImportedRow:
    names = tuple(headers.split(","))
    return RowReader(names, choose_columns(names), **options).read(7, cells)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            APOLLO,
            {
                "company_name": "Company", "contact_title": "Title", "phone": "Company Phone", "city": "Company City",
                "state": "Company State", "country": "Company Country", "address": "Company Address",
                "contact_email": "Email", "contact_phone": "Work Direct Phone", "contact_linkedin": "Person Linkedin Url",
            },
        ),
        (
            HUBSPOT,
            {
                "company_name": "Company name", "website": "Website URL", "phone": "Phone Number", "external_id": "Record ID",
                "address": "Street Address", "state": "State/Region", "zip_code": "Postal Code", "country": "Country/Region",
            },
        ),
        (SALESFORCE, {"company_name": "Account Name", "zip_code": "Billing Zip/Postal Code", "address": "Billing Street"}),
        (
            GOOGLE_MAPS,
            {
                "company_name": "title", "category": "categoryName", "latitude": "location/lat", "zip_code": "postalCode",
                "external_id": "placeId", "country": "countryCode", "website": "website",
            },
        ),
        (["Business Name", "Zip", "Name"], {"company_name": "Business Name", "contact_name": "Name", "zip_code": "Zip"}),
        (["Firma", "Straße", "PLZ", "Ort", "Telefon"], {"company_name": "Firma", "address": "Straße", "phone": "Telefon"}),
    ],
    ids=["apollo", "hubspot", "salesforce", "google maps", "by hand", "german"],
)  # fmt: skip
def test_columns_of_known_exports_are_recognised(headers: list[str], expected: dict[str, str]) -> None:
    assert guess_columns(headers).items() >= expected.items()


def test_every_synonym_is_written_as_headers_are_compared() -> None:
    assert not [name for names in SYNONYMS.values() for name in names if comparable_header(name) != name]


@given(st.lists(st.sampled_from([*APOLLO, *HUBSPOT, "", "x"]), min_size=1, max_size=30))
def test_a_column_serves_one_field_and_every_name_is_one_column(first_row: list[str]) -> None:
    headers = distinct_headers(first_row)
    assert len(set(headers)) == len(headers) == len(first_row)
    columns = guess_columns(headers)
    assert len(set(columns.values())) == len(columns)
    assert set(columns.values()) <= set(headers)


def test_columns_without_a_telling_header_are_known_by_their_cells() -> None:
    sample = [("Oak Dental", "ana@oak.com", "www.oak.com", "(512) 471-0100")] * 3
    columns = guess_columns(("Company", "A", "B", "C"), sample)
    assert columns == {"company_name": "Company", "contact_email": "A", "website": "B", "phone": "C"}


def test_a_person_overrules_what_was_recognised() -> None:
    headers = ("Company", "Customer", "Phone")
    assert choose_columns(headers, overrides={"customer": "company_name", "Phone": "ignore"}) == {
        "company_name": "Customer"
    }


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"Nothing": "phone"}, "no column 'Nothing'"),
        ({"A": "telephone"}, "no field 'telephone'"),
        ({"A": "phone", "B": "phone"}, "Two columns"),
        ({"Company": "ignore"}, "what a company is called"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_with_words(overrides: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        choose_columns(("Company", "A", "B"), overrides=overrides)


@pytest.mark.parametrize(
    ("encoding", "recognised"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
     ("utf-16-be", "utf-16-be"), ("cp1252", "cp1252")],
)  # fmt: skip
@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_an_encoding_is_recognised_however_the_text_comes(encoding: str, recognised: str, piece: int) -> None:
    written = "Company;City\nCafé Zürich – “Müller”;Köln\n".encode(encoding)
    detector = EncodingDetector()
    for start in range(0, len(written), piece):
        detector.feed(written[start : start + piece])
    assert detector.encoding() == recognised


def test_a_text_that_ends_in_the_middle_of_a_sign_is_not_utf8() -> None:
    detector = EncodingDetector()
    detector.feed("Café".encode()[:-1])
    assert detector.encoding() == "cp1252"


@given(
    st.sampled_from(DELIMITERS),
    st.lists(st.lists(st.text("ab ,;|\"'\n", max_size=8), min_size=3, max_size=3), max_size=9),
)
def test_a_quoted_table_is_cut_by_its_own_delimiter(delimiter: str, table: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["Company", "Street", "City"], *table])
    assert delimiter_of(text.getvalue()) == delimiter


def test_excels_own_first_line_names_the_delimiter() -> None:
    assert delimiter_line("sep=;\r\n") == ";"
    assert delimiter_line("Company;City\n") is None


@pytest.mark.parametrize(
    ("given_as", "number"),
    [("(512) 471-0100", "+15124710100"), ("512.471.0100 ext. 12", "+15124710100"), ("5124710100.0", "+15124710100"),
     ("+49 30 901820", "+4930901820"), ("n/a", None), ("512-471-0100 / 512-471-0101", "+15124710100")],
)  # fmt: skip
def test_phones_become_e164(given_as: str, number: str | None) -> None:
    assert values.phone(given_as, "US") == number


@pytest.mark.parametrize(
    ("read_by", "cell"),
    [(lambda c: values.phone(c, "US"), "12"), (values.website, "not a site"), (values.website, "ana@oak.com"),
     (values.email, "ana at oak"), (values.country, "Atlantis"), (lambda c: values.degrees(c, 90), "91"),
     (values.text, "caf\ufffd"), (values.name, "!!!")],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_do(read_by: object, cell: str) -> None:
    with pytest.raises(Unreadable) as wrong:
        read_by(cell)  # type: ignore[operator]
    assert wrong.value.remedy.endswith(".")


def test_a_us_address_in_one_line_comes_apart() -> None:
    row = read("Company,Address", "Oak Dental", "12 Oak Street, Suite 4, Austin, TX 78701, USA")
    assert row.listing is not None
    assert (row.listing.address, row.listing.city) == ("12 Oak Street, Suite 4", "Austin")
    assert (row.listing.state, row.listing.zip_code) == ("TX", "78701")


def test_a_postal_code_gets_back_the_zeros_a_spreadsheet_took() -> None:
    assert values.zip_code("2134", "US") == "02134"
    assert values.zip_code("2134", "CH") == "2134"


def test_a_company_without_name_is_called_by_its_domain_and_one_without_either_is_no_lead() -> None:
    named = read("Company,Website", "", "www.oakdental.com/start")
    assert named.listing is not None
    assert (named.listing.name, named.listing.website) == ("oakdental.com", "https://www.oakdental.com/start")
    nameless = read("Company,Website", "-", "")
    assert nameless.listing is None
    assert [(problem.line, problem.column, problem.row_kept) for problem in nameless.problems] == [
        (7, "Company", False)
    ]


def test_a_cell_that_cannot_be_read_costs_the_cell_and_not_the_row() -> None:
    row = read("Company,Phone,Latitude,Longitude", "Oak Dental", "call us", "30.26", "-97.7")
    assert row.listing is not None
    assert (row.listing.phone, row.listing.location is not None) == (None, True)
    assert [(problem.column, problem.value, problem.row_kept) for problem in row.problems] == [
        ("Phone", "call us", True)
    ]


@given(st.lists(st.text(max_size=40), max_size=8))
def test_no_row_is_too_odd_to_be_answered(cells: list[str]) -> None:
    row = read("Company,Phone,Website,Email,Zip,Latitude", *cells)
    assert row.listing is not None or row.problems


@given(st.text(min_size=1), st.text())
def test_a_row_has_the_same_identity_in_every_file(name: str, address: str) -> None:
    one = read("Company,Street", name, address).listing
    other = read("Street,Extra,Company", address, "x", name).listing
    assert (one and one.source_id) == (other and other.source_id)


def test_numbered_rows_are_leads_of_their_own_and_kept_apart() -> None:
    headers = ("Company",)
    reader = RowReader(headers, choose_columns(headers), numbered=True)
    first, second = reader.read(2, ("Oak",)).listing, reader.read(3, ("Oak",)).listing
    assert first is not None
    assert second is not None
    assert first.source_id != second.source_id
    assert first.extra["kept_apart"]


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [("domain", "https://www.oakdental.com/team", "oakdental.com"), ("domain", "ana@oakdental.com", "oakdental.com"),
     ("domain", "facebook.com/Oak", "facebook.com/oak"), ("phone", "(512) 471-0100", "15124710100"),
     ("name", "The Oak Dental, LLC", "oakdental")],
)  # fmt: skip
def test_exclusions_are_kept_in_comparable_form(kind: str, value: str, key: str) -> None:
    assert exclusion_key(kind, value) == key  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "value"), [("domain", "facebook.com"), ("domain", "oak"), ("phone", "12"), ("name", "!")]
)
def test_what_would_exclude_strangers_or_nobody_is_refused(kind: str, value: str) -> None:
    with pytest.raises(InputError):
        exclusion_key(kind, value)  # type: ignore[arg-type]


def test_a_business_is_excluded_by_domain_page_phone_name_or_its_contacts_domain() -> None:
    listed = ExclusionList([
        Exclusion("domain", "oak.com", "customer"), Exclusion("domain", "facebook.com/elm"), Exclusion("phone", "15124710100"),
        Exclusion("name", "pineroofing", "competitor"),
    ])  # fmt: skip

    def reason(name: str, website: str | None = None, phone: str | None = None, email: str | None = None) -> str | None:
        return listed.reason(Listing("import", "1", name, website=website, phone=phone), email)

    assert reason("Oak", "https://shop.oak.com") == "customer"
    assert reason("Elm", "facebook.com/elm") == "other"
    assert reason("Ash", phone="+15124710100") == "other"
    assert reason("Pine Roofing Inc.") == "competitor"
    assert reason("Fir", email="ana@oak.com") == "customer"
    assert reason("Fir", "facebook.com/fir", "+15124710101", "ana@gmail.com") is None
