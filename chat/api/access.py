"""Who may come in: a key in the Authorization header, the scopes that it has, so many requests a minute, so much in each.

One gate stands before all paths of a door, so that a path that is forgotten is shut, not open. Where there is no key, nobody comes
in, from this machine neither: behind a proxy every visitor seems to come from this machine.
"""

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.api.problems import ApiProblem
from chat.door import MAX_BODY, read_body, replayed
from desk.keys import ApiKey, KeyRing
from desk.keys import Scope as KeyScope
from desk.log import LogAwayError
from desk.privacy import mask

log = logging.getLogger("wence")

MINUTE = 60.0  # seconds
Answer = Callable[[Request, ApiProblem], Response]


class Rates:
    """Counts the requests of each key over the last minute. Used from one event loop; counts for one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken: dict[str, deque[float]] = {}

    def take(self, name: str, rate: int) -> float:
        """0 where the request is within the rate and counted; else the seconds after which the next one would be."""
        now = self._clock()
        taken = self._taken.setdefault(name, deque())
        while taken and taken[0] <= now - MINUTE:
            taken.popleft()
        if len(taken) >= rate:
            return taken[0] + MINUTE - now
        taken.append(now)
        return 0.0


@dataclass(frozen=True, slots=True)
class Access:
    """Lets in who has a key. Shared by all doors, so that a key's rate is one."""

    keys: KeyRing
    rates: Rates = field(default_factory=Rates)

    async def admit(self, authorization: str) -> ApiKey:
        """The key of a request; ApiProblem where there is none that holds, or it was used too often."""
        scheme, _, token = authorization.partition(" ")
        key = await run_in_threadpool(self.keys.find, token.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise ApiProblem("no-key", headers={"WWW-Authenticate": "Bearer"})
        if wait := self.rates.take(key.name, key.rate):
            raise ApiProblem("rate", headers={"Retry-After": str(math.ceil(wait))})
        return key

    async def can_tell(self) -> bool:
        """Whether the keys can be asked now."""
        try:
            await run_in_threadpool(self.keys.find, "")
        except LogAwayError:
            return False
        return True


def need(key: ApiKey, scope: KeyScope) -> None:
    """ApiProblem where the key may not do this."""
    if scope not in key.scopes:
        raise ApiProblem("scope")


@dataclass(frozen=True, slots=True)
class Gate:
    """Stands before a door's paths; those in `is_open` need no key. The key that came in is `request.state.key`. Whatever fails behind
    it is told in the door's own form, by `answer`."""

    app: ASGIApp
    access: Access
    answer: Answer
    is_open: Collection[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            if scope["path"].removeprefix(scope.get("root_path", "")) not in self.is_open:
                request.state.key = await self.access.admit(request.headers.get("authorization", ""))
            body = await read_body(receive, MAX_BODY)
            if body is None:
                raise ApiProblem("too-large", headers={"Connection": "close"})
            await self.app(scope, replayed(body, receive), watched)
        except Exception as error:
            if started:
                raise
            await self.answer(request, self._problem(request, error))(scope, receive, send)

    def _problem(self, request: Request, error: Exception) -> ApiProblem:
        match error:
            case ApiProblem():
                return error
            case LogAwayError():
                log.error("the API at %s: %s", mask(request.url.path), error.message("en"))
                return ApiProblem("away", headers={"Retry-After": "5"})
        log.error("the API failed at %s", mask(request.url.path), exc_info=error)
        return ApiProblem("failed")
