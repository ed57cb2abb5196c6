"""The review as a web app on this machine alone. Every reviewer has a link with a random token of their own;
who lacks one gets nothing. Takes a run and names, serves until stopped; what people do goes to `desk.py`."""

import json
import secrets
import socket
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from extractor.audit.review.desk import Desk
from extractor.audit.review.errors import ReviewError
from extractor.audit.review.guard import Guard

HOST = "127.0.0.1"
TOKEN_BYTES = 24
PAGE = "index.html"
TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
FOLDERS = (files("extractor.audit.review"), files("extractor.audit.report"))
ASSETS = {
    PAGE: 0,
    "review.css": 0,
    "api.js": 0,
    "app.js": 0,
    "keys.js": 0,
    "panel.js": 0,
    "queue.js": 0,
    "text.js": 0,
    "look.css": 1,
    "lines.js": 1,
}
"""The page's files, each with the folder that it stands in."""


def serve(
    run: Path, reviewers: Sequence[str], port: int, *, open_browser: bool, tell: Callable[[str], None]
) -> None:
    """As `serve_review`, which stands before it."""
    desk = Desk(run, reviewers)
    with bound(port) as listening:
        port = listening.getsockname()[1]
        tokens = {secrets.token_urlsafe(TOKEN_BYTES): name for name in reviewers}
        links = [(name, f"http://{HOST}:{port}/{token}/") for token, name in tokens.items()]
        for name, link in links:
            tell(f"{name} reviews at {link}")
        tell("Every decision is kept at once. Ctrl+C ends.")
        if open_browser:
            webbrowser.open(links[0][1])
        config = uvicorn.Config(
            web_app(desk, tokens, port), log_level="warning", access_log=False, server_header=False, ws="none"
        )
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
    desk.store.close()


def bound(port: int) -> socket.socket:
    """A socket that listens on this machine's own address. OSError says if the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise OSError(error.errno, f"{error.strerror}; choose another --port", f"port {port}") from error
    return listening


def web_app(desk: Desk, tokens: Mapping[str, str], port: int) -> Guard:
    """The app. `tokens`: token -> whose it is."""
    acts: dict[str, Callable[[str, dict[str, Any]], Any]] = {
        "decide": desk.decide,
        "add": desk.add,
        "take": desk.take,
        "undo": lambda me, given: desk.undo(me),
        "redo": lambda me, given: desk.redo(me),
        "finish": lambda me, given: desk.finish(me, bool(given.get("done"))),
        "write": lambda me, given: desk.write(me),
        "keys": desk.set_keys,
    }
    sights: dict[str, Callable[[str, Request], Any]] = {
        "status": lambda me, request: desk.status(me),
        "queue": lambda me, request: desk.queue(me),
        "agreement": lambda me, request: desk.agreement(me),
        "paper": lambda me, request: desk.paper(me, request.query_params.get("id", "")),
    }

    def reviewer(request: Request) -> str:
        given = request.path_params["token"].encode()
        for token, name in tokens.items():
            if secrets.compare_digest(token.encode(), given):
                return name
        raise ReviewError("no such page; open the link that `extractor review` printed", 404)

    async def asset(request: Request) -> Response:
        reviewer(request)
        name = request.path_params.get("name") or PAGE
        if name not in ASSETS:
            raise ReviewError("no such file", 404)
        content = FOLDERS[ASSETS[name]].joinpath(name).read_text(encoding="utf-8")
        return Response(content, media_type=TYPES[name.rpartition(".")[2]])

    async def see(request: Request) -> Response:
        me, wanted = reviewer(request), request.path_params["what"]
        if wanted not in sights:
            raise ReviewError("nothing of that name to see", 404)
        return JSONResponse(sights[wanted](me, request))

    async def act(request: Request) -> Response:
        me, wanted = reviewer(request), request.path_params["what"]
        if wanted not in acts:
            raise ReviewError("nothing of that name to do", 404)
        try:
            given = await request.json()
            json.dumps(given, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError) as error:
            raise ReviewError("the request is no JSON, or holds what is no text or number", 400) from error
        if not isinstance(given, dict):
            raise ReviewError("the request is no JSON object", 400)
        try:
            return JSONResponse(acts[wanted](me, given))
        except OverflowError as error:
            raise ReviewError("a number of the request is too large", 400) from error

    async def say(request: Request, error: ReviewError) -> Response:
        return JSONResponse({"error": str(error)}, status_code=error.status)

    routes = [
        Route("/{token}/api/{what}", see, methods=["GET"]),
        Route("/{token}/api/{what}", act, methods=["POST"]),
        Route("/{token}/", asset, methods=["GET"]),
        Route("/{token}/{name}", asset, methods=["GET"]),
    ]
    return Guard(Starlette(routes=routes, exception_handlers={ReviewError: say}), port)
