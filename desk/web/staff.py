"""Pages: login and logout, one's own password; for administrators the users and the audit."""

from starlette.responses import Response

from desk.passwords import generate_password, hash_password, is_password, require_good_password
from desk.store.audit import PAGE
from desk.store.people import StaffRole
from desk.web.access import forget, remember
from desk.web.desk import Desk
from desk.web.visit import Visit
from rag.errors import UserError


def show_login(desk: Desk, visit: Visit) -> Response:
    if visit.user is not None:
        return visit.go("/queue")
    said = visit.say("password.changed") if "changed" in visit.query else ""
    return _login(desk, visit, 200, "" if desk.store.people.has_administrator() else visit.say("login.none"), said)


def _login(desk: Desk, visit: Visit, status: int, problem: str, said: str = "") -> Response:
    wanted = visit.form.get("next") or visit.query.get("next", "")
    return desk.page(
        visit, "login.html", status, here="", problem=problem, said=said, wanted=own_path(wanted),
        name=visit.form.get("name", ""),
    )  # fmt: skip


def own_path(path: str) -> str:
    """The path where it is one of the desk's own, else the queue: a login never leads elsewhere."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\", "/login", "/logout"))
    return path if inside and path.isprintable() else "/queue"


def log_in(desk: Desk, visit: Visit) -> Response:
    name, people = visit.form.get("name", "").strip(), desk.store.people
    if people.is_throttled(name, visit.address):
        return _login(desk, visit, 429, visit.say("login.throttled"))
    if not is_password(visit.form.get("password", ""), people.password_hash(name)):
        people.note_failure(name, visit.address)
        return _login(desk, visit, 401, visit.say("login.wrong"))
    token = people.open_session(name, visit.address)
    return remember(visit.go(own_path(visit.form.get("next", ""))), visit, token)


def log_out(desk: Desk, visit: Visit) -> Response:
    desk.store.people.close_session(visit.token)
    return forget(visit.go("/login"), visit)


def show_account(desk: Desk, visit: Visit) -> Response:
    return desk.page(visit, "account.html", here="account", problem="")


def change_password(desk: Desk, visit: Visit) -> Response:
    people, wanted = desk.store.people, visit.form.get("new", "")
    if people.is_throttled(visit.name, visit.address):
        return desk.page(visit, "account.html", 429, here="account", problem=visit.say("login.throttled"))
    if not is_password(visit.form.get("old", ""), people.password_hash(visit.name)):
        people.note_failure(visit.name, visit.address)
        return desk.page(visit, "account.html", 400, here="account", problem=visit.say("login.wrong"))
    try:
        require_good_password(wanted, visit.name)
    except UserError as error:
        return desk.page(visit, "account.html", 400, here="account", problem=error.message(visit.lang))
    people.set_password(visit.name, hash_password(wanted), visit.name)
    return forget(visit.go("/login?changed=1"), visit)


# ---------------------------------------------------------------- for administrators


def show_users(desk: Desk, visit: Visit) -> Response:
    return _users(desk, visit, "")


def _users(desk: Desk, visit: Visit, said: str) -> Response:
    return desk.page(
        visit,
        "users.html",
        here="users",
        users=desk.store.people.users(),
        roles=[role.value for role in StaffRole],
        said=said,
    )


def create_user(desk: Desk, visit: Visit) -> Response:
    """A new user with a password made here and shown once."""
    password = generate_password()
    user = desk.store.people.create(visit.form.get("name", ""), hash_password(password), _role(visit), visit.name)
    return _users(desk, visit, visit.say("user.created", name=user.name, password=password))


def change_user(desk: Desk, visit: Visit) -> Response:
    name = visit.form.get("name", "")
    desk.store.people.change(name, _role(visit), "active" in visit.form, visit.name)
    return _users(desk, visit, visit.say("user.changed", name=name))


def reset_password(desk: Desk, visit: Visit) -> Response:
    name, password = visit.form.get("name", ""), generate_password()
    desk.store.people.set_password(name, hash_password(password), visit.name)
    return _users(desk, visit, visit.say("user.reset", name=name, password=password))


def _role(visit: Visit) -> StaffRole:
    role = visit.form.get("role", "")
    if role not in set(StaffRole):
        raise UserError("请选择角色。", "Choose a role.")
    return StaffRole(role)


def show_audit(desk: Desk, visit: Visit) -> Response:
    before, person = visit.query.get("before", ""), visit.query.get("who", "").strip()[:64]
    entries = desk.store.audit.newest(int(before) if before.isdecimal() and len(before) < 16 else None, person)
    return desk.page(
        visit, "audit.html", here="audit", entries=entries, who=person, before=before, more=len(entries) == PAGE
    )
