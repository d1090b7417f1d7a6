"""The line that a serial protocol's address names: a port of this machine, or a serial server's.

megatec:///dev/ttyUSB0?baud=2400          a port of this machine
megatec+tcp://10.0.0.5:4001               a serial server that hands the bytes through
megatec+rfc2217://10.0.0.5:2217?baud=2400 a serial server that lets its client set the line
"""

from agent.address import Address, AddressError, one_of, whole_number
from agent.links.lines import LineConflictError, Rfc2217Line, SerialLine, Settings, StreamPlace, TcpLine
from agent.links.stream import StreamBus, shared_stream

_RFC2217_PORT = 2217  # what ser2net and most makers use; no port is assigned


def stream_of(address: Address, usual: Settings) -> StreamBus:
    """The bus that an address names; `usual` is how the protocol sets its line unless the address says otherwise.

    Raises:
        AddressError: an option is wrong, or the line is in use with other settings.
    """
    try:
        return shared_stream(place_of(address, usual))
    except LineConflictError as conflict:
        raise AddressError(str(conflict), f"the same settings in {address}") from conflict


def place_of(address: Address, usual: Settings) -> StreamPlace:
    """The place and the settings that an address names.

    Raises:
        AddressError: an option is wrong, or the port is missing.
    """
    if address.transport == "tcp":
        if address.port is None:
            raise AddressError(f"no port in {address}", "the serial server's TCP port, such as :4001")
        return TcpLine(address.host, address.port)
    if address.transport == "rfc2217":
        return Rfc2217Line(address.host, address.port or _RFC2217_PORT, settings_of(address, usual))
    return SerialLine(address.path, settings_of(address, usual))


def settings_of(address: Address, usual: Settings) -> Settings:
    """How the line shall be set.

    Raises:
        AddressError: an option is wrong.
    """
    return Settings(
        baud=whole_number(address, "baud", usual.baud, 50, 4_000_000),
        parity=one_of(address, "parity", usual.parity, ("N", "E", "O")),
        stop_bits=whole_number(address, "stop_bits", usual.stop_bits, 1, 2),
        data_bits=whole_number(address, "data_bits", usual.data_bits, 7, 8),
        dtr=one_of(address, "dtr", _level(usual.dtr), ("on", "off")) == "on",
        rts=one_of(address, "rts", _level(usual.rts), ("on", "off")) == "on",
    )


def _level(high: bool) -> str:
    return "on" if high else "off"
