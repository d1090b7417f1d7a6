"""What happened, as JSON.

    GET /api/v1/events?since=1700000000.5&limit=20   ->   [{"at", "kind", "device", "text": {"en", "zh"}, "details"}]

Newest first. `since` is in seconds since 1970: events after it, so that a reader may give the newest `at` that it has.
"""

import math
from itertools import islice
from typing import Any, Final

import msgspec
from aiohttp import web

from agent.board import Board
from agent.events import Event

LIMIT: Final = 100  # events, where none is asked for
MOST: Final = 2000


class AskedWrongError(Exception):
    """A parameter cannot be used; the text says which, what was found and what was expected."""


async def events(request: web.Request, board: Board) -> web.Response:
    fresh = {"Cache-Control": "no-store"}
    try:
        since, limit = _asked(request)
    except AskedWrongError as wrong:
        return web.Response(status=400, text=f"{wrong}\n", headers=fresh)
    newest = islice((event for event in reversed(board.view.events) if event.at > since), limit)
    body = msgspec.json.encode([shown(event) for event in newest])
    return web.Response(body=body, content_type="application/json", headers=fresh)


def shown(event: Event) -> dict[str, Any]:
    return {
        "at": event.at,
        "kind": event.kind,
        "device": event.device,
        "text": {"en": event.text.en, "zh": event.text.zh},
        "details": dict(event.details),
    }


def _asked(request: web.Request) -> tuple[float, int]:
    for name in request.query:
        if name not in ("since", "limit"):
            raise AskedWrongError(f"{name}: an unknown parameter; expected since or limit")
    return _since(request.query.get("since", "0")), _limit(request.query.get("limit", str(LIMIT)))


def _since(text: str) -> float:
    try:
        since = float(text)
    except ValueError:
        since = math.nan
    if not 0.0 <= since < math.inf:
        raise AskedWrongError(f"since: found {text!r}, expected seconds since 1970, as in 1700000000.5")
    return since


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= MOST):
        raise AskedWrongError(f"limit: found {text!r}, expected a whole number from 1 to {MOST}")
    return int(text)
