"""Tests of `networks`: addresses as proxies write them, subscribers, and what is public."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanomeet_widget.server import networks

LOCAL = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
    *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
]
local = st.sampled_from(LOCAL).flatmap(lambda net: st.ip_addresses(v=4, network=net))
public = st.sampled_from(["8.8.8.8", "9.9.9.9", "1.1.1.1", "93.184.215.14"]).map(
    ipaddress.IPv4Address
)
half = st.integers(0, 2**32 - 1)


def forms(v4: ipaddress.IPv4Address, other: ipaddress.IPv4Address) -> dict[str, str]:
    """The ways in which IPv6 carries an IPv4 address."""
    low, flipped = int(v4), int(v4) ^ 0xFFFF_FFFF

    def v6(number: int) -> str:
        return str(ipaddress.IPv6Address(number))

    return {
        "mapped": v6(0xFFFF << 32 | low),
        "mapped, written out": f"::ffff:{v4}",
        "compatible": v6(low),
        "compatible, written out": f"::{v4}",
        "translated": v6(0xFFFF << 48 | low),
        "NAT64": v6(0x64_FF9B << 96 | low),
        "local NAT64": v6(0x64_FF9B_0001 << 80 | low),
        "6to4": v6(0x2002 << 112 | low << 80 | 1),
        "Teredo's client": v6(0x2001_0000 << 96 | int(other) << 64 | flipped),
        "Teredo's server": v6(0x2001_0000 << 96 | low << 64 | int(other) ^ 0xFFFF_FFFF),
        "ISATAP": v6(0x2606_4700 << 96 | 0x0000_5EFE << 32 | low),
        "ISATAP, universal": v6(0x2606_4700 << 96 | 0x0200_5EFE << 32 | low),
        "itself": str(v4),
        "with an interface": f"fe80::{v4}%eth0",
    }


@given(local, public)
def test_no_form_of_a_local_address_is_public(
    v4: ipaddress.IPv4Address, other: ipaddress.IPv4Address
) -> None:
    for name, form in forms(v4, other).items():
        assert not networks.is_public(form), (name, form)


@given(public, public)
def test_the_world_is_public_in_each_form_that_leads_there(
    v4: ipaddress.IPv4Address, other: ipaddress.IPv4Address
) -> None:
    found = forms(v4, other)
    for name in ("itself", "mapped", "mapped, written out", "NAT64", "6to4", "Teredo's client"):
        assert networks.is_public(found[name]), name


@pytest.mark.parametrize(
    "net",
    [
        *("::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001:2::/48", "2001:db8::/32"),
        *("3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "4000::/2"),
        *("8000::/2", "c000::/3", "::/8", "200::/7", "1000::/4"),
    ],
)
def test_what_the_iana_has_not_given_to_the_world_is_not_public(net: str) -> None:
    network = ipaddress.IPv6Network(net)
    for number in (0, 1, 0x5EFE << 32 | 0x0808_0808, network.num_addresses - 1):
        if number < network.num_addresses:
            assert not networks.is_public(str(network[number])), network[number]


@given(half.map(lambda n: 0x2606_4700 << 96 | n) | half.map(lambda n: 0x2A00_1450 << 96 | n))
def test_global_unicast_is_public(number: int) -> None:
    assert networks.is_public(str(ipaddress.IPv6Address(number)))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "localhost",
            "2130706433",
            "0x7f.1",
            "127.1",
            "01.2.3.4",
            "1.2.3.4.5",
            "unknown",
        ),
        *(
            "_hidden",
            "1.2.3.4:",
            "1.2.3.4:port",
            "[1.2.3.4",
            "[]",
            "[::1]4711",
            "::1%",
            "\xff",
            "[::g]",
        ),
        *("1.2.3.4, 5.6.7.8", "1.2.3.4%eth0", "0.0.0.0:80", "[::]:80", "\u0661.2.3.4", "1.2.3.4\0"),
    ],
)
def test_what_is_no_address_is_nothing(text: str) -> None:
    assert networks.read(text) is None
    assert networks.network_of(text) == ""
    assert not networks.is_public(text)


@given(st.text())
def test_no_text_is_a_fault(text: str) -> None:
    assert networks.is_public(text) <= bool(networks.network_of(text))


@given(st.ip_addresses(), st.integers(0, 65535))
def test_an_address_is_read_however_a_proxy_writes_it(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    expected = networks.read(str(ip))
    written = [f" {ip} ", f'"{ip}"', f"[{ip}]", f'"[{ip}]"']
    written += [f"[{ip}]:{port}", f'"[{ip}]:{port}"']
    if isinstance(ip, ipaddress.IPv4Address):
        written = [f" {ip} ", f'"{ip}"', f"{ip}:{port}", f'"{ip}:{port}"', f"::ffff:{ip}"]
    for text in written:
        assert networks.read(text) == expected, text


@given(st.integers(0x2600 << 112, (0x2700 << 112) - 1), st.integers(0, 2**64 - 1))
def test_a_network_of_ipv6_is_one_subscriber(number: int, host: int) -> None:
    first = ipaddress.IPv6Address(number)
    other = ipaddress.IPv6Address(number >> 64 << 64 | host)
    further = ipaddress.IPv6Address(number ^ 1 << 64)
    assert networks.network_of(str(first)) == networks.network_of(str(other))
    assert networks.network_of(str(first)) != networks.network_of(str(further))


@given(st.ip_addresses(v=4).filter(lambda ip: not ip.is_unspecified), public)
def test_a_subscriber_of_ipv4_is_one_in_each_form(
    v4: ipaddress.IPv4Address, other: ipaddress.IPv4Address
) -> None:
    found = forms(v4, other)
    for name in ("itself", "mapped", "NAT64", "6to4", "Teredo's client"):
        assert networks.network_of(found[name]) == str(v4), name
