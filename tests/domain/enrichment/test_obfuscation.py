"""Addresses that pages keep from harvesters are read as a visitor's browser shows them, and nothing else becomes one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.enrichment.obfuscation import plain, without_trap
from leadgen.domain.enrichment.page import read_page

URL = "https://www.lamar.com/contact"


def emails(body: str) -> tuple[str, ...]:
    return read_page(f"<html><body>{body}</body></html>", URL).emails


@pytest.mark.parametrize(
    "body",
    [
        "<p>info @ lamar . com</p>",
        "<p>info at lamar.com</p>",
        "<p>info(a)lamar.com</p>",
        "<a href='mailto:Front Desk <info@lamar.com>?subject=Hi&amp;bcc=eve@other.com'>write</a>",
        "<p>info<span style='display:none'>nospam</span>@lamar.com</p>",
        "<p>info@NOSPAM.lamar.com</p>",
        "<p>info\u200b@la\u00admar.com</p>",
        "<p>info＠lamar．com</p>",
        "<p>Email:info@lamar.comPhone: 512 478 0143</p>",
        "<span style='unicode-bidi:bidi-override; direction: rtl'>moc.ramal@ofni</span>",
        "<bdo dir='rtl'>moc.ramal@ofni</bdo>",
        "<a data-user='info' data-domain='lamar.com'>write</a>",
        "<a data-name='info' data-domain='lamar' data-tld='com'>write</a>",
        "<a data-email='info@lamar.com'>write</a>",
        "<img src='mail.png' alt='info@lamar.com'>",
        "<form><input type='hidden' name='recipient' value='info@lamar.com'></form>",
        "<a href=\"javascript:linkTo_UnCryptMailto('nbjmup+jogpAmbnbs/dpn');\">write</a>",
        "<script>document.write('<a href=\"mailto:' + 'info' + '@' + 'lamar.com' + '\">')</script>",
        "<script>var a='&#105;nf&#111;' + '&#64;'; a = a + 'lamar' + '&#46;' + 'com';</script>",
        "<script>document.write(unescape('%3Ca%20href%3D%22mailto%3Ainfo%40lamar.com%22%3E'))</script>",
        '<script>window.__STATE__={"contact":{"email":"info@lamar.com"}}</script>',
        '<script type="application/ld+json">{"@type":"Dentist","email":"info@lamar.com",}</script>',
    ],
)
def test_each_way_to_hide_one_is_undone(body: str) -> None:
    assert emails(body) == ("info@lamar.com",)


@pytest.mark.parametrize(
    "body",
    [
        "<p>Visit us at lamar.com, or shop at lamar.com</p>",
        "<img src='logo@2x.png' alt='logo@2x.png'>",
        "<form><input type='hidden' name='from' value='website@lamar.com'></form>",
        "<script>var maker = {'email': 'dev@theagency.com'}</script>",
        "<p>Clause 4 (a) and (b), see page 3. See 12@home</p>",
        "<p>info@lamar.comphone</p>",
    ],
)
def test_what_is_none_is_not_taken_for_one(body: str) -> None:
    assert emails(body) == ()


def test_addresses_on_domains_with_letters_of_other_languages_are_read() -> None:
    assert emails("<p>info@münchen-zahn.de</p>") == ("info@münchen-zahn.de",)


@given(st.text())
def test_plain_text_keeps_what_can_be_seen(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert len(plain(text)) <= len(text)


@given(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.(com|de)", fullmatch=True))
def test_an_address_without_a_trap_stays(address: str) -> None:
    assert without_trap(address) == address or "spam" in address or "remove" in address


def test_a_person_whose_mailbox_stands_beside_the_name_is_one_and_a_department_is_not() -> None:
    body = (
        "<p>Max Pulver, mpulver@lamar.com or (512) 478-0143</p><p>Sales Department sales@lamar.com</p>"
        "<p>Public Relations: pr@lamar.com</p><p>Lamar Roots, roots@lamar.com</p>"
    )
    people = read_page(f"<html><body>{body}</body></html>", URL).people
    assert [(person.name, person.email) for person in people] == [("Max Pulver", "mpulver@lamar.com")]
