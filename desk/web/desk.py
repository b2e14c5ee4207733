"""What every page works with: the store, the bot, the builds of the index, and the templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from desk.indexing import BotHandle, Indexing
from desk.plain import set_apart
from desk.store import Store
from desk.store.audit import COMMAND_LINE, SYSTEM
from desk.store.people import StaffRole
from desk.web.visit import Visit
from rag.answering.refusals import date_words

FOLDER = Path(__file__).parent
NAVIGATION = (  # (page, the role that sees it)
    ("queue", StaffRole.READER),
    ("decay", StaffRole.READER),
    ("asked", StaffRole.READER),
    ("answers", StaffRole.READER),
    ("articles", StaffRole.READER),
    ("users", StaffRole.ADMINISTRATOR),
    ("audit", StaffRole.ADMINISTRATOR),
)


def open_templates() -> Environment:
    """Templates that escape everything and take no name for granted."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = date_words
    environment.filters["apart"] = set_apart  # [n] is our marker and nothing of a source's
    return environment


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of one served bot."""

    store: Store
    bot: BotHandle
    indexing: Indexing
    templates: Environment

    def page(self, visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
        """A page of the desk in the visitor's language."""
        shown: Mapping[str, Any] = {
            "visit": visit,
            "base": visit.base,
            "t": visit.say,
            "csrf": lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(visit.csrf),
            "person": lambda name: visit.say(name) if name in (SYSTEM, COMMAND_LINE) else name,
            "other_language": "?" + urlencode({**visit.query, "lang": "en" if visit.lang == "zh" else "zh"}),
            "lang": "zh-CN" if visit.lang == "zh" else "en",
            "navigation": [name for name, role in NAVIGATION if visit.may(role)],
            "reviewer": visit.may(StaffRole.REVIEWER),
            "administrator": visit.may(StaffRole.ADMINISTRATOR),
            "troubles": [problem.message(visit.lang) for problem in self.bot.problems] if visit.user else [],
        }
        return HTMLResponse(self.templates.get_template(template).render(**shown, **values), status)

    def problem(self, visit: Visit, message: str, status: int) -> Response:
        """One plain line and a way on."""
        return self.page(visit, "problem.html", status, message=message, here="")
