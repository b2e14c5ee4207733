"""REST under /api/v1, asked with values as a portal would."""

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chat.api.access import Rates
from chat.api.problems import PROBLEMS
from chat.api.shapes import AnswerBody, AnswerSentence, answer_body, article_body
from chat.door import CONTENT_POLICY, MAX_BODY
from desk.clock import now
from rag.answering.refusals import refusal
from rag.datatypes import Status
from tests.api_client import READER, SLOW, FakeKeys, client_of
from tests.desk_fakes import SUBSIDY_ANSWER
from tests.ui_fakes import ARTICLE, NEWS, PROPOSAL, FakeBot, FakeLog


@pytest.fixture(scope="module")
def client() -> TestClient:
    return client_of()


def events_in(text: str) -> list[tuple[str, Any]]:
    """The server-sent events as (name, data)."""
    events = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        events.append((fields["event"], json.loads(fields["data"])))
    return events


# ---------------------------------------------------------------- asking


def test_an_answer_keeps_its_sentences_and_their_citations(client: TestClient):
    answer = client.post("/api/v1/ask", json={"question": " 补贴？ "}).json()
    assert (answer["id"], answer["status"], answer["question"]) == ("answer1", "answered", "补贴？")
    assert answer["text"] == "每月补贴600元。[1]\n补贴按季度发放。[2]"
    assert [(sentence["text"], sentence["quoted"]) for sentence in answer["sentences"]] == [
        ("每月补贴600元。", False),
        ("补贴按季度发放。", True),
    ]
    (citation,) = answer["sentences"][0]["citations"]
    assert citation == {
        "number": 1, "passage_id": "subsidy#0", "article_id": "subsidy", "title": "关于提高托育补贴的通知",
        "kind": "policy", "speaker": None, "published": "2026-01-16", "source": "page.txt", "page": None,
        "start": 51, "end": 59, "quote": "每月补贴600元", "state": None, "effective": None, "expires": None,
        "superseded_by": None,
    }  # fmt: skip
    assert ARTICLE.text[51:59] == "每月补贴600元"


def test_what_is_asked_back_comes_as_choices_each_with_its_question(client: TestClient):
    answer = client.post("/api/v1/ask", json={"question": "蛋鸭补多少？"}).json()
    assert answer["status"] == "ask_back"
    assert answer["choices"] == [
        {"label": place, "question": f"{place}，托育补贴多少？"} for place in ("苇湾县", "竹埠县")
    ]


def test_a_refusal_is_an_answer_that_says_no_and_names_the_nearest_articles(client: TestClient):
    response = client.post("/api/v1/ask", json={"question": "火星上有水吗？"})
    answer = response.json()
    assert (response.status_code, answer["status"], answer["sentences"]) == (200, "no_evidence", [])
    assert answer["text"] == answer["note"] == refusal(Status.NO_EVIDENCE, (ARTICLE, PROPOSAL))
    assert [near["article_id"] for near in answer["nearest"]] == ["subsidy", "lifts"]


def test_a_stream_tells_what_is_done_each_sentence_and_last_the_whole_answer(client: TestClient):
    response = client.post("/api/v1/ask/stream", json={"question": "补贴？"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_in(response.text)
    sentences = [data for name, data in events if name == "sentence"]
    assert events[-1][0] == "answer"
    assert [name for name, _ in events if name != "progress"] == ["sentence", "sentence", "answer"]
    assert sentences == events[-1][1]["sentences"]


def test_an_answer_leans_on_the_last_turns_and_one_article_may_answer_alone():
    bot = FakeBot()
    turns = [{"question": f"第{n}问？", "answer": f"第{n}答。"} for n in range(8)]
    client_of(bot).post("/api/v1/ask", json={"question": "补贴？", "history": turns, "within": "subsidy"})
    assert bot.asked == [("补贴？", [(f"第{n}问？", f"第{n}答。") for n in range(2, 8)])]
    assert bot.within == ["subsidy"]


def test_what_gets_no_answer_is_a_problem_and_its_question_is_not_told_again():
    client = client_of(FakeBot())
    response = client.post("/api/v1/ask", json={"question": "出错"})
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert response.json() == {
        "type": "/api/v1/docs#failed",
        "title": "服务器出了问题",
        "status": 500,
        "code": "failed",
        "detail": refusal(Status.ERROR),
    }
    (*_, (name, data)) = events_in(client.post("/api/v1/ask/stream", json={"question": "出错"}).text)
    assert (name, data["code"]) == ("problem", "failed")


# ---------------------------------------------------------------- searching, reading, judging


def test_a_search_gives_passages_with_their_places(client: TestClient):
    (hit, *_) = client.post("/api/v1/search", json={"query": "托育补贴", "limit": 1}).json()["hits"]
    assert (hit["rank"], hit["passage_id"], hit["article"]["id"]) == (1, "subsidy#0", "subsidy")
    assert ARTICLE.text[hit["start"] : hit["end"]] == hit["text"]


def test_articles_are_listed_by_stretches_and_read_whole(client: TestClient):
    listed = client.get("/api/v1/articles", params={"limit": 2, "offset": 1}).json()
    assert (listed["total"], listed["offset"], [a["id"] for a in listed["articles"]]) == (4, 1, ["subsidy", "library"])
    assert [a["id"] for a in client.get("/api/v1/articles?q=图书馆").json()["articles"]] == ["library"]
    assert [a["id"] for a in client.get("/api/v1/articles?kind=proposal").json()["articles"]] == ["aluminium", "lifts"]
    article = client.get("/api/v1/articles/library").json()
    assert (article["text"], article["paragraphs"], article["reporter"]) == (NEWS.text, [[0, len(NEWS.text)]], "林晓")


def test_a_thumb_is_kept_with_its_reason_masked():
    log = FakeLog()
    client = client_of(log=log)
    answer_id = client.post("/api/v1/ask", json={"question": "补贴？"}).json()["id"]
    thumb = {"answer_id": answer_id, "good": False, "reason": "打我电话13812345678"}
    assert client.post("/api/v1/feedback", json=thumb).status_code == 204
    assert client.post("/api/v1/feedback", json=thumb | {"answer_id": "none"}).json()["code"] == "not-found"
    assert log.rated == [("answer1", False, "打我电话〔手机号〕")]


# ---------------------------------------------------------------- who may come in


@pytest.mark.parametrize(
    ("headers", "path", "status", "code"),
    [
        ({"Authorization": ""}, "/api/v1/articles", 401, "no-key"),
        ({"Authorization": "Bearer wence_none"}, "/api/v1/articles", 401, "no-key"),
        ({"Authorization": "Basic wence_whole"}, "/api/v1/articles", 401, "no-key"),
        ({"Authorization": "Bearer wence_none"}, "/api/v1/nothing", 401, "no-key"),
        ({}, "/api/v1/nothing", 404, "not-found"),
        ({}, "/api/v1/articles/nothing", 404, "not-found"),
        ({}, "/api/v1/ask", 405, "method"),
        ({}, "/api/v1/articles?limit=0", 422, "invalid"),
        ({}, "/api/v1/articles?kind=letter", 422, "invalid"),
    ],
)
def test_whoever_may_not_come_in_or_finds_nothing_is_told_so(
    client: TestClient, headers: dict[str, str], path: str, status: int, code: str
):
    response = client.get(path, headers=headers)
    assert (response.status_code, response.json()["status"], response.json()["code"]) == (status, status, code)
    assert response.headers["content-type"] == "application/problem+json"


def test_a_key_opens_what_its_scopes_say():
    client = client_of(token=READER)
    codes = [
        client.get("/api/v1/articles").status_code,
        client.post("/api/v1/search", json={"query": "补贴"}).status_code,
        client.post("/api/v1/ask", json={"question": "补贴？"}).status_code,
        client.post("/api/v1/feedback", json={"answer_id": "answer1", "good": True}).status_code,
    ]
    assert codes == [200, 200, 403, 403]


def test_a_key_is_good_for_so_many_requests_a_minute():
    client = client_of(token=SLOW)
    responses = [client.get("/api/v1/articles") for _ in range(3)]
    assert [response.status_code for response in responses] == [200, 200, 429]
    assert responses[2].json()["code"] == "rate"
    assert 1 <= int(responses[2].headers["retry-after"]) <= 60


def test_a_rate_counts_the_last_minute_of_each_key():
    moments = iter((0.0, 20.0, 30.0, 30.0, 60.0, 61.0))
    rates = Rates(lambda: next(moments))
    waits = [rates.take(name, 2) for name in "aaabaa"]
    assert waits == [0.0, 0.0, 30.0, 0.0, 0.0, 19.0]


def test_without_the_database_nobody_comes_in_and_the_server_is_not_ready():
    keys = FakeKeys()
    keys.away = True
    client = client_of(keys=keys)
    assert client.get("/api/v1/articles").json()["code"] == "away"
    ready = client.get("/api/v1/ready")
    assert (ready.status_code, ready.json()) == (
        503,
        {"ready": False, "articles": 4, "waiting": 0, "keys": False, "model": True},
    )


def test_health_is_told_to_everybody(client: TestClient):
    nobody = {"Authorization": ""}
    assert client.get("/api/v1/health", headers=nobody).json() == {"status": "ok"}
    assert client.get("/api/v1/ready", headers=nobody).json() == {
        "ready": True, "articles": 4, "waiting": 0, "keys": True, "model": True,
    }  # fmt: skip


# ---------------------------------------------------------------- what is sent


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (b"{}", [{"at": "body/question", "reason": "missing"}]),
        (b'{"question": 5}', [{"at": "body/question", "reason": "string_type"}]),
        (b'{"question": ""}', [{"at": "body/question", "reason": "string_too_short"}]),
        ('{"question": "' + "问" * 501 + '"}', [{"at": "body/question", "reason": "string_too_long"}]),
        (b'{"question": "a", "model": "b"}', [{"at": "body/model", "reason": "extra_forbidden"}]),
        (b'{"question": "\\ud83d"}', [{"at": "body/question", "reason": "string_unicode"}]),
        (b'{"question": ', [{"at": "body/13", "reason": "json_invalid"}]),
    ],
)
def test_what_does_not_fit_is_told_by_its_place_and_not_sent_back(
    client: TestClient, sent: bytes | str, errors: list[dict[str, str]]
):
    content = sent.encode() if isinstance(sent, str) else sent
    response = client.post("/api/v1/ask", content=content, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["errors"]) == (422, errors)
    assert "问问" not in response.text


@pytest.mark.parametrize("question", [" \n ", "\x00\x01"])
def test_what_holds_no_question_is_refused_in_the_clients_language(client: TestClient, question: str):
    answers = [
        client.post("/api/v1/ask", json={"question": question}, headers={"Accept-Language": lang}).json()["detail"]
        for lang in ("zh-CN,en", "en-GB")
    ]
    assert answers == ["请先写下问题。", "Please write a question first."]


def test_an_article_that_is_not_there_cannot_answer(client: TestClient):
    response = client.post("/api/v1/ask", json={"question": "补贴？", "within": "nothing"})
    assert (response.status_code, response.json()["detail"]) == (404, "within：没有这篇文章。")


def test_too_much_is_not_read(client: TestClient):
    content = b'{"question": "' + b"a" * MAX_BODY + b'"}'
    response = client.post("/api/v1/ask", content=content, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (413, "too-large")


# ---------------------------------------------------------------- shapes


def test_the_shapes_say_all_that_the_datatypes_say():
    values = SUBSIDY_ANSWER.to_json()
    assert answer_body(SUBSIDY_ANSWER).model_dump(mode="json") == {"id": "", **values}
    assert set(AnswerBody.model_fields) == {"id", *values}
    assert set(AnswerSentence.model_fields) == set(values["sentences"][0])
    assert article_body(ARTICLE, now().date()).text == ARTICLE.text


def test_without_keys_there_is_no_api():
    import asyncio

    import ui

    async def make() -> Any:
        return ui.build_app(FakeBot(), FakeLog())

    assert TestClient(asyncio.run(make())).get("/api/v1/health").status_code == 404


def test_every_operation_is_described_with_its_problems(client: TestClient):
    described = client.get("/api/v1/openapi.json", headers={"Authorization": ""}).json()
    assert set(described["paths"]) == {
        "/ask", "/ask/stream", "/search", "/articles", "/articles/{article_id}", "/feedback", "/health", "/ready",
    }  # fmt: skip
    asked = described["paths"]["/ask"]["post"]
    assert set(asked["responses"]) == {"200", "401", "403", "404", "413", "422", "429", "500", "503"}
    assert asked["security"] == [{"HTTPBearer": []}]
    assert set(described["components"]["schemas"]["Problem"]["properties"]) == {
        "type", "title", "status", "code", "detail", "errors",
    }  # fmt: skip
    assert "HTTPValidationError" not in json.dumps(described)
    referred = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(described)))
    assert referred == {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}


def test_the_page_of_the_interface_names_every_operation_problem_and_shape(client: TestClient):
    response = client.get("/api/v1/docs", headers={"Authorization": "", "Accept-Language": "en"})
    described = client.get("/api/v1/openapi.json").json()
    for path, methods in described["paths"].items():
        assert all(f"<code>{method.upper()} /api/v1{path}</code>" in response.text for method in methods)
    for anchor in (*PROBLEMS, *described["components"]["schemas"]):
        assert f'id="{anchor}"' in response.text
    assert response.headers["content-security-policy"] == CONTENT_POLICY
    assert '<a href="#AnswerBody">AnswerBody</a>' in response.text
    assert '<link rel="stylesheet" href="../../static/style.css">' in response.text
