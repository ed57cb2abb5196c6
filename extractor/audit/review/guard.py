"""What stands between the review and every other page in the browser: only this machine's own address as
Host, only the review's own pages as Origin, no CORS, and a policy under which the page loads nothing from
elsewhere. An ASGI middleware; it knows nothing of tokens or claims."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost")
READING = ("GET", "HEAD")
LARGEST_BODY = 1_000_000  # bytes
HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}


class Guard:
    """`port`: the one that the review listens on."""

    def __init__(self, app: ASGIApp, port: int):
        self.app = app
        self.hosts = {f"{name}:{port}" for name in LOOPBACK}
        self.origins = {f"http://{host}" for host in self.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = self.refusal(scope)
        app = JSONResponse({"error": refusal}, status_code=403) if refusal else self.app
        await app(scope, receive, send_guarded)

    def refusal(self, scope: Scope) -> str:
        """Why a request is turned away; "" if it isn't."""
        if scope["type"] != "http":
            return "only HTTP is served"
        headers = Headers(scope=scope)
        if headers.getlist("host") != [headers.get("host")] or headers.get("host") not in self.hosts:
            return "this address is not the review's; open the link that `extractor review` printed"
        origin = headers.get("origin")
        if origin is None and scope["method"] not in READING:
            return "a change must come from the review's own page"
        if origin is not None and origin not in self.origins:
            return "another site may not use the review"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY or "transfer-encoding" in headers:
            return "the request is too large"
        if scope["method"] not in READING and not headers.get("content-type", "").startswith(
            "application/json"
        ):
            return "a change must be JSON"
        return ""
