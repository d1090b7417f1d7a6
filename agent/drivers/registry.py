"""The list of address schemes, and which driver reads each. A driver's module is imported when a device needs it."""

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from agent.address import Address, AddressError
from agent.drivers.driver import Driver, Surroundings
from agent.profiles.load import ProfileError


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme: its transports ("" for none), its options, and the module whose `connect` makes the driver."""

    name: str
    transports: tuple[str, ...]
    options: tuple[str, ...]
    module: str
    needs_host: bool = True
    needs_line: bool = False


_SERIAL = ("baud", "parity", "stop_bits")
_MODBUS = ("unit", "profile", "base", "contacts", "circuits", "sensors")
_STREAM = (*_SERIAL, "data_bits", "dtr", "rts")


def _over_lines(name: str, options: tuple[str, ...], module: str) -> tuple[Scheme, ...]:
    """A serial protocol: on a port of this machine, behind a serial server, behind one that sets the line."""
    return (
        Scheme(name, ("",), (*options, *_STREAM), module, needs_host=False, needs_line=True),
        Scheme(name, ("tcp",), options, module),
        Scheme(name, ("rfc2217",), (*options, *_STREAM), module),
    )


SCHEMES: tuple[Scheme, ...] = (
    Scheme(
        "snmp",
        ("",),
        ("version", "community", "user", "auth", "auth_protocol", "priv", "priv_protocol", "profile", "batch"),
        "agent.drivers.snmp",
    ),
    Scheme("modbus", ("tcp", "rtutcp"), _MODBUS, "agent.drivers.modbus"),
    Scheme("modbus", ("rtu",), (*_MODBUS, *_SERIAL), "agent.drivers.modbus", needs_host=False, needs_line=True),
    *_over_lines("megatec", ("dialect", "battery"), "agent.drivers.megatec"),
    *_over_lines("ydt1363", ("address", "device", "profile", "order"), "agent.drivers.ydt1363"),
    *_over_lines("apc-smart", (), "agent.drivers.apc_smart"),
    Scheme("nut", ("",), ("user", "password", "tls", "ca", "verify"), "agent.drivers.nut"),
    Scheme("apcupsd", ("",), (), "agent.drivers.apcupsd"),
    Scheme(
        "contacts",
        ("",),
        ("cts", "dsr", "dcd", "ri", "dtr", "rts"),
        "agent.drivers.contacts",
        needs_host=False,
        needs_line=True,
    ),
    Scheme("w1", ("",), ("root",), "agent.drivers.w1", needs_host=False),
    Scheme("host", ("",), ("mounts",), "agent.drivers.host", needs_host=False),
)


def scheme_of(address: Address) -> Scheme:
    """The scheme that an address names.

    Raises:
        AddressError: there is no such scheme, the host or line is missing, or an option is not one of its own.
    """
    scheme = next((s for s in SCHEMES if s.name == address.scheme and address.transport in s.transports), None)
    if scheme is None:
        found = f"{address.scheme}+{address.transport}" if address.transport else address.scheme
        raise AddressError(f"unknown scheme {found!r}", f"one of {', '.join(scheme_names())}")
    if scheme.needs_host and not address.host:
        raise AddressError(f"no host in {address}", f"{address.scheme}://HOST")
    if scheme.needs_line and address.host:
        raise AddressError(f"a host in {address}", "three slashes before the line, as in ///dev/ttyUSB0")
    if scheme.needs_line and not address.path:
        raise AddressError(f"no serial line in {address}", "a path such as /dev/ttyUSB0")
    for option in address.options:
        if option not in scheme.options:
            raise AddressError(f"unknown option {option!r}", f"one of {', '.join(scheme.options) or 'none'}")
    return scheme


def scheme_names() -> list[str]:
    """Every scheme as it is written before the ://."""
    return [f"{s.name}+{t}" if t else s.name for s in SCHEMES for t in s.transports]


def connect(address: Address, surroundings: Surroundings) -> Driver:
    """The driver for an address; nothing is sent yet.

    Raises:
        AddressError: the address or one of its options cannot be used.
    """
    module = import_module(scheme_of(address).module)
    try:
        return cast("Driver", module.connect(address, surroundings))
    except ProfileError as error:
        raise AddressError(str(error), "profiles without mistakes (roomready profile check)") from error
