"""How a running simulation is told things: HTTP on the loopback interface only.

POST /do     body: one line, such as `feeds.A fail`   -> 200 and what happened, 400 and what is possible
GET /truth                                            -> what is so in the room, as JSON
GET /endpoints                                        -> where its instruments listen, as JSON
"""

from typing import Self

from aiohttp import web

from simulators.remote import DEFAULT_PORT, LOOPBACK
from simulators.simulation import Simulation


class ControlServer:
    def __init__(self, simulation: Simulation) -> None:
        self.port = 0
        self._simulation = simulation
        application = web.Application()
        application.router.add_post("/do", self._do)
        application.router.add_get("/truth", self._truth)
        application.router.add_get("/endpoints", self._endpoints)
        self._runner = web.AppRunner(application, access_log=None)

    @classmethod
    async def open(cls, simulation: Simulation, port: int = DEFAULT_PORT) -> Self:
        """OSError when the port is taken."""
        control = cls(simulation)
        await control._runner.setup()
        try:
            await web.TCPSite(control._runner, LOOPBACK, port).start()
        except OSError:
            await control._runner.cleanup()
            raise
        control.port = control._runner.addresses[0][1]
        return control

    async def __aenter__(self) -> Self:
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
