"""A room made by hand, one device of each kind that the page knows, for the page to show."""

from agent.alarms.evaluate import AlarmState, Standing, Subject
from agent.board import View
from agent.model.measures import BY_KEY
from agent.model.readings import DeviceSnapshot, Identity, Kind, Reading, Snapshot, Timed
from tests.exporters.rooms import standing

AT = 1_790_000_000.0
AGE = 2.0  # seconds before `AT` at which everything was read


def reading(key: str, value: float | str, age: float = AGE, **labels: str) -> Timed:
    return Timed(Reading(BY_KEY[key], tuple(labels.items()), value, "1.3.6.1.4.1.318.1.1.1.2.2.1"), AT - age)


def device(
    name: str,
    kind: Kind,
    *readings: Timed,
    zone: str = "auxiliary",
    up: bool | None = True,
    identity: Identity | None = None,
) -> DeviceSnapshot:
    return DeviceSnapshot(
        name=name,
        kind=kind,
        zone=zone,
        address=f"snmp://{kind}.example",
        up=up,
        fault="" if up is not False else "timed out: no answer within 2 s",
        identity=identity,
        readings=readings,
        last_reading_at=max((timed.at for timed in readings), default=None),
        down_since=AT - 190 if up is False else None,
        poll_duration=None if up is None else 0.021,
        polls={},
    )


def view(*devices: DeviceSnapshot, at: float = AT, alarms: AlarmState | None = None) -> View:
    snapshot = Snapshot(at, {device.name: device for device in devices})
    return View(snapshot, alarms or AlarmState(), started_at=AT - 86_400 * 3, version="1.2.3")


def alarms(*states: AlarmState) -> AlarmState:
    standings: dict[Subject, Standing] = {}
    for state in states:
        standings |= state.standings
    return AlarmState(standings)


def ups(name: str = "ups-1", load: float = 0.42) -> DeviceSnapshot:
    """On mains, three phases out, one in."""
    return device(
        name,
        "ups",
        reading("ups_state", "online"),
        reading("ups_load", load),
        reading("ups_battery_charge", 1.0),
        reading("ups_battery_runtime", 7500.0),
        reading("ups_input_voltage", 229.8),
        reading("ups_output_voltage", 230.1, phase="L1"),
        reading("ups_output_voltage", 229.7, phase="L2"),
        reading("ups_output_voltage", 230.4, phase="L3"),
        reading("ups_battery_temperature", 24.6),
        reading("ups_rated_power", 20_000.0, age=1800),
        identity=Identity("ups", "Acme", "PowerKeeper 20", "AC-20-0007", "2.4.1", "acme-ups"),
    )


def ats(*, feed_b: bool = True) -> DeviceSnapshot:
    return device(
        "ats-1",
        "ats",
        reading("mains_feed_available", 1.0, feed="A"),
        reading("mains_feed_available", float(feed_b), feed="B"),
        reading("mains_feed_selected", 1.0, feed="A"),
        reading("mains_feed_selected", 0.0, feed="B"),
        reading("mains_feed_voltage", 230.2, feed="A"),
        reading("mains_feed_voltage", 229.4 if feed_b else 0.0, feed="B"),
        reading("mains_output_voltage", 230.1),
        reading("mains_redundant", float(feed_b)),
        reading("mains_transfers", 3.0),
    )


def whole_room() -> list[DeviceSnapshot]:
    """A quiet day."""
    racks = [reading("air_temperature", 22.4 + rack / 2, position=f"rack {rack}") for rack in range(1, 7)]
    outlets = [reading("circuit_current", outlet * 0.8, circuit=str(outlet)) for outlet in range(1, 9)]
    return [
        ats(),
        ups("ups-1"),
        ups("ups-2", load=0.057),
        device(
            "cold-aisle",
            "climate",
            reading("air_temperature", 22.4),
            reading("air_humidity", 0.453),
            reading("air_dew_point", 9.97),
            zone="equipment",
        ),
        device("racks", "climate", *racks, reading("air_humidity", 0.44, sensor="1", age=45), zone="equipment"),
        device(
            "crac-1",
            "cooling",
            reading("cooling_state", "running"),
            reading("cooling_supply_temperature", 16.2),
            reading("cooling_return_temperature", 26.9),
            reading("cooling_setpoint", 24.0),
            reading("cooling_demand", 0.61),
            zone="equipment",
        ),
        device(
            "main-meter",
            "meter",
            reading("circuit_voltage", 231.0, phase="L1"),
            reading("circuit_voltage", 230.2, phase="L2"),
            reading("circuit_voltage", 229.9, phase="L3"),
            reading("circuit_current", 31.4, phase="L1"),
            reading("circuit_current", 28.8, phase="L2"),
            reading("circuit_current", 30.1, phase="L3"),
            reading("circuit_power", 19_850.0),
            reading("circuit_power_factor", 0.976),
            reading("circuit_energy", 5.2e11),
        ),
        device("pdu-a", "pdu", *outlets, reading("circuit_power", 3480.0), zone="equipment"),
        device(
            "cabinet-contacts",
            "contacts",
            reading("contact_active", 0.0, contact="surge_protector_failed"),
            reading("contact_active", 0.0, contact="breaker_tripped"),
            reading("contact_active", 0.0, contact="water_leak"),
            reading("contact_active", 0.0, contact="door_open"),
        ),
        device(
            "server",
            "host",
            reading("host_cpu_load", 0.072),
            reading("host_memory_used", 0.38),
            reading("host_disk_used", 0.61, mount="/"),
            reading("host_uptime", 1_130_000.0),
            zone="management",
        ),
        device(
            "genset",
            "generator",
            reading("generator_state", "stopped"),
            reading("generator_fuel", 0.83),
            reading("generator_battery_voltage", 26.4),
        ),
    ]


def night() -> View:
    """Feed B is lost, one UPS runs on its battery, one device is silent and one was never heard."""
    devices = {each.name: each for each in whole_room()}
    devices["ats-1"] = ats(feed_b=False)
    devices["ups-2"] = device(
        "ups-2",
        "ups",
        reading("ups_state", "on_battery"),
        reading("ups_load", 0.42),
        reading("ups_battery_charge", 0.64),
        reading("ups_battery_runtime", 530.0),
        reading("ups_input_voltage", 0.0),
    )
    devices["crac-1"] = device("crac-1", "cooling", zone="equipment", up=False)
    devices["genset"] = device("genset", "generator", up=None)
    raised = alarms(
        standing("feed_lost", "ats-1", at=AT - 95, feed="B"),
        standing("on_battery", "ups-2", at=AT - 90),
        standing("device_silent", "crac-1", at=AT - 160),
    )
    return view(*devices.values(), alarms=raised)
