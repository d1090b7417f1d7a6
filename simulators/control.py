"""How a running simulation is told things: HTTP on the loopback interface only.

POST /do     body: one line, such as `feeds.A fail`   -> 200 and what happened, 400 and what is possible
GET /truth                                            -> what is so in the room, as JSON
GET /endpoints                                        -> where its instruments listen, as JSON
"""

import http.client
from typing import Final

from aiohttp import web

from simulators.simulation import Simulation

LOOPBACK: Final = "127.0.0.1"
DEFAULT_PORT: Final = 9811
ANSWER_SECONDS: Final = 5.0


class ControlServer:
    def __init__(self, simulation: Simulation, port: int = DEFAULT_PORT) -> None:
        self.port = port
        self._simulation = simulation
        application = web.Application()
        application.router.add_post("/do", self._do)
        application.router.add_get("/truth", self._truth)
        application.router.add_get("/endpoints", self._endpoints)
        self._runner = web.AppRunner(application, access_log=None)

    async def __aenter__(self) -> "ControlServer":
        """OSError when the port is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, LOOPBACK, self.port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _do(self, request: web.Request) -> web.Response:
        try:
            return web.Response(text=self._simulation.do((await request.text()).strip()) + "\n")
        except ValueError as error:
            return web.Response(status=400, text=f"{error}\n")

    async def _truth(self, _: web.Request) -> web.Response:
        return web.json_response(self._simulation.truth())

    async def _endpoints(self, _: web.Request) -> web.Response:
        return web.json_response(self._simulation.endpoints())


def tell(line: str, port: int) -> tuple[bool, str]:
    """Tell a running simulation; whether it did it, and its answer. ConnectionError when none runs there."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("POST", "/do", body=line.encode())
        answer = connection.getresponse()
        return answer.status == 200, answer.read().decode().strip()
    finally:
        connection.close()
