"""Only URLs of public web pages are fetched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.fetcher.urls import checked_url, host_of


@pytest.mark.parametrize(
    ("text", "url", "host"),
    [
        ("http://smile.com", "http://smile.com", "smile.com"),
        (" https://WWW.Smile.com:443/a b?q=ä#top\n", "https://www.smile.com/a%20b?q=%C3%A4", "www.smile.com"),
        ("http://smile.com:80/", "http://smile.com/", "smile.com"),
        ("http://smile.com:443/", "http://smile.com:443/", "smile.com"),
        ("https://zahnärzte-münchen.de/", "https://xn--zahnrzte-mnchen-3kb82b.de/", "xn--zahnrzte-mnchen-3kb82b.de"),
        ("https://my_shop.smile.com/", "https://my_shop.smile.com/", "my_shop.smile.com"),
        ("http://smile.com./", "http://smile.com./", "smile.com."),
        ("http://1.1.1.1/", "http://1.1.1.1/", "1.1.1.1"),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/", "2606:4700::1111"),
    ],
)
def test_a_web_page_is_taken_in_one_spelling(text: str, url: str, host: str) -> None:
    checked = checked_url(text)

    assert host_of(checked) == host
    assert str(checked) == url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "url"),
        ("smile.com", "url"),
        ("//smile.com/", "url"),
        ("http:///page", "url"),
        ("file:///etc/passwd", "url"),
        ("gopher://smile.com:70/_x", "url"),
        ("ftp://smile.com/", "url"),
        ("javascript:alert(1)", "url"),
        ("data:text/html,hello", "url"),
        ("http://user@smile.com/", "url"),
        ("http://user:word@smile.com/", "url"),
        ("http://1.1.1.1\\@smile.com/", "url"),
        ("http://smile.com:22/", "url"),
        ("http://smile.com:8080/", "url"),
        ("http://smile.com:99999/", "url"),
        ("http://smile.com:x/", "url"),
        ("http://smi le.com/", "url"),
        ("http://smile..com/", "url"),
        ("http://-smile.com/", "url"),
        ("http://127.0.0.1%00.smile.com/", "url"),
        ("http://１２７.0.0.1/", "url"),
        ("http://[::1", "url"),
        ("http://0177.0.0.1/", "url"),
        ("http://127.0.0.256/", "url"),
        (f"http://{'a' * 64}.com/", "url"),
        (f"http://{'a.' * 130}com/", "url"),
        ("http://127.0.0.1/", "address"),
        ("http://127.0.0.1./", "address"),
        ("http://%31%32%37.0.0.1/", "address"),
        ("http://127.1/", "address"),
        ("http://127.0.1/", "address"),
        ("http://0/", "address"),
        ("http://2130706433/", "address"),
        ("http://017700000001/", "address"),
        ("http://0x7f000001/", "address"),
        ("http://0x7f.0.0.1/", "address"),
        ("http://0x7f.1/", "address"),
        ("http://0X7F.0x0.0x0.0x1/", "address"),
        ("http://smile.com.0x7f/", "address"),
        ("http://[::1]/", "address"),
        ("http://[::]/", "address"),
        ("http://[0:0:0:0:0:0:0:1]/", "address"),
        ("http://[::ffff:127.0.0.1]/", "address"),
        ("http://[::ffff:7f00:1]/", "address"),
        ("http://[64:ff9b::7f00:1]/", "address"),
        ("http://[fe80::1%25eth0]/", "address"),
        ("http://localhost/", "address"),
        ("http://localhost./", "address"),
        ("http://intranet/", "address"),
    ],
)
def test_anything_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_url(text)

    assert refused.value.reason == reason


@given(st.one_of(st.text(), st.text().map("http://{}".format), st.text().map("https://smile.com/{}".format)))
def test_no_text_is_more_than_refused(text: str) -> None:
    try:
        checked_url(text)
    except Refused as refused:
        assert refused.detail  # noqa: PT017  # either end is right
