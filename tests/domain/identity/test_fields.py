"""The comparable forms of phones, websites, names and addresses."""

import json
from pathlib import Path

import pytest

from leadgen.domain.identity.addresses import compare_addresses, normal_address
from leadgen.domain.identity.domains import is_social_page, page_key, registrable_domain, site_domain
from leadgen.domain.identity.names import Vocabulary, compare_names, name_words, normal_name
from leadgen.domain.identity.phones import comparable, e164, same_number
from leadgen.domain.identity.records import Record, traits_of

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "data" / "vectors"


def alike(a: str, b: str) -> float:
    return compare_names(normal_name(a), normal_name(b)).likeness


class TestPhones:
    @pytest.mark.parametrize("raw", ["(512) 478-0143", "512.478.0143", "+1 512 478 0143", "1-512-478-0143 ext. 9"])
    def test_us_spellings_give_one_number(self, raw: str) -> None:
        assert e164(raw) == "+15124780143"

    def test_a_region_reads_a_national_number(self) -> None:
        assert e164("030 901820", "DE") == "+4930901820"

    @pytest.mark.parametrize("raw", [None, "", "call us", "123", "+10220777052"])
    def test_what_is_no_valid_number_gives_none(self, raw: str | None) -> None:
        assert e164(raw) is None

    def test_numbers_without_country_or_area_code_compare_by_their_end(self) -> None:
        assert same_number("34956621050", comparable("956 621 050") or "")
        assert same_number(comparable("5359190") or "", comparable("(773) 535-9190") or "")
        assert not same_number(comparable("(312) 535-9190") or "", comparable("(773) 535-9190") or "")

    @pytest.mark.parametrize(
        ("raw", "digits"),
        [
            ("5124780143.0", "15124780143"),
            ("512-478-0143 / 512-478-0144", "15124780143"),
            ("512-478-0143, 512-478-0144", "15124780143"),
            ("310/246-1501", "13102461501"),
            ("512-478-0143 x22", "15124780143"),
            ("000-000-0000", None),
            ("(999) 999-9999", None),
            ("123-456-7890", None),
        ],
    )
    def test_what_lists_write_into_the_field_of_a_phone(self, raw: str, digits: str | None) -> None:
        assert comparable(raw) == digits

    @pytest.mark.skipif(not VECTORS.exists(), reason="../shared/data is absent")
    def test_real_numbers_of_many_countries(self) -> None:
        cases = json.loads((VECTORS / "phone" / "overture_raw_to_e164.json").read_text())
        assert [c["raw"] for c in cases if e164(c["raw"], c["country"]) != c["e164"]] == []


class TestDomains:
    @pytest.mark.parametrize(
        ("url", "domain"),
        [
            ("https://www.example.co.uk/team?x=1", "example.co.uk"),
            ("shop.lamardental.com", "lamardental.com"),
            ("http://lamar.example", "lamar.example"),
            ("https://www.facebook.com/joesbakery", None),
            ("http://joes.wixsite.com/home", None),
            ("https://joes.weebly.com", None),
            ("https://linktr.ee/joes", None),
            ("https://www.yelp.com/biz/joes", None),
            ("http://127.0.0.1:8080/x", None),
            ("http://[bad", None),
            ("No", None),
            (None, None),
        ],
    )
    def test_the_site_domain_belongs_to_the_business_alone(self, url: str | None, domain: str | None) -> None:
        assert site_domain(url) == domain

    def test_a_page_on_a_shared_host_is_known_by_its_address(self) -> None:
        assert (
            page_key("https://www.facebook.com/Joes/") == page_key("http://m.facebook.com/joes") == "facebook.com/joes"
        )
        assert page_key("http://joes.wixsite.com/x") == "joes.wixsite.com"
        assert page_key("https://joes.com") is None

    def test_a_social_profile_is_not_a_site(self) -> None:
        assert is_social_page("https://instagram.com/joes")
        assert is_social_page("https://linktr.ee/joes")
        assert not is_social_page("https://joes.weebly.com")

    @pytest.mark.skipif(not VECTORS.exists(), reason="../shared/data is absent")
    def test_the_public_suffix_lists_own_cases(self) -> None:
        cases = json.loads((VECTORS / "psl" / "registrable_domain.json").read_text())
        assert [host for host, domain in cases if registrable_domain(host) != domain] == []


class TestPostalCodes:
    @pytest.mark.parametrize(
        ("raw", "country", "code"),
        [
            ("78704-1234", None, "78704"),
            ("787041234", "US", "78704"),
            ("2134.0", None, "02134"),
            ("SW1A 1AA", "GB", "sw1a1aa"),
            ("1010", "AT", "1010"),
            (" ", None, None),
        ],
    )
    def test_spellings_of_one_code(self, raw: str, country: str | None, code: str | None) -> None:
        assert traits_of(Record("1", "a", postal_code=raw, country=country)).postal_code == code


class TestNames:
    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("The Joe's Pizza & Grill, LLC", "Joes Pizza and Grill"),
            ("Śląsk Café GmbH", "Slask Cafe"),
            ("A.B.C. Center", "A B C Center"),
            ("Zone One Police Station", "Zone 1 Police Station"),
            ("Cogo's", "Co Gos"),
            ("Bounce - A - Bout", "Bounceabout"),
            ("花とお茶 ときいろ", "花とお茶　ときいろ"),
        ],
    )
    def test_spellings_of_one_name(self, a: str, b: str) -> None:
        assert alike(a, b) > 0.9

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("Lamar Family Dental", "Zilker Family Dental"),
            ("ร้านอาหารผลดี", "ร้านอาหารทะเลน้องพี"),
            ("First Baptist Church", "Second Street Tavern"),
        ],
    )
    def test_trade_words_do_not_make_names_alike(self, a: str, b: str) -> None:
        assert alike(a, b) < 0.8

    def test_thai_marks_are_letters(self) -> None:
        assert name_words("ผลดี") == ("ผลดี",)
        assert normal_name("ผลดี") != normal_name("ผลด")

    def test_branch_numbers_and_parts_of_a_house_are_told(self) -> None:
        assert compare_names(normal_name("Legion Branch 54"), normal_name("Legion Branch 12")).numbers_differ
        assert compare_names(normal_name("Axis Bank"), normal_name("Axis Bank ATM")).specialisms_differ

    def test_a_word_common_in_the_list_at_hand_tells_little(self) -> None:
        vocabulary = Vocabulary(("zilker", f"word{n}") for n in range(500))
        assert vocabulary.weight("zilker") < 0.5
        assert vocabulary.weight("word7") == 1.0


class TestAddresses:
    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("North Highland Avenue, 250", "250 N Highland Ave, Penn Circle East"),
            ("1877 Nostrand Avenue, Brooklyn, NY, NY", "1877 Nostrand Ave, Brooklyn, NY 11226"),
            ("10612-20 South Wentworth", "10612 S. Wentworth Ave"),
            ("805 3rd Ave Ste 1100", "805 Third Avenue"),
            ("229-231 London Road", "231 London Rd"),
            ("Av. Carlos Cano 12", "Avenida Carlos Cano, 12"),
            ("本堅田６丁目２−１", "本堅田6丁目2-1"),
        ],
    )
    def test_spellings_of_one_door(self, a: str, b: str) -> None:
        assert compare_addresses(normal_address(a), normal_address(b)).same_place

    @pytest.mark.parametrize(
        ("a", "b", "number"),
        [
            ("30 High Town", "9 High Town", "different"),
            ("720 Main St", "724 Main St", "near"),
            ("Main St", "9 Main St", None),
        ],
    )
    def test_house_numbers_are_compared(self, a: str, b: str, number: str | None) -> None:
        assert compare_addresses(normal_address(a), normal_address(b)).number == number

    def test_a_street_to_the_north_is_not_the_one_to_the_south(self) -> None:
        assert not compare_addresses(normal_address("12 N Main St"), normal_address("12 S Main St")).same_place
