"""The routes of the chat, asked without a browser, and the command line."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient

import ui
from chat.door import CONTENT_POLICY, MAX_CONVERSATION
from chat.service import Service
from chat.turns import turns_from_json
from rag.datatypes import Answer
from rag.errors import UserError
from tests.ui_fakes import ARTICLE, FakeBot, FakeLog


@pytest.fixture(scope="module")
def log() -> FakeLog:
    return FakeLog()


@pytest.fixture(scope="module")
def client(log: FakeLog) -> TestClient:
    return client_of(FakeBot(), log)


def client_of(bot: FakeBot, log: FakeLog | None = None) -> TestClient:
    """Made inside a running event loop: where none runs, gradio makes one and leaves it open."""

    async def make() -> Any:
        return ui.build_app(bot, log)

    return TestClient(asyncio.run(make()))


def answer(bot: FakeBot, log: FakeLog | None, *values: Any) -> list[dict[str, Any]]:
    """What the endpoint `ask` sends."""

    async def collect() -> list[dict[str, Any]]:
        endpoint = ui.answering(Service(bot, log, "打12345"))
        return [message async for batch in endpoint(*values) for message in batch]

    return asyncio.run(collect())


def record(question: str = "补贴？", log: FakeLog | None = None) -> dict[str, Any]:
    turn: dict[str, Any] = answer(FakeBot(), log, question, [], "", "t", "c", "zh")[-1]["turn"]
    return turn


def test_a_question_is_answered_with_its_history_and_kept():
    bot, log = FakeBot(), FakeLog()
    messages = answer(bot, log, " 补贴？ ", [["一？", "一。"]], "", "t", "c", "zh")
    assert bot.asked == [("补贴？", [("一？", "一。")])]
    assert messages[-1]["turn"]["answer_id"] == "answer1"
    assert log.read("answer1").question == "补贴？"  # type: ignore[union-attr]


def test_a_question_is_limited_to_an_article_that_exists():
    bot = FakeBot()
    (*_, last) = answer(bot, None, "补贴？", [], "subsidy", "t", "c", "zh")
    answer(bot, None, "补贴？", [], "../subsidy", "t", "c", "zh")
    assert bot.within == ["subsidy", None]
    assert last["turn"]["within"]["title"] == ARTICLE.title


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("问" * 10_000, "写了 10000 字，超过 500 字，请缩短后再试。"),
        ("", "请先写下问题。"),
        (" \0\ud83d ", "请先写下问题。"),
        (None, "请先写下问题。"),
        ({"a": ["b"]}, "请先写下问题。"),
    ],
)
def test_what_is_no_question_ends_with_one_line_and_asks_nobody(question: object, line: str):
    bot = FakeBot()
    (last,) = answer(bot, None, question, [], "", "t", "c", "zh")
    assert bot.asked == []
    assert (last["turn"]["problem"], line in last["end"]) == (line, True)


def test_halves_of_characters_and_control_characters_are_left_out_of_what_is_asked_and_kept():
    bot, log = FakeBot(), FakeLog()
    messages = answer(bot, log, "补贴\ud83d多\0少？", [["你\ude00好", "您\x00好"], ["?", 3]], "", "t", "c", "zh")
    assert bot.asked == [("补贴多少？", [("你好", "您好")])]
    assert messages[-1]["turn"]["answer_id"] == "answer1"
    json.dumps(messages, ensure_ascii=False).encode()


@pytest.mark.parametrize("conversation", ["13812345678", "我的对话", 3, "x" * 65, "a b c d e f"])
def test_a_conversation_s_id_that_no_page_made_is_not_kept(conversation: object):
    kept: list[str] = []

    class Log(FakeLog):
        def save(self, answer: Answer, conversation: str, seconds: float) -> str:
            kept.append(conversation)
            return "id"

    for given in (conversation, "0123456789abcdef01234567"):
        answer(FakeBot(), Log(), "补贴？", [], "", "t", given, "zh")
    assert kept == ["", "0123456789abcdef01234567"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", "想问什么政策？"),
        ("/?within=subsidy", 'data-id="subsidy"'),
        ("/articles", "共 4 篇"),
        ("/articles?q=补贴&kind=policy", "共 1 篇"),
        ("/articles?kind=gossip&page=x", "共 4 篇"),
        ("/article/subsidy?at=51-59", '<mark class="here" id="cited" tabindex="-1">每月补贴600元</mark>'),
        ("/me", "您是谁，做什么"),
        ("/?lang=en", "What would you like to know?"),
    ],
)
def test_every_door_opens(client: TestClient, address: str, words: str):
    response = client.get(address)
    assert response.status_code == 200
    assert words in response.text
    assert response.headers["content-security-policy"] == CONTENT_POLICY
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_language_once_chosen_stays(client: TestClient):
    client.get("/?lang=en")
    assert "Find articles" in client.get("/articles").text
    client.get("/?lang=zh")
    assert "查找文章" in client.get("/articles").text
    client.get("/?lang=xx")
    assert "查找文章" in client.get("/articles").text


def test_larger_text_is_in_the_page_from_the_first_paint(client: TestClient):
    client.cookies.set("big", "1")
    assert '<html lang="zh-CN" class="big">' in client.get("/").text
    client.cookies.clear()


def test_the_panel_gets_the_article_alone(client: TestClient):
    part = client.get("/article/subsidy?at=51-59&part=1").text
    assert part.startswith('<article class="whole" lang="zh-CN" data-id="subsidy"')


def test_a_model_that_was_not_loaded_is_said_on_the_page():
    bot = FakeBot()
    before = client_of(bot).get("/").text
    bot.problems = (UserError("没有载入。", "Not loaded."),)
    after = client_of(bot)
    assert "本地模型没有载入" not in before
    assert "本地模型没有载入：回答暂时只引用原文" in after.get("/").text
    assert "answers only quote the articles" in after.get("/?lang=en").text


def test_an_article_that_is_gone_is_said_to_be_gone(client: TestClient):
    response = client.get("/article/none?part=1")
    assert response.status_code == 404
    assert "没有这篇文章" in response.text


def test_what_concerns_me_is_found_and_nothing_else(client: TestClient):
    assert "找到 1 篇与您有关的文章" in client.post("/me", data={"about": "我在兴县开铝厂"}).text
    assert "没有明显与您有关的建议或政策" in client.post("/me", data={"about": "我是渔民"}).text
    assert "您是谁" in client.post("/me", data={"about": "  "}).text


def test_an_error_while_matching_is_one_line(client: TestClient, caplog: pytest.LogCaptureFixture):
    assert "查找时出了问题，请稍后再试。" in client.post("/me", data={"about": "出错"}).text
    assert "the fake stumbles" in caplog.text
    assert "找到 1 篇" in client.post("/me", data={"about": "铝厂"}).text, "the line is free again"


def test_a_shared_answer_is_read_by_its_id(client: TestClient, log: FakeLog):
    shared = client.get(f"/a/{record('补贴？', log)['answer_id']}")
    assert "每月补贴600元。" in shared.text
    assert client.get("/a/none").status_code == 404


def test_a_thumb_reaches_the_log_with_its_reason(client: TestClient, log: FakeLog):
    assert client.post("/rate", json={"id": "a1", "good": False, "reason": "x" * 900}).status_code == 204
    assert log.rated[-1] == ("a1", False, "x" * 300)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id": 3}', b"{"])
def test_what_is_no_thumb_is_refused(client: TestClient, body: bytes):
    assert client.post("/rate", content=body).status_code == 404


def test_without_a_log_nothing_can_be_rated_or_shared():
    client = client_of(FakeBot())
    assert client.post("/rate", json={"id": "a1", "good": True}).status_code == 404
    assert client.get("/a/answer1").status_code == 404
    kept = {"conversation": json.dumps({"title": "x", "turns": [{**record(), "answer_id": "a1"}]})}
    assert 'data-do="good"' not in client.post("/render", data=kept).text


def conversation(*turns: dict[str, Any], title: str = "托育") -> dict[str, str]:
    return {"conversation": json.dumps({"title": title, "turns": turns})}


def test_a_kept_conversation_is_shown_again_with_its_citations(client: TestClient):
    html = client.post("/render", data=conversation(record(), record("天气？"))).text
    assert html.count('<section class="turn" data-turn>') == 2
    assert 'data-quote="每月补贴600元"' in html


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"title": 1}', '{"title": "x", "turns": {}}'])
def test_what_is_no_conversation_is_refused_with_one_line(client: TestClient, broken: str):
    for path in ("/render", "/export", "/print"):
        response = client.post(path, data={"conversation": broken})
        assert (response.status_code, response.text) == (400, "这不是可以显示的对话。")


def test_a_conversation_is_taken_away_as_markdown_under_its_name(client: TestClient):
    response = client.post("/export", data=conversation(record(), title='托育"/../<b>\r\nx'))
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''%E6%89%98%E8%82%B2bx.md"
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "每月补贴600元。\\[1\\]" in response.text


def test_a_conversation_is_printed_with_its_sources(client: TestClient):
    html = client.post("/print", data=conversation(record())).text
    assert "<h1>托育</h1>" in html
    assert '<q lang="zh-CN">每月补贴600元</q>' in html


def test_a_body_has_a_limit(client: TestClient):
    assert client.post("/render", data={"conversation": "x" * (MAX_CONVERSATION + 1)}).status_code == 413


@pytest.mark.parametrize("path", ["upload", "file=/etc/passwd", "proxy=http://x", "run/ask", "component_server"])
def test_what_of_gradio_asking_does_not_need_is_shut(client: TestClient, path: str):
    assert client.post(f"/gradio_api/{path}").status_code == 404


def test_a_stop_for_nothing_is_no_error(client: TestClient):
    assert client.post("/stop", content=b"\xff none").status_code == 204


def test_turns_from_the_endpoint_are_turns():
    assert len(turns_from_json([record(question) for question in ("补贴？", "天气？", "出错")])) == 3


def lines(capsys: pytest.CaptureFixture[str]) -> Sequence[str]:
    return capsys.readouterr().err.splitlines()


def test_a_taken_port_is_one_clear_line(capsys: pytest.CaptureFixture[str]):
    with ui.socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert ui.main(["--port", str(port)]) == 2
        assert ui.main(["--port", str(port), "--lang", "en"]) == 2
    chinese, english = lines(capsys)
    assert chinese.startswith(f"无法使用地址 127.0.0.1:{port}（")
    assert english.startswith(f"Cannot listen on 127.0.0.1:{port} (")


def test_a_missing_index_is_one_clear_line(capsys: pytest.CaptureFixture[str], tmp_path, monkeypatch):
    def no_index(directory: object, settings: object) -> None:
        raise UserError(f"没有索引 {directory}。", "no index")

    monkeypatch.setattr("rag.setup.load_chatbot", no_index)
    monkeypatch.setenv("WENCE_DATABASE", f"sqlite:///{tmp_path / 'desk.sqlite'}")
    assert ui.main(["--index", str(tmp_path / "none"), "--port", "0"]) == 2
    assert lines(capsys)[-1] == f"没有索引 {tmp_path / 'none'}。"


def test_ui_is_imported_without_gradio():
    program = "import sys, ui; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
