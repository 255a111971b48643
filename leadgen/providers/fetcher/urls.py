"""Which URLs are fetched: public web pages, at the ports of the web, without credentials.

A host is judged as far as it can be without asking anybody: addresses here, names when they are resolved
(`transport.py`). Spellings of IPv4 addresses that only C libraries understand (`127.1`, `2130706433`, `0x7f000001`) are no
host names (WHATWG URL: a host whose last label is a number is an address), so nobody resolves them for us.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from leadgen.providers.fetcher.addresses import why_not_public
from leadgen.providers.fetcher.refusal import Refused

PORTS = {"http": 80, "https": 443}

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"\d+|0x[\da-f]*")
_LONGEST_NAME = 253


def checked_url(text: str) -> httpx.URL:
    """The URL without its fragment.

    Raises:
        Refused: it is none that we fetch.
    """
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        raise Refused("url", "this is not a URL") from None
    if url.scheme not in PORTS:
        raise Refused("url", f"the scheme is {url.scheme[:20] or 'missing'}, not http or https")
    if url.userinfo:
        raise Refused("url", "the URL holds credentials")
    if url.port not in {None, *PORTS.values()}:
        raise Refused("url", f"port {url.port} is not one of the web's")
    check_host(host_of(url))
    return url.copy_with(fragment=None)


def host_of(url: httpx.URL) -> str:
    """The host as it is asked for on the wire: lower case, international names in ASCII (IDNA), IPv6 without brackets."""
    return url.raw_host.decode("ascii")


def port_of(url: httpx.URL) -> int:
    """The port that the URL names or means."""
    return url.port or PORTS[url.scheme]


def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is, in its usual spelling; None where it is none."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def check_host(host: str) -> None:
    """Raises Refused for what is neither a public address nor a name that could be public."""
    address = literal_address(host)
    if address is not None:
        check_address(address, host)
        return
    name = host.removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        raise Refused("address", f"{name} is an address in a spelling that is not used on the web")
    if len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise Refused("url", "the host is not a host name")
    if len(labels) < 2:
        raise Refused("address", f"{name} is not a public host name")


def check_address(address: IPv4Address | IPv6Address, host: str) -> None:
    """Raises Refused where the address, which `host` is or resolves to, is not public."""
    why = why_not_public(address)
    if why is not None:
        place = host if literal_address(host) == address else f"{host} leads to {address}, which"
        raise Refused("address", f"{place} is not public: {why}")
