"""Serves the page's files. They are few and small: read once, kept in memory, found by name and by nothing else,
so no request can reach another file. Browsers keep them but ask each time whether they are still current: after an
update of the agent nobody looks at yesterday's page."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
INDEX = "index.html"

ANY = "*"  # what `If-None-Match` says when every version will do

# Not from the system's registry, which some machines lack and others have wrong.
CONTENT_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page."""

    body: bytes
    content_type: str
    etag: str


def load(folder: Path = STATIC) -> Mapping[str, Asset]:
    """The files of the page by name; a file of an unknown type is not served."""
    return {path.name: _asset(path) for path in sorted(folder.iterdir()) if path.suffix in CONTENT_TYPES}


def routes() -> list[web.RouteDef]:
    """`/` and `/static/{file}`."""
    assets = load()

    async def index(request: web.Request) -> web.Response:
        return _answer(request, assets[INDEX])

    async def static(request: web.Request) -> web.Response:
        asset = assets.get(request.match_info["file"])
        if asset is None:
            raise web.HTTPNotFound
        return _answer(request, asset)

    return [web.get("/", index), web.get("/static/{file}", static)]


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, CONTENT_TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:16])


def _answer(request: web.Request, asset: Asset) -> web.Response:
    known = {tag.value for tag in request.if_none_match or ()}
    if known & {asset.etag, ANY}:
        response = web.Response(status=304)
    else:
        response = web.Response(body=asset.body, content_type=asset.content_type, charset="utf-8")
    response.etag = asset.etag
    response.headers["Cache-Control"] = "no-cache"
    return response
