"""The desk's routes: which path is which page, and who may open it. `mount` hangs them under /desk of the chat's app."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from desk.indexing import BotHandle, Indexing
from desk.settings import read_desk_settings
from desk.store import Store, open_store
from desk.store.people import StaffRole
from desk.web import asking, changes, library, reviewing, staff
from desk.web.access import HEADERS, Page, guard
from desk.web.desk import FOLDER, Desk, open_templates
from desk.web.visit import Visit

PATH = "/desk"
STATIC = {
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


def front(desk: Desk, visit: Visit) -> Response:
    return visit.go("/queue")


def nothing(desk: Desk, visit: Visit) -> Response:
    return desk.problem(visit, visit.say("error.404"), 404)


# (method, path, the role that it needs; None: open to everybody, function)
PAGES: tuple[tuple[str, str, StaffRole | None, Page], ...] = (
    ("GET", "/login", None, staff.show_login),
    ("POST", "/login", None, staff.log_in),
    ("POST", "/logout", StaffRole.READER, staff.log_out),
    ("GET", "/account", StaffRole.READER, staff.show_account),
    ("POST", "/account", StaffRole.READER, staff.change_password),
    ("GET", "/", StaffRole.READER, front),
    ("GET", "/queue", StaffRole.READER, reviewing.show_queue),
    ("GET", "/answers", StaffRole.READER, reviewing.browse_answers),
    ("GET", "/answers/{id}", StaffRole.READER, reviewing.show_answer),
    ("POST", "/answers/{id}", StaffRole.REVIEWER, reviewing.give_verdict),
    ("GET", "/decay", StaffRole.READER, changes.show_changes),
    ("POST", "/decay", StaffRole.REVIEWER, changes.settle),
    ("POST", "/decay/check", StaffRole.REVIEWER, changes.check_now),
    ("GET", "/asked", StaffRole.READER, asking.show_asked),
    ("GET", "/asked.csv", StaffRole.REVIEWER, asking.export_asked),
    ("GET", "/articles", StaffRole.READER, library.show_articles),
    ("POST", "/articles", StaffRole.REVIEWER, library.upload),
    ("GET", "/articles/progress", StaffRole.READER, library.show_progress),
    ("POST", "/articles/publish", StaffRole.REVIEWER, library.publish),
    ("POST", "/articles/build", StaffRole.REVIEWER, library.build),
    ("GET", "/articles/{id}", StaffRole.READER, library.show_article),
    ("GET", "/articles/{id}/edit", StaffRole.REVIEWER, library.edit_article),
    ("POST", "/articles/{id}/edit", StaffRole.REVIEWER, library.save_article),
    ("POST", "/articles/{id}/discard", StaffRole.REVIEWER, library.discard),
    ("POST", "/articles/{id}/withdraw", StaffRole.REVIEWER, library.withdraw),
    ("POST", "/articles/{id}/restore", StaffRole.REVIEWER, library.restore),
    ("GET", "/users", StaffRole.ADMINISTRATOR, staff.show_users),
    ("POST", "/users", StaffRole.ADMINISTRATOR, staff.create_user),
    ("POST", "/users/change", StaffRole.ADMINISTRATOR, staff.change_user),
    ("POST", "/users/password", StaffRole.ADMINISTRATOR, staff.reset_password),
    ("GET", "/audit", StaffRole.ADMINISTRATOR, staff.show_audit),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def build_desk(store: Store, bot: BotHandle, indexing: Indexing) -> Starlette:
    """The desk as an application of its own. A path that is none of PAGES needs a login too."""
    desk = Desk(store, bot, indexing, open_templates())
    routes = [Route(f"/static/{name}", _file(FOLDER / "static" / name, kind)) for name, kind in STATIC.items()]
    routes += [Route(path, guard(desk, page, role), methods=[method]) for method, path, role, page in PAGES]
    routes.append(Route("/{rest:path}", guard(desk, nothing, StaffRole.READER), methods=list(METHODS)))
    return Starlette(routes=routes)


def _file(path: Path, kind: str) -> Callable[[Request], Awaitable[Response]]:
    content = path.read_bytes()

    async def endpoint(request: Request) -> Response:
        return Response(content, media_type=kind, headers={**HEADERS, "Cache-Control": "max-age=300"})

    return endpoint


def open_desk_store(index: Path) -> Store:
    """The database of the desk over this index, as the environment says; what is past its retention deleted first."""
    settings = read_desk_settings(index)
    store = open_store(settings.database)
    if settings.retention_days is not None and store.answers.count_before(settings.retention_days):
        store.answers.delete_before(settings.retention_days)
    return store


def mount(app: FastAPI, store: Store, bot_handle: BotHandle) -> Indexing:
    """Open the desk at /desk of the application, before whatever else answers there; and bring the catalogue and the
    index together. The builds of the index, which the caller may wait for."""
    indexing = Indexing(store, bot_handle)
    indexing.join()

    async def to_front(request: Request) -> Response:
        return RedirectResponse(f"{PATH[1:]}/queue", 303)  # from where it was asked for, whatever stands before

    app.router.routes[:0] = [Route(PATH, to_front), Mount(PATH, build_desk(store, bot_handle, indexing))]
    return indexing
