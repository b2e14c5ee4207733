"""The API over the fake bot for its tests: a client, and the keys that it knows."""

import asyncio
from typing import Any

from fastapi.testclient import TestClient

import ui
from desk.keys import ApiKey, Scope
from desk.log import LogAwayError
from tests.ui_fakes import FakeBot, FakeLog

WHOLE, READER, SLOW = "wence_whole", "wence_reader", "wence_slow"


def key(name: str, *scopes: Scope, rate: int = 10_000) -> ApiKey:
    return ApiKey(name, "wence_1234", frozenset(scopes), rate, "2026-11-24T09:00:00+08:00", "2027-11-24", True)


class FakeKeys:
    """Three keys: one may do all, one only read, one may do all twice a minute. `away`: the database does not answer."""

    def __init__(self) -> None:
        self.away = False
        self._keys = {
            WHOLE: key("whole", *Scope),
            READER: key("reader", Scope.READ),
            SLOW: key("slow", *Scope, rate=2),
        }

    def find(self, token: str) -> ApiKey | None:
        if self.away:
            raise LogAwayError("数据库没有回应：锁住了", "The database does not answer: locked")
        return self._keys.get(token)


def client_of(
    bot: FakeBot | None = None, log: FakeLog | None = None, keys: FakeKeys | None = None, token: str = WHOLE
) -> TestClient:
    """Made inside a running event loop: where none runs, gradio makes one and leaves it open."""

    async def make() -> Any:
        return ui.build_app(bot or FakeBot(), log or FakeLog(), keys or FakeKeys())

    return TestClient(asyncio.run(make()), headers={"Authorization": f"Bearer {token}"})
