"""Which IP addresses are public: those that belong to somebody on the internet, and lead out of every private network.

What is public is told by exclusion for IPv4, whose special networks IANA lists, and by inclusion for IPv6, of which only
2000::/3 is handed out. Python's own `is_global` will not do: in 3.11 it calls 192.0.0.192, the metadata service of one
cloud, and every NAT64 address global.

Sources: IANA's IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

_NOT_PUBLIC_V4 = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private (RFC 1918)",
    "100.64.0.0/10": "shared by a carrier (RFC 6598)",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's own service",  # Azure's, the same in every virtual network
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private (RFC 1918)",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private (RFC 1918)",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
_NOT_PUBLIC_V6 = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::/96": "IPv4-compatible",
    "64:ff9b:1::/48": "local NAT64",
    "100::/64": "discarded",
    "2001::/32": "Teredo",  # an IPv4 address of somebody's choice inside, and no site has one
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",  # as Teredo; deprecated by RFC 7526
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "private (unique local)",
    "fe80::/10": "link-local",
    "fec0::/10": "private (site-local)",
    "ff00::/8": "multicast",
}
_Table = tuple[tuple[IPv4Network | IPv6Network, str], ...]
_V4: _Table = tuple((ip_network(network), why) for network, why in _NOT_PUBLIC_V4.items())
_V6: _Table = tuple((ip_network(network), why) for network, why in _NOT_PUBLIC_V6.items())
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how a network without IPv4 reaches all IPv4 hosts


def why_not_public(address: IPv4Address | IPv6Address) -> str | None:
    """What kind of address it is where that is not a public one, else None.

    An IPv6 address that only carries an IPv4 address (IPv4-mapped, NAT64) is what the one inside is.
    """
    address = _carried(address) or address
    table = _V4 if address.version == 4 else _V6
    kind = next((why for network, why in table if address in network), None)
    if kind is None and address.version == 6 and address not in _GLOBAL_UNICAST:
        return "reserved"
    return kind


def _carried(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if not isinstance(address, IPv6Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped
