"""What a citizen typed is nowhere before it is masked: not in the log, not in any column of any table."""

import asyncio
import io
import json
import logging
import re
import unicodedata
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, inspect, text

import ui
from chat.service import Service
from desk.app import mount
from desk.later import PatientLog
from desk.privacy import MaskingFormatter, mask
from desk.store import open_store
from rag.datatypes import Answer, Status
from rag.errors import UserError
from tests.desk_demo import FakeDeskBot
from tests.ui_fakes import ARTICLE, FakeBot

SECRETS = {  # in the form in which they are looked for: bare letters and digits
    "phone": "13907150042",
    "identity": "11010519491231002X",
    "card": "6222021234567890128",
    "mail": "zhaomin@mail.example",
    "home": "云河市枣林路18号2单元501室",
}
DRESSES = {
    "as it is": lambda s: s,
    "full width": lambda s: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in s),
    "with blanks": lambda s: " ".join(s) if s[0].isdigit() else s,
    "with blanks in full width": lambda s: "\u3000".join(s) if s[0].isdigit() else s,
    "with nothing to be seen": lambda s: "\u200b".join(s),
    "with soft hyphens": lambda s: "\u00ad".join(s),
    "with joiners": lambda s: "\u2060".join(s),
    "in groups": lambda s: "-".join(re.findall(".{1,4}", s)) if s[0].isdigit() else s,
    "in mathematical digits": lambda s: "".join(chr(0x1D7CE + int(c)) if c.isdecimal() else c for c in s),
    "with half an emoji": lambda s: s[:5] + "\ud83d" + s[5:],
    "with NUL": lambda s: s[:5] + "\0" + s[5:],
}
TYPED = {f"{kind} {dress}": put(secret) for kind, secret in SECRETS.items() for dress, put in DRESSES.items()}


SOME = list(TYPED.values())[::5]  # each kind, each dress


def plain(words: str) -> str:
    """Whatever was put between or around the characters taken off again, escapes of a log too."""
    words = re.sub(r"\\u([0-9a-f]{4})|\\x([0-9a-f]{2})", lambda m: chr(int(m[1] or m[2], 16)), words)
    folded = unicodedata.normalize("NFKC", words)
    return "".join(c for c in folded if c.isalnum() or c in "@.").upper()


def found_in(words: str) -> list[str]:
    return [kind for kind, secret in SECRETS.items() if plain(secret) in plain(words)]


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_a_secret_is_masked_in_whatever_dress_it_is_typed(typed: str):
    assert found_in(mask(f"您好，{typed}，请问补贴多少钱？")) == []
    assert "补贴多少钱？" in mask(f"您好，{typed}，请问补贴多少钱？")


class Stumbling(FakeBot):
    """Fails with the question in its error, or in an error's cause."""

    def stream(self, question: str, *rest: object, **limits: object) -> Any:  # type: ignore[override]
        if "一" in question:
            raise RuntimeError(f"cannot read {question!r}")
        if "二" in question:
            try:
                raise KeyError(question)
            except KeyError as error:
                raise ValueError("no answer") from error
        if "三" in question:
            raise UserError(f"“{question}”不行", f"not {question}")
        return super().stream(question, *rest, **limits)  # type: ignore[arg-type]

    def matching(self, description: str) -> Any:
        raise RuntimeError(f"cannot match {description!r}")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the program's log writes, formatted as `ui.main` has it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(MaskingFormatter(ui.LOG_FORMAT))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def every_text(url: str) -> dict[str, str]:
    """All that stands in each table, by its name."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = inspect(engine).get_table_names()
        rows = {name: connection.execute(text(f"SELECT * FROM {name}")).all() for name in tables}
    engine.dispose()
    return {name: "\n".join(str(value) for row in found for value in row) for name, found in rows.items()}


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_after_hostile_questions_neither_the_log_nor_the_database_holds_what_was_typed(
    database: str, tmp_path: Path, log: io.StringIO, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
):
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}" if database == "sqlite" else request.getfixturevalue("postgres_url")
    store = open_store(url)
    kept = PatientLog(store)

    async def ask_all() -> list[dict[str, Any]]:
        endpoint = ui.answering(Service(Stumbling(), kept, ""))
        ends = []
        for typed, failing in zip(SOME, cycle("一二三")):
            for words in ("补贴多少", failing):
                values = (f"{typed}，{words}？", [[typed, typed]], typed, typed, typed, "zh")
                *_, last = [message async for batch in endpoint(*values) for message in batch]
                ends.append(last)
        return ends

    async def application() -> Any:
        app = ui.build_app(Stumbling(), kept)
        mount(app, store, FakeDeskBot([ARTICLE]))
        return app

    ends = asyncio.run(ask_all())
    assert all("end" in last for last in ends)
    ids = [last["turn"]["answer_id"] for last in ends if last["turn"]["answer_id"]]
    assert len(ids) == len(SOME)
    client = TestClient(asyncio.run(application()), raise_server_exceptions=False)
    for id, typed in zip(ids, SOME, strict=True):
        sendable = typed.replace("\ud83d", "\ufffd")  # as a browser sends it in a form
        assert client.post("/rate", content=json.dumps({"id": id, "reason": "x" * 295 + typed})).status_code == 204
        assert client.post("/me", data={"about": sendable}).status_code == 200
        store.answers.review(id, "partly", f"打给{typed}", "lina")
    for typed in SOME[::6]:  # somebody takes the staff's login for something else
        name = typed.replace("\ud83d", "\ufffd")
        assert client.post("/desk/login", data={"name": name, "password": name}).status_code == 401
    tables = every_text(url)
    store.close()
    assert {"answers", "bodies", "feedback", "reviews", "attempts", "audit"} <= set(tables)
    assert {name: found for name, words in tables.items() if (found := found_in(words))} == {}
    assert "〔手机号〕" in tables["answers"]
    written = log.getvalue() + "".join(capfd.readouterr())
    assert "cannot read" in written
    assert found_in(written) == []


def test_an_error_of_the_database_does_not_tell_what_was_to_be_stored(tmp_path: Path):
    store = open_store(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    with store._engine.begin() as connection:
        connection.execute(text("DROP TABLE bodies"))
    with pytest.raises(Exception, match="bodies") as failed:
        store.answers.save(Answer(Status.OUT_OF_SCOPE, "私下的话", "私下的话"), "c", 1)
    assert "私下的话" not in str(failed.value)
    store.close()
