"""The door of the desk: nothing behind it is reached without a login, the role that it needs, and a form of one's own.

    cookie -> session -> role -> (POST: form, its token, its origin) -> the page's function -> headers that protect it

Whatever path is asked for, known or not, comes through here: a path that is forgotten is closed, not open.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hmac import compare_digest
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message

from desk.log import LogAwayError
from desk.plain import clean
from desk.privacy import mask
from desk.store.people import LONGEST, Login, StaffRole
from desk.web.desk import Desk
from desk.web.texts import LANGUAGES
from desk.web.visit import Upload, Visit
from rag.errors import UserError

log = logging.getLogger("wence")

COOKIE, LANGUAGE = "wence_desk", "wence_lang"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
MAX_BODY, MAX_BEFORE_LOGIN = 105_000_000, 20_000  # bytes
MAX_FILES, MAX_FIELDS, MAX_FIELD = 50, 1000, 2_000_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


Page = Callable[[Desk, Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def guard(desk: Desk, page: Page, role: StaffRole | None) -> Endpoint:
    """The page behind the login. `role` None: open to everybody, as the login page must be."""

    async def endpoint(request: Request) -> Response:
        visit = read_visit(request)
        try:
            response = await _pass(desk, request, visit, page, role)
        except LogAwayError as error:
            log.error("the desk at %s: %s", visit.path, error.message("en"))
            response = desk.problem(visit, error.message(visit.lang), 503)
        except Exception:
            log.exception("the desk failed at %s", mask(visit.path))
            response = desk.problem(visit, visit.say("error.bug"), 500)
        response.headers.update({name: value for name, value in HEADERS.items() if name not in response.headers})
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE, visit.lang, path="/", httponly=True, samesite="lax", max_age=31_536_000)
        return response

    return endpoint


async def _pass(desk: Desk, request: Request, visit: Visit, page: Page, role: StaffRole | None) -> Response:
    login = await run_in_threadpool(desk.store.people.login, visit.token) if visit.token else None
    if login is not None:
        visit = with_login(visit, login)
    elif role is not None:
        return to_login(request, visit)
    if role is not None and not visit.may(role):
        assert visit.user is not None
        return desk.problem(visit, visit.say("error.403", role=visit.say(visit.user.role.value)), 403)
    if request.method not in ("GET", "HEAD"):
        if not from_here(request):
            return desk.problem(visit, visit.say("error.form"), 403)
        try:
            form = await read_form(request, MAX_BEFORE_LOGIN if login is None else MAX_BODY)
        except TooLargeError:
            return desk.problem(visit, visit.say("error.large"), 413)
        except HTTPException:
            return desk.problem(visit, visit.say("error.form"), 400)
        visit = await with_form(visit, form)
        await form.close()
        if login is not None and not compare_digest(visit.form.get("csrf", "").encode(), login.csrf.encode()):
            return desk.problem(visit, visit.say("error.form"), 403)
    try:
        return await run_in_threadpool(page, desk, visit)
    except LogAwayError:
        raise
    except UserError as error:
        return desk.problem(visit, error.message(visit.lang), 400)


class TooLargeError(Exception):
    """More came than this visitor may send."""


async def read_form(request: Request, most: int) -> FormData:
    """The form, its bytes counted as they come, whatever was announced."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 15 or int(length) > most:
        raise TooLargeError
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > most:
            raise TooLargeError
        return message

    counting = Request(request.scope, counted)
    return await counting.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD)


def read_visit(request: Request) -> Visit:
    """What the request says, before anybody is known; texts cleaned."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE, "zh")
    path = request.scope["path"].removeprefix(request.scope.get("root_path", "")) or "/"
    return Visit(
        base="../" * (path.count("/") - 1),
        path=path,
        lang=asked if asked in LANGUAGES else "zh",
        address=clean(request.client.host)[:64] if request.client else "",
        token=request.cookies.get(COOKIE, ""),
        values={name: clean(value) for name, value in request.path_params.items()},
        query={clean(name): clean(value) for name, value in request.query_params.items()},
        secure=request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://"),
    )


def with_login(visit: Visit, login: Login) -> Visit:
    return replace(visit, user=login.user, csrf=login.csrf)


async def with_form(visit: Visit, form: FormData) -> Visit:
    fields: dict[str, list[str]] = {}
    files: list[Upload] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            bare = clean(value.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
            if bare:
                files.append(Upload(bare, await value.read()))
        else:
            fields.setdefault(clean(name), []).append(clean(value))
    first = {name: values[0] for name, values in fields.items()}
    return replace(visit, form=first, chosen=fields, files=tuple(files))


def from_here(request: Request) -> bool:
    """Whether the browser says that the form came from the desk's own pages; one that says nothing is believed, as the
    form's token is asked for besides. Behind a proxy that does not pass the host on (nginx, unless told to) the origin
    cannot be compared: then the browser's own word and the token must do."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    if origin is None or urlsplit(origin).netloc in (host, request.headers.get("x-forwarded-host", host)):
        return True
    return origin.startswith(("http://", "https://")) and urlsplit(f"//{host}").hostname in LOOPBACK


def to_login(request: Request, visit: Visit) -> Response:
    """A page leads to the login and back; anything else is refused."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        wanted = visit.path + (f"?{request.url.query}" if request.url.query else "")
        return visit.go(f"/login?next={quote(wanted, safe='')}")
    return JSONResponse({"error": "login"}, 401)


def remember(response: Response, visit: Visit, token: str) -> Response:
    """Give the browser its session, for the folder that the login stands in: the desk's, wherever that is served."""
    response.set_cookie(
        COOKIE, token, path=None, httponly=True, samesite="lax", secure=visit.secure,
        max_age=int(LONGEST.total_seconds()),
    )  # fmt: skip
    return response


def forget(response: Response, visit: Visit) -> Response:
    response.set_cookie(COOKIE, "", path=None, httponly=True, samesite="lax", secure=visit.secure, max_age=0)
    return response
