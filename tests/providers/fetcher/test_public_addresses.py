"""Only what belongs to somebody on the internet is public, in whatever form it is written."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.providers.fetcher.addresses import why_not_public

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
    "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "9.255.255.255", "11.0.0.0",
    "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "2400::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
]  # fmt: skip
NOT_PUBLIC = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
    "private (RFC 1918)": ["10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "64:ff9b::a00:1"],
    "private (unique local)": ["fc00::1", "fdff::1", "fd00:ec2::254"],
    "private (site-local)": ["fec0::1"],
    "link-local": ["169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254"],
    "shared by a carrier (RFC 6598)": ["100.64.0.0", "100.127.255.255", "100.100.100.200"],
    "this network": ["0.0.0.0", "0.1.2.3", "::ffff:0.0.0.0", "64:ff9b::"],
    "unspecified": ["::"],
    "IPv4-compatible": ["::127.0.0.1", "::8.8.8.8", "::2"],
    "reserved for protocols": ["192.0.0.1", "192.0.0.9", "192.0.0.170", "192.0.0.192", "2001:1::1", "2001:2::1", "2001:20::1"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "1::1", "4000::1", "e000::1", "::ffff:0:808:808", "200::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarking": ["198.18.0.1", "198.19.255.255"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1"],
    "6to4 relay": ["192.88.99.1"],
    "Teredo": ["2001::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe"],
    "local NAT64": ["64:ff9b:1::7f00:1", "64:ff9b:1:ffff:ffff:ffff:808:808"],
    "discarded": ["100::1"],
    "segment routing": ["5f00::1"],
    "a cloud's own service": ["168.63.129.16"],
}  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert why_not_public(ip_address(address)) is None


@pytest.mark.parametrize(("address", "kind"), [(a, kind) for kind, addresses in NOT_PUBLIC.items() for a in addresses])
def test_special_addresses_are_not_public_and_are_called_what_they_are(address: str, kind: str) -> None:
    assert why_not_public(ip_address(address)) == kind


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_carried_in_ipv6_is_judged_as_itself(address: IPv4Address) -> None:
    mapped = IPv6Address(f"::ffff:{address}")
    nat64 = IPv6Address(int(IPv6Address("64:ff9b::")) | int(address))

    assert why_not_public(mapped) == why_not_public(nat64) == why_not_public(address)


@given(st.ip_addresses(v=4))
def test_tunnels_and_obsolete_forms_are_never_public_whatever_they_carry(address: IPv4Address) -> None:
    number = int(address)
    forms = [
        IPv6Address(number),  # IPv4-compatible
        IPv6Address((0x2002 << 112) | (number << 80) | 1),  # 6to4
        IPv6Address((0x20010000 << 96) | (number ^ 0xFFFF_FFFF)),  # Teredo, whose client is written inverted
        IPv6Address(int(IPv6Address("64:ff9b:1::")) | number),
    ]

    assert all(why_not_public(form) for form in forms)


@given(st.ip_addresses())
def test_whatever_python_calls_special_is_not_public(address: IPv4Address | IPv6Address) -> None:
    special = address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    if special or (address.is_private and not getattr(address, "ipv4_mapped", None)):
        assert why_not_public(address)


@pytest.mark.parametrize(
    "network",
    ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
     "224.0.0.0/4", "240.0.0.0/4", "fc00::/7", "fe80::/10", "ff00::/8", "2002::/16", "2001::/23", "64:ff9b:1::/48"],
)  # fmt: skip
@given(data=st.data())
def test_no_address_of_a_special_network_is_public(network: str, data: st.DataObject) -> None:
    inside: IPv4Network | IPv6Network = ip_network(network)
    offset = data.draw(st.integers(0, inside.num_addresses - 1))

    assert why_not_public(inside.network_address + offset)
