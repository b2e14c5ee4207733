"""One request, as the page's functions see it: values, no cookies and no headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import RedirectResponse, Response

from desk.store.people import StaffRole, User
from desk.web.texts import say


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: its bare name and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as a page's function sees it. `base` leads from the page asked for to the desk: "", "../", "../../".
    All addresses are relative, so that the desk may be served below a path."""

    base: str
    path: str
    lang: str
    address: str
    user: User | None = None
    csrf: str = ""
    token: str = ""
    values: Mapping[str, str] = field(default_factory=dict)  # of the path
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, list[str]] = field(default_factory=dict)  # all values of each field of the form
    files: tuple[Upload, ...] = ()
    secure: bool = False

    @property
    def name(self) -> str:
        return self.user.name if self.user else ""

    def may(self, role: StaffRole) -> bool:
        return self.user is not None and self.user.role.may(role)

    def say(self, key: str, **values: object) -> str:
        return say(self.lang, key, **values)

    def go(self, path: str) -> Response:
        """Lead on to another page of the desk."""
        return RedirectResponse((self.base or "./") + path.removeprefix("/"), 303)  # "./": never read as a scheme
