"""What the agent answers over HTTP: metrics, snapshot, stream, and how it fares.

    GET /metrics           Prometheus text format or OpenMetrics, gzip when asked
    GET /api/v1/snapshot   JSON
    GET /api/v1/events     JSON, what happened, newest first
    GET /api/v1/stream     server-sent events
    GET /-/healthy         200 as long as the loop runs
    GET /-/ready           200 once every device was polled, until then 503 and the names of those that were not

Every answer comes from the board; none of them touches a device.
"""

import gzip
import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler
from prometheus_client.exposition import gzip_accepted

from agent.board import Board, View
from exporters.events import events
from exporters.prometheus import Form, encode, negotiate
from exporters.shared import Rendered
from exporters.stream import PATIENCE, Beat, stream
from exporters.views import snapshot_json

LOG = logging.getLogger(__name__)

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "roomready",
}
_FRESH: Final = {"Cache-Control": "no-store"}
_GRACE: Final = 2.0  # seconds that a stream whose reader has stopped reading may hold up the end


def make_app(board: Board, extra_routes: Sequence[web.AbstractRouteDef] = ()) -> web.Application:
    rendered = Rendered(board)
    beat = Beat(board, rendered)

    async def end_streams(_app: web.Application) -> None:
        await beat.close()

    app = web.Application(middlewares=[_discreet])
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(end_streams)
    app.add_routes(
        [
            web.get("/metrics", partial(_metrics, rendered=rendered)),
            web.get("/api/v1/snapshot", partial(_snapshot, rendered=rendered)),
            web.get("/api/v1/events", partial(events, board=board)),
            web.get("/api/v1/stream", partial(stream, beat=beat, patience=PATIENCE), allow_head=False),
            web.get("/-/healthy", _healthy),
            web.get("/-/ready", partial(_ready, board=board)),
            *extra_routes,
        ]
    )
    return app


@asynccontextmanager
async def serve(app: web.Application, host: str, port: int) -> AsyncIterator[tuple[str, int]]:
    """Answers while the context is open, on the address that it yields; port 0 takes a free one."""
    runner = web.AppRunner(app, access_log=None, logger=_server_log(), shutdown_timeout=_GRACE)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        address = runner.addresses[0]
        yield address[0], address[1]
    finally:
        await runner.cleanup()


def _server_log() -> logging.Logger:
    log = logging.getLogger("aiohttp.server")
    log.addFilter(_is_ours)
    return log


def _is_ours(record: logging.LogRecord) -> bool:
    """Bytes that are no HTTP (TLS on a plain port, a scanner) are their sender's mistake, and no traceback of ours."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
        raise OSError(f"cannot listen on {host}:{port} ([http] listen): {why}") from error


async def _metrics(request: web.Request, rendered: Rendered) -> web.Response:
    form = negotiate(request.headers.get("Accept", ""))
    zipped = gzip_accepted(request.headers.get("Accept-Encoding", ""))
    body = await rendered.get((form, zipped), partial(_exposition, form=form, zipped=zipped))
    headers = {**_FRESH, "Content-Type": form.value, "Vary": "Accept, Accept-Encoding"}
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, headers=headers)


def _exposition(view: View, form: Form, zipped: bool) -> bytes:
    body = encode(view, form)
    return gzip.compress(body, compresslevel=1, mtime=0) if zipped else body


async def _snapshot(_request: web.Request, rendered: Rendered) -> web.Response:
    body = await rendered.get(snapshot_json, snapshot_json)
    return web.Response(body=body, content_type="application/json", headers=_FRESH)


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="healthy\n", headers=_FRESH)


async def _ready(_request: web.Request, board: Board) -> web.Response:
    missing = [device.name for device in board.view.snapshot.devices.values() if device.up is None]
    if missing:
        return web.Response(status=503, text=f"not yet polled: {', '.join(missing)}\n", headers=_FRESH)
    return web.Response(text="ready\n", headers=_FRESH)


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


@web.middleware
async def _discreet(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A mistake of ours goes to the log, and to the client only the fact."""
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception:
        if request.writer.output_size > 0:
            raise
        LOG.exception("%s %s failed", request.method, request.path)
        return web.Response(status=500, text="500: Internal Server Error\n")
