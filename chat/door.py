"""The chat's door: what may come in, and how much of it. ASGI's messages, no server's code.

    path and method -> is it ours? -> the body, counted as it comes -> JSON that can be worked with -> the application
    the application -> headers that keep a page to its host, and a stream unbuffered -> out

A ticket that stops a question is bound here to the browser that asked it (`bound_ticket`).
"""

import json
import math
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from desk.plain import clean

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ASKER = "asker"  # the cookie that tells browsers apart, by a number that means nothing else
OWN_PATHS = ("/articles", "/article/", "/a/", "/me", "/print", "/render", "/export", "/static/", "/rate", "/stop")
LARGE_PATHS = ("/print", "/render", "/export")
MAX_CONVERSATION, MAX_BODY = 4_000_000, 400_000  # bytes of a kept conversation, and of whatever else is sent
# Of Gradio's own routes those that asking needs, here and by its client; no uploads, no files, no proxy.
GRADIO = "/gradio_api/"
GRADIO_PATHS = re.compile(r"call/ask(?:/\w+)?|startup-events|heartbeat/[\w-]+|queue/join|queue/data|info|cancel")
QUEUED, ASKED_AT = "queue/join", ("call/ask", "call/ask/", "queue/join")
VALUES = 6  # that `ask` takes: question, history, within, ticket, conversation, lang
TICKET = re.compile(r"[\w-]{16,128}", re.ASCII)
SESSION = re.compile(r"[\w-]{8,128}", re.ASCII)
CONTENT_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
    "img-src 'self' data:"
)
GUARDS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
UNBUFFERED = ((b"x-accel-buffering", b"no"), (b"cache-control", b"no-store"))  # nginx passes each event on at once


class BodyError(ValueError):
    """What was sent is nothing that this path takes."""


def bound_ticket(ticket: str, asker: str) -> str:
    """The ticket as it is held: only the browser that asked can make it. "" for one that could be guessed."""
    return sha256(f"{asker}\n{ticket}".encode()).hexdigest() if TICKET.fullmatch(ticket) else ""


def asker_in(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The value of the cookie that tells browsers apart, or ""."""
    cookies = (pair.strip().partition("=") for name, line in headers if name == b"cookie" for pair in cookies_in(line))
    return next((value[:64] for name, _, value in cookies if name == ASKER), "")


def cookies_in(line: bytes) -> list[str]:
    return line.decode("latin-1").split(";")


# ---------------------------------------------------------------- JSON


def read_json(body: bytes) -> Any:
    """What the body says, its texts cleaned. BodyError for what is no JSON, nested without end, or no finite number."""
    try:
        return cleaned(json.loads(body, parse_constant=finite, parse_float=finite))
    except (ValueError, RecursionError) as error:
        raise BodyError("no JSON that can be read") from error


def finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case list():
            return [cleaned(one) for one in value]
        case dict():
            return {clean(name): cleaned(one) for name, one in value.items()}
    return value


def question_body(body: bytes, asker: str, queued: bool) -> bytes:
    """The body of a question as Gradio takes it: `VALUES` values, the ticket bound, and one stream for each question:
    two that name one session would read each other's answers."""
    values = read_json(body)
    if not isinstance(values, dict) or not isinstance(values.get("data"), list):
        raise BodyError("no question")
    data = [*values["data"], *[""] * VALUES][:VALUES]
    data[3] = bound_ticket(data[3], asker) if isinstance(data[3], str) else ""
    asked: dict[str, Any] = {"data": data}
    if queued:
        session, function = values.get("session_hash"), values.get("fn_index", 0)
        if not isinstance(session, str) or not SESSION.fullmatch(session) or type(function) is not int:
            raise BodyError("no session")
        asked |= {"session_hash": session, "fn_index": function}
    return json.dumps(asked).encode()


# ---------------------------------------------------------------- the door


@dataclass(frozen=True, slots=True)
class Door:
    """Stands before the application; what is neither the chat's nor Gradio's passes as it is. No other origin reads an
    answer: Gradio of its own lets every one read with the reader's cookies."""

    app: App

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        own = path == "/" or path.startswith(OWN_PATHS)
        if scope["type"] != "http" or not (own or path.startswith(GRADIO)):
            await self.app(scope, receive, guarded(send, own=False) if scope["type"] == "http" else send)
            return
        inner = "" if own else path.removeprefix(GRADIO)
        if not own and not GRADIO_PATHS.fullmatch(inner.rstrip("/")):
            await refuse(send, 404, "no such path")
            return
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            body = await read_body(receive, MAX_CONVERSATION if path in LARGE_PATHS else MAX_BODY)
            if body is None:
                await refuse(send, 413, "too large")
                return
            try:
                if inner in ASKED_AT:
                    body = question_body(body, asker_in(scope["headers"]), inner == QUEUED)
                elif not own and body:
                    body = json.dumps(read_json(body)).encode()
            except BodyError as error:
                await refuse(send, 400, str(error))
                return
            length = (b"content-length", str(len(body)).encode())
            kept = [h for h in scope["headers"] if h[0] not in (b"content-length", b"transfer-encoding")]
            scope, receive = {**scope, "headers": [*kept, length]}, replayed(body, receive)
        try:
            await self.app(scope, receive, guarded(send, own))
        except RuntimeError as error:
            if getattr(error.__cause__, "status_code", 0) != 404:
                raise
            await send({"type": "http.response.body", "body": b""})  # the stream of a question that nobody asked


async def read_body(receive: Receive, most: int) -> bytes | None:
    """The whole body, or None where more than `most` bytes come: counted as they come, whatever was announced."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(pieces)
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > most:
            return None
        if not message.get("more_body", False):
            return b"".join(pieces)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Gives the body once, and then what comes after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again


def guarded(send: Send, own: bool) -> Send:
    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [h for h in message.get("headers", ()) if not h[0].lower().startswith(b"access-control-")]
            if dict(headers).get(b"content-type", b"").startswith(b"text/event-stream"):
                headers += [h for h in UNBUFFERED if h[0] not in dict(headers)]
            message = {**message, "headers": [*headers, *GUARDS] if own else headers}
        await send(message)

    return send_guarded


async def refuse(send: Send, status: int, words: str) -> None:
    """One plain line in JSON."""
    body = json.dumps({"error": words}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
