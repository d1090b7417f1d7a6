"""Nothing that this program sends changes a device: instruments count what they are asked to do, and the code is read.

Each instrument lets the agent open it and poll every group, and then says which requests were not mere questions.
"""

import ast
import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pyasn1.codec.ber import encoder
from pysnmp.proto import api

from agent.address import parse_address
from agent.drivers.driver import Driver, Surroundings
from agent.drivers.registry import SCHEMES, connect
from agent.model.measures import Group
from agent.profiles.load import modbus_profiles
from agent.profiles.schema import ModbusProfile
from tests.agent.drivers.daemon_far_side import Daemon, daemon
from tests.agent.drivers.megatec_far_side import CASTLE, MEGATEC, VOLTRONIC, Unit
from tests.agent.drivers.modbus_far_side import RawEnd, raw_tcp, tcp_frame
from tests.agent.drivers.smart_ups import SmartUps
from tests.agent.drivers.test_apcupsd import GOOD
from tests.agent.drivers.test_apcupsd import speaks as apcupsd_speaks
from tests.agent.drivers.test_nut import UPS as NUT_UPS
from tests.agent.drivers.test_nut import speaks as nut_speaks
from tests.agent.drivers.ydt1363_far_side import GXE, Device, Line
from tests.agent.drivers.ydt1363_far_side import UPS as YDT_UPS
from tests.agent.links.far_side import at_tcp
from tests.snmp_agent import SnmpAgent, Value, snmp_agent, system

PATIENT = 20.0  # seconds
AGENT = Path(__file__).parents[2] / "agent"


async def everything(url: str) -> int:
    """Opens, polls all groups twice, closes; gives the number of readings."""
    device: Driver = connect(parse_address(url), Surroundings(timeout=PATIENT))
    try:
        await device.open()
        for _ in range(2):
            answer = await device.poll(frozenset(Group))
        return len(answer.readings)
    finally:
        await device.close()


# SNMP: any PDU that is no request to read.


def sets(agent: SnmpAgent) -> set[str]:
    return {kind for kind in agent.kinds if not kind.startswith(("GetRequest", "GetNext", "GetBulk"))}


@asynccontextmanager
async def snmp_ups() -> AsyncIterator[SnmpAgent]:
    mib = "1.3.6.1.2.1.33.1"
    objects: dict[str, Value] = {
        f"{mib}.1.1.0": "ACME",
        f"{mib}.1.2.0": "U1",
        f"{mib}.2.1.0": 2,
        f"{mib}.2.4.0": 98,
        f"{mib}.4.1.0": 3,
    }
    async with snmp_agent({**system("1.3.6.1.2.1.33"), **objects}) as agent:
        yield agent


@pytest.mark.parametrize("version", ["1", "2c"])
def test_snmp_devices_are_never_set(version: str) -> None:
    async def story() -> None:
        async with snmp_ups() as agent:
            assert await everything(f"snmp://127.0.0.1:{agent.port}?community=public&version={version}")
            assert agent.requests
            assert not sets(agent)

    asyncio.run(story(), debug=True)


# Modbus: any function but the four that read and the one that asks who is there.


def writes(end: RawEnd) -> set[int]:
    return {request[7] for request in end.requests} - {1, 2, 3, 4, 0x2B}


async def obliging(request: bytes) -> bytes:
    """Zeros in every register that is asked for."""
    function, count = request[7], int.from_bytes(request[10:12], "big")
    if function in (1, 2):
        size = -(-count // 8)
    elif function in (3, 4):
        size = 2 * count
    else:
        return tcp_frame(request, bytes([function | 0x80, 1]))
    return tcp_frame(request, bytes([function, size]) + bytes(size))


@pytest.mark.parametrize("profile", modbus_profiles().values(), ids=lambda profile: profile.name)
def test_modbus_devices_are_never_written_to(profile: ModbusProfile) -> None:
    async def story() -> None:
        names = "&contacts=a,!b" if profile.kind == "contacts" else ""
        async with raw_tcp(obliging) as (port, end):
            await everything(f"modbus+tcp://127.0.0.1:{port}?profile={profile.name}{names}")
        assert end.requests
        assert not writes(end)

    asyncio.run(story(), debug=True)


# Daemons: any command that is no question. LOGIN is none: a shutdown waits for those who have said it.


def commands(far: Daemon) -> set[str]:
    questions = {"LIST", "GET", "VER", "NETVER", "USERNAME", "PASSWORD", "STARTTLS", "LOGOUT", "status", "events"}
    return {question.decode().split()[0] for question in far.questions} - questions


@pytest.mark.parametrize("kind", ["ups", "ats", "pdu"])
def test_nut_is_told_nothing(kind: str) -> None:
    async def story() -> None:
        async with daemon(nut_speaks({"u": NUT_UPS | {"device.type": kind}})) as far:
            assert await everything(f"nut://127.0.0.1:{far.port}/u?user=watch&password=secret&tls=no")
        assert far.questions
        assert not commands(far)

    asyncio.run(story(), debug=True)


def test_apcupsd_is_told_nothing() -> None:
    async def story() -> None:
        async with daemon(apcupsd_speaks(GOOD), framed=True) as far:
            assert await everything(f"apcupsd://127.0.0.1:{far.port}")
        assert far.questions
        assert not commands(far)

    asyncio.run(story(), debug=True)


# Serial lines: whatever switches, tests, mutes or sets.

MEGATEC_ORDERS = re.compile(r"T.*|S[.0-9].*|C.*|Q|Z.*|P[ED].*|[VMX]\d.*")
SMART_ORDERS = set("@ADKRSUWZ^+-\x0e\x1a\x7f")
YDT_ORDERS = {0x45, 0x48, 0x49, 0x4A, 0x4E, 0x80, 0x81}  # remote control, settings, the clock


@pytest.mark.parametrize("answers", [MEGATEC, VOLTRONIC, CASTLE], ids=["megatec", "voltronic", "castle"])
def test_a_ups_with_megatecs_protocol_is_ordered_nothing(answers: dict[str, str]) -> None:
    async def story() -> None:
        ups = Unit(answers)
        async with at_tcp(ups) as far:
            assert await everything(far.url("megatec"))
        assert ups.asked
        assert not [question for question in ups.asked if MEGATEC_ORDERS.fullmatch(question)]

    asyncio.run(story(), debug=True)


def test_a_smart_ups_is_ordered_nothing() -> None:
    async def story() -> None:
        ups = SmartUps()
        async with at_tcp(ups.talk) as far:
            assert await everything(far.url("apc-smart"))
        assert ups.asked
        assert not set(ups.asked) & SMART_ORDERS

    asyncio.run(story(), debug=True)


@pytest.mark.parametrize("infos", [YDT_UPS, GXE], ids=["standard", "gxe"])
def test_gear_with_ydt_1363_is_ordered_nothing(infos: dict[int, str]) -> None:
    async def story() -> None:
        device = Device(0x2A, infos)
        async with at_tcp(Line({1: device})) as far:
            assert await everything(far.url("ydt1363", "address=1&device=ups"))
        assert device.asked
        assert not set(device.asked) & YDT_ORDERS

    asyncio.run(story(), debug=True)


# The instruments do count: here they are told to do something.


def test_an_order_would_be_noticed() -> None:
    async def story() -> None:
        async with snmp_ups() as agent:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=("127.0.0.1", agent.port)
            )
            transport.sendto(snmp_set())
            await until(lambda: bool(sets(agent)))
            transport.close()
        async with raw_tcp(obliging) as (port, end):
            await told(port, bytes.fromhex("0001 0000 0006 01 06 0001 0002"))
            await until(lambda: writes(end) == {6})
        async with daemon(nut_speaks({})) as far:
            await told(far.port, b"INSTCMD u load.off\n")
            await until(lambda: commands(far) == {"INSTCMD"})

    asyncio.run(story(), debug=True)
    assert all(MEGATEC_ORDERS.fullmatch(order) for order in ("T", "TL", "T10", "S.3R0002", "S05", "C", "CT", "Q"))


def snmp_set() -> bytes:
    module = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    request, pdu = module.Message(), module.SetRequestPDU()
    module.apiPDU.set_defaults(pdu)
    module.apiPDU.set_varbinds(pdu, [("1.3.6.1.2.1.1.5.0", module.OctetString("x"))])
    module.apiMessage.set_defaults(request)
    module.apiMessage.set_community(request, "public")
    module.apiMessage.set_pdu(request, pdu)
    return bytes(encoder.encode(request))


async def told(port: int, request: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENT):
        while not seen():
            await asyncio.sleep(0.01)


# The code: none of the names by which these libraries and protocols change a device.

WRITING = re.compile(
    r"write_(coil|register)s?|mask_write_register|readwrite_registers|Write(Single|Multiple)\w+|MaskWrite\w+"
    r"|ReadWriteMultiple\w+|set_many|Set(Request|Command)\w*|setCmd|set_cmd|INSTCMD|SET VAR|SET TRACKING|FSD|PRIMARY"
)


def spoken(path: Path) -> Iterator[str]:
    """Every name and every text of a module; its docstrings only speak to people."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, documented)]
    docstrings = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name
            case ast.Call(func=ast.Attribute(attr="set"), args=[_, _]):
                yield "set_many"  # an event is set without arguments, an object of a device with its name and value
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield text
            case ast.Constant(value=bytes(data)):
                yield data.decode("latin-1")


@pytest.mark.parametrize("module", sorted(AGENT.rglob("*.py")), ids=lambda path: str(path.relative_to(AGENT)))
def test_no_module_knows_how_to_write(module: Path) -> None:
    assert [] == [text for text in spoken(module) if WRITING.search(text)]


def test_a_writing_call_would_be_found(tmp_path: Path) -> None:
    for code in (
        "async def f(c): await c.write_register(1, 2)",
        "from pymodbus.pdu.register_message import WriteSingleRegisterRequest",
        "session.set_many(x)",
        'session.set("1.3.6.1.2.1.1.5.0", b"x")',
        'line = b"INSTCMD u load.off"',
        "f = f'SET VAR {x}'",
    ):
        module = tmp_path / "module.py"
        module.write_text(code, "utf-8")
        assert any(WRITING.search(text) for text in spoken(module)), code


def test_every_scheme_that_reaches_a_device_has_its_instrument_here() -> None:
    here = {"snmp", "modbus", "nut", "apcupsd", "megatec", "apc-smart", "ydt1363"}
    senders_of_nothing = {"host", "w1", "contacts"}  # they only look at this machine and at levels of its ports

    assert {scheme.name for scheme in SCHEMES} == here | senders_of_nothing
