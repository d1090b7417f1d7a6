"""A wall transmitter of temperature and humidity on Modbus, of the RS-WS-N01 kind.

register 0x0000  relative humidity, 0.1 %
         0x0001  temperature, 0.1 degC, two's complement
         0x07D0  its address on the bus
         0x07D1  its speed: 0 2400, 1 4800, 2 9600 baud
"""

from typing import Final

from simulators.room.room import Room

UNIT: Final = 1
BAUD: Final = 4800
SPEED_CODE: Final = {2400: 0, 4800: 1, 9600: 2}


def registers(room: Room, position: str) -> dict[int, int]:
    sensor = room.sensors[position]
    return {
        0x0000: round(sensor.humidity * 1000),
        0x0001: round(sensor.temperature * 10) & 0xFFFF,
        0x07D0: UNIT,
        0x07D1: SPEED_CODE[BAUD],
    }
