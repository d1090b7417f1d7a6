"""Addresses that nobody could look up or open are refused before anything is tried."""

import pytest

from agent.address import AddressError, parse_address


@pytest.mark.parametrize("host", ["a" * 64, "ups..room", "x" * 64 + ".example"])
def test_a_host_that_can_be_no_name_is_a_mistake_in_the_address(host: str) -> None:
    with pytest.raises(AddressError, match="label"):
        parse_address(f"nut://{host}/ups")


@pytest.mark.parametrize("text", ["megatec:///dev/tty\0", "contacts:///dev/ttyS0?cts=water\x07leak"])
def test_an_address_holds_printable_characters_only(text: str) -> None:
    with pytest.raises(AddressError, match="no URL"):
        parse_address(text)


@pytest.mark.parametrize("host", ["10.0.0.1", "ups_a.example", "机房"])
def test_names_of_every_language_are_hosts(host: str) -> None:
    assert host == parse_address(f"snmp://{host}").host
