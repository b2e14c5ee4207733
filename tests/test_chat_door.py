"""The chat's door: how much may come in, what of it goes on, and whose ticket stops a question."""

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import ui
from chat.asking import LONGEST_LINE, Question, Tickets
from chat.door import MAX_BODY, MAX_CONVERSATION, BodyError, bound_ticket, cleaned, question_body, read_json
from chat.service import Service
from desk.log import LogAwayError, StoredAnswer
from desk.privacy import MaskingFormatter
from tests.ui_fakes import FakeBot, FakeLog

TICKET = "0123456789abcdef"


def client_of(bot: FakeBot, log: FakeLog | None = None) -> TestClient:
    """Made inside a running event loop: where none runs, gradio makes one and leaves it open. What fails fails as on the
    wire, with a 500."""

    async def make() -> Any:
        return ui.build_app(bot, log)

    return TestClient(asyncio.run(make()), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client() -> TestClient:
    return client_of(FakeBot(), FakeLog())


def in_pieces(size: int) -> Iterator[bytes]:
    """A body that does not say how long it is."""
    yield b"conversation="
    for _ in range(size // 100_000 + 1):
        yield b"x" * 100_000


# ---------------------------------------------------------------- how much


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/render", MAX_CONVERSATION),
        ("/export", MAX_CONVERSATION),
        ("/print", MAX_CONVERSATION),
        ("/me", MAX_BODY),
        ("/rate", MAX_BODY),
        ("/stop", MAX_BODY),
        ("/gradio_api/call/ask", MAX_BODY),
        ("/gradio_api/queue/join", MAX_BODY),
        ("/gradio_api/cancel", MAX_BODY),
    ],
)
def test_a_body_has_a_limit_whether_it_says_its_length_or_not(client: TestClient, path: str, most: int):
    assert client.post(path, content=b"x" * (most + 1)).status_code == 413
    assert client.post(path, content=in_pieces(most)).status_code == 413
    assert client.post(path, content=b"x", headers={"content-length": "1"}).status_code != 413


# ---------------------------------------------------------------- what goes on


def test_a_question_goes_on_with_six_values_a_bound_ticket_and_a_stream_of_its_own():
    body = json.dumps({"data": ["问", [], "", TICKET], "session_hash": "mine", "event_data": {"a": 1}}).encode()
    assert json.loads(question_body(body, "me", queued=False)) == {
        "data": ["问", [], "", bound_ticket(TICKET, "me"), "", ""]
    }
    queued = json.dumps({"data": ["问"], "session_hash": "12345678", "fn_index": 0}).encode()
    assert json.loads(question_body(queued, "", queued=True)) == {
        "data": ["问", "", "", "", "", ""],
        "session_hash": "12345678",
        "fn_index": 0,
    }


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"data": 3}', b"[" * 99_999, b'{"data": [NaN]}', b'{"data": [1e999]}']
)
def test_what_is_no_question_is_refused_at_the_door(client: TestClient, body: bytes):
    with pytest.raises(BodyError):
        question_body(body, "", queued=False)
    response = client.post("/gradio_api/call/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert set(response.json()) == {"error"}


@pytest.mark.parametrize("session", [None, "", "short", 12345678, "a b c d e f g h", "x" * 129])
def test_a_stream_that_could_be_guessed_is_refused(session: object):
    with pytest.raises(BodyError, match="no session"):
        question_body(json.dumps({"data": [], "session_hash": session}).encode(), "", queued=True)


def test_texts_of_json_are_cleaned_wherever_they_stand():
    assert read_json(b'{"a\\u0000": ["\\ud83d\\u8865", {"b": "\\u0007c"}], "d": 1.5}') == {
        "a": ["补", {"b": "c"}],
        "d": 1.5,
    }
    assert cleaned(("x",)) == ("x",)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=25, deadline=None)
@given(value=ANYTHING, text=st.text(st.characters(), max_size=20))
def test_no_crafted_body_is_an_error_of_ours(client: TestClient, value: object, text: str):
    crafted = [json.dumps(value), json.dumps({"title": "x", "turns": [value]}), text.encode("utf-8", "surrogatepass")]
    for body in crafted:
        for path in ("/render", "/export", "/print"):
            assert client.post(path, data={"conversation": body}).status_code in (200, 400)
        as_json = {"content-type": "application/json"}
        for path in ("/rate", "/stop", "/me", "/gradio_api/cancel"):
            assert client.post(path, content=body, headers=as_json).status_code < 500, (path, body)
    assert client.post("/rate", json={"id": "a", "reason": json.dumps(value)}).status_code == 204


@pytest.mark.parametrize(
    "values", [{"id": "a", "reason": {"a": 1}}, {"id": "a", "reason": ["x"]}, {"id": "a", "reason": 3}]
)
def test_a_reason_is_a_text(client: TestClient, values: object):
    assert client.post("/rate", json=values).status_code == 400


@pytest.mark.parametrize("path", ["/render", "/export", "/print", "/me"])
@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "application/json"]
)
def test_a_form_that_is_none_is_no_error_of_ours(client: TestClient, path: str, kind: str):
    assert client.post(path, content=b"--y\r\n\xff\0", headers={"content-type": kind}).status_code < 500


@pytest.mark.parametrize(
    "path", ["/article/%00", "/a/%00%ff", "/a/%ED%A0%BD", "/?within=%00&lang=%00", "/articles?q=%00&page=9e9"]
)
def test_an_address_of_no_characters_is_no_error_of_ours(client: TestClient, path: str):
    assert client.get(path).status_code in (200, 404)


def test_no_other_origin_reads_an_answer(client: TestClient):
    for path in ("/", "/a/x", "/gradio_api/info"):
        response = client.get(path, headers={"origin": "https://evil.example", "host": "wence.example"})
        assert [name for name in response.headers if name.startswith("access-control")] == []


# ---------------------------------------------------------------- whose ticket


def test_a_ticket_is_bound_to_the_browser_that_asked_and_a_short_one_to_nobody():
    assert bound_ticket(TICKET, "me") == bound_ticket(TICKET, "me") != bound_ticket(TICKET, "you")
    assert len(bound_ticket(TICKET, "")) == 64
    for guessed in ("", "t", "1", "x" * 15, "x" * 129, "一" * 20, "a b" * 8, TICKET + "\n"):
        assert bound_ticket(guessed, "me") == ""


def test_an_empty_ticket_stops_nothing_and_of_two_with_one_ticket_neither_is_stopped():
    async def stopped(*held: tuple[str, str]) -> list[bool]:
        tickets, questions = Tickets(), [Question("a"), Question("b")]
        for (ticket, _), question in zip(held, questions, strict=False):
            tickets.hold(ticket, question)
        tickets.stop(held[0][1])
        return [question.is_stopped() for question in questions]

    assert asyncio.run(stopped(("", ""), ("", ""))) == [False, False]
    assert asyncio.run(stopped(("one", "one"), ("two", ""))) == [True, False]
    assert asyncio.run(stopped(("one", "one"), ("one", ""))) == [False, False]
    assert asyncio.run(stopped(("one", "three"), ("two", ""))) == [False, False]


def test_a_ticket_is_forgotten_with_its_question():
    async def after() -> bool:
        tickets, question, next_one = Tickets(), Question("a"), Question("b")
        tickets.hold("one", question)
        tickets.give_back(question)
        tickets.hold("one", next_one)
        tickets.stop("one")
        return next_one.is_stopped() and not question.is_stopped()

    assert asyncio.run(after())


def test_every_browser_gets_a_mark_of_its_own_that_scripts_and_other_sites_do_not_see():
    first, second = client_of(FakeBot()), client_of(FakeBot())
    cookie = first.get("/").headers["set-cookie"]
    assert cookie.startswith("asker=")
    assert "HttpOnly; SameSite=lax" in cookie
    assert "set-cookie" not in first.get("/").headers, "once is enough"
    assert second.get("/").headers["set-cookie"] != cookie


# ---------------------------------------------------------------- the same line, and what is away


def test_what_concerns_me_waits_in_the_same_line_and_is_turned_away_from_a_long_one():
    chat = Service(FakeBot(), None, "")

    async def crowded() -> str:
        for ticket in range(LONGEST_LINE):
            chat.line._line.append(ticket)
        return "".join([piece async for piece in ui.matching_page(chat, ui.Look(), "铝厂")])

    page = asyncio.run(crowded())
    assert "现在提问的人太多，请过一会儿再试。" in page
    assert page.endswith("</html>")


def test_who_waits_for_what_concerns_them_sees_the_place_and_then_what_was_found():
    chat = Service(FakeBot(), None, "")

    async def one_before() -> list[str]:
        chat.line._line.append("someone")
        pieces = []
        async for piece in ui.matching_page(chat, ui.Look(), "我在兴县开铝厂"):
            pieces.append(piece)
            if "排队中" in piece:
                chat.line.leave("someone")
        return pieces

    pieces = asyncio.run(one_before())
    assert "正在逐篇对照…" in pieces[0]
    assert pieces[1] == '<p class="working passing" role="status">排队中，前面还有 1 个问题…</p>'
    assert "找到 1 篇与您有关的文章" in pieces[-2]


class Away(FakeLog):
    """A log whose database is gone."""

    def rate(self, public_id: str, good: bool, reason: str) -> None:
        raise LogAwayError("数据库没有回应：停了", "The database does not answer: stopped")

    def read(self, public_id: str) -> StoredAnswer | None:
        raise LogAwayError("数据库没有回应：停了", "The database does not answer: stopped")


def test_while_the_database_is_away_there_is_one_line_on_the_page_and_one_in_the_log(caplog: pytest.LogCaptureFixture):
    client = client_of(FakeBot(), Away())
    for response in (client.get("/a/x"), client.post("/rate", json={"id": "a", "good": True})):
        assert (response.status_code, response.text) == (503, "数据库没有回应：停了")
    assert [record.getMessage() for record in caplog.records if record.name == "wence"] == [
        "/a/x: The database does not answer: stopped",
        "/rate: The database does not answer: stopped",
    ]
    assert not any(record.exc_info for record in caplog.records)


def test_every_handler_of_the_log_masks():
    handler = logging.StreamHandler()
    logging.getLogger("uvicorn").addHandler(handler)
    try:
        ui.mask_logs()
        assert isinstance(handler.formatter, MaskingFormatter)
    finally:
        logging.getLogger("uvicorn").removeHandler(handler)


def test_a_kept_conversation_of_the_largest_size_is_shown_in_time(client: TestClient):
    """Of an attacker's making: as many sources of one article as fit; and one turn that has more than any."""
    place = {"article": {"article_id": "a", "title": "t", "kind": "news"}, "start": 0, "end": 1, "quote": ""}
    said = [{"text": "", "sources": [place | {"number": n * 50 + m} for m in range(50)]} for n in range(10)]
    body = json.dumps({"title": "x", "turns": [{"question": "q", "said": said}] * 20}, separators=(",", ":"))
    assert MAX_CONVERSATION * 0.2 < len(body) < MAX_CONVERSATION
    begun = time.perf_counter()
    assert client.post("/render", files={"conversation": (None, body)}).status_code == 200
    assert time.perf_counter() - begun < 5
    more = json.dumps(
        {
            "title": "x",
            "turns": [{"question": "q", "said": [*said, {"text": "", "sources": [place | {"number": 501}]}]}],
        }
    )
    assert client.post("/render", files={"conversation": (None, more)}).status_code == 400
