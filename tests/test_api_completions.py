"""OpenAI's form of asking under /v1: what its clients send, and what they get."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chat.api.completions import ChatMessage, annotations, pairs
from rag.answering.refusals import refusal
from rag.datatypes import Answer, Sentence, Status
from tests.api_client import READER, client_of
from tests.ui_fakes import ARTICLE, PROPOSAL, FakeBot, FakeLog, cite

ASKED = {"model": "wence", "messages": [{"role": "user", "content": "补贴？"}]}


@pytest.fixture(scope="module")
def client() -> TestClient:
    return client_of()


def chunks_in(text: str) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_a_completion_is_the_answers_text_with_what_each_marker_leads_to(client: TestClient):
    completion = client.post("/v1/chat/completions", json=ASKED).json()
    (choice,) = completion["choices"]
    assert (choice["finish_reason"], choice["message"]["role"]) == ("stop", "assistant")
    content = choice["message"]["content"]
    assert content == "每月补贴600元。[1]\n补贴按季度发放。[2]"
    cited = [one["url_citation"] for one in choice["message"]["annotations"]]
    assert [content[one["start_index"] : one["end_index"]] for one in cited] == ["[1]", "[2]"]
    assert [one["title"] for one in cited] == ["关于提高托育补贴的通知"] * 2
    assert [one["url"] for one in cited] == [
        "http://testserver/article/subsidy?at=51-59&at=60-68",
        "http://testserver/article/subsidy?at=60-68&at=51-59",
    ]
    page = client.get(cited[0]["url"])
    assert (page.status_code, "每月补贴600元" in page.text) == (200, True)
    assert completion["usage"]["total_tokens"] == 0
    assert (completion["wence"]["status"], len(completion["wence"]["sentences"])) == ("answered", 2)


def test_a_refusal_is_ordinary_text_with_its_status_beside_it(client: TestClient):
    asked = {"model": "wence", "messages": [{"role": "user", "content": "火星上有水吗？"}]}
    completion = client.post("/v1/chat/completions", json=asked).json()
    message = completion["choices"][0]["message"]
    assert message["content"] == refusal(Status.NO_EVIDENCE, (ARTICLE, PROPOSAL))
    assert (message["refusal"], message["annotations"]) == (None, [])
    assert completion["wence"]["status"] == "no_evidence"


@pytest.mark.parametrize("question", ["补贴？", "补贴什么时候停？", "火星上有水吗？"])
def test_a_stream_says_the_same_sentence_by_sentence(client: TestClient, question: str):
    asked = {"model": "wence", "messages": [{"role": "user", "content": question}]}
    whole = client.post("/v1/chat/completions", json=asked).json()
    chunks = chunks_in(client.post("/v1/chat/completions", json=asked | {"stream": True}).text)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta["content"] for delta in deltas) == whole["choices"][0]["message"]["content"]
    assert deltas[-1]["annotations"] == whole["choices"][0]["message"]["annotations"]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert chunks[-1]["wence"]["sentences"] == whole["wence"]["sentences"]
    assert {chunk["id"] for chunk in chunks} == {chunks[0]["id"]}


def test_a_stream_without_an_answer_ends_with_an_error(client: TestClient):
    asked = {"model": "wence", "messages": [{"role": "user", "content": "出错"}], "stream": True}
    assert chunks_in(client.post("/v1/chat/completions", json=asked).text)[-1]["error"] == {
        "message": refusal(Status.ERROR), "type": "server_error", "param": None, "code": "failed",
    }  # fmt: skip


def test_the_conversation_is_what_was_answered_before_without_its_markers():
    bot = FakeBot()
    messages = [
        {"role": "system", "content": "Answer as a pirate."},
        {"role": "user", "content": "电梯？"},
        {"role": "assistant", "content": "补贴加装电梯。[1][2]"},
        {"role": "user", "content": [{"type": "text", "text": "补贴"}, {"type": "text", "text": "多少？"}]},
    ]
    sent = {"model": "wence", "messages": messages, "temperature": 0.7, "max_tokens": 10}
    assert client_of(bot).post("/v1/chat/completions", json=sent).status_code == 200
    assert bot.asked == [("补贴多少？", [("电梯？", "补贴加装电梯。")])]


def test_a_question_without_an_answer_is_no_turn():
    messages = [
        ChatMessage(role=role, content=text) for role, text in [("user", "甲"), ("user", "乙"), ("assistant", "丙")]
    ]
    assert pairs(messages) == [("乙", "丙")]


def test_a_marker_is_found_behind_a_text_that_has_brackets_of_its_own():
    sentences = (
        Sentence("见附件[1]。", (cite(1, ARTICLE, "补贴按季度发放。"),)),
        Sentence("每月600元。", (cite(1, ARTICLE, "补贴按季度发放。"), cite(2, ARTICLE, "每月补贴600元"))),
    )
    answer = Answer(Status.ANSWERED, "？", "？", sentences)
    places = [(one["url_citation"]["start_index"], one["url_citation"]["end_index"]) for one in annotations(answer, "")]
    assert places == [(7, 10), (18, 21), (21, 24)]
    assert [answer.text[start:end] for start, end in places] == ["[1]", "[1]", "[2]"]


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (ASKED | {"model": "gpt-4o"}, 404, "model_not_found"),
        (ASKED | {"messages": []}, 400, "invalid"),
        (ASKED | {"n": 2}, 400, "invalid"),
        (ASKED | {"tools": [{"type": "function"}]}, 400, "invalid"),
        (ASKED | {"response_format": {"type": "json_object"}}, 400, "invalid"),
        (ASKED | {"messages": [{"role": "system", "content": "a"}]}, 400, "invalid"),
        (ASKED | {"messages": [{"role": "user", "content": ""}]}, 400, "invalid"),
        (ASKED | {"messages": [{"role": "user", "content": "问" * 501}]}, 400, "invalid"),
        (ASKED | {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}, 400, "invalid"),
        ({"model": "wence"}, 400, "invalid"),
    ],
)
def test_what_cannot_be_done_is_refused_as_openai_refuses(
    client: TestClient, sent: dict[str, Any], status: int, code: str
):
    response = client.post("/v1/chat/completions", json=sent)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_the_models_are_one(client: TestClient):
    assert [model["id"] for model in client.get("/v1/models").json()["data"]] == ["wence"]
    assert client.get("/v1/models/wence").json()["object"] == "model"
    assert client.get("/v1/models/other").status_code == 404


def test_only_a_key_that_may_ask_comes_in(client: TestClient):
    nobody = client.post("/v1/chat/completions", json=ASKED, headers={"Authorization": "Bearer sk-none"})
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (401, "invalid_api_key")
    reader = client_of(token=READER).post("/v1/chat/completions", json=ASKED)
    assert (reader.status_code, reader.json()["error"]["code"]) == (403, "insufficient_permissions")


def test_what_is_asked_in_openais_form_is_kept_like_any_question():
    log = FakeLog()
    completion = client_of(log=log).post("/v1/chat/completions", json=ASKED).json()
    assert completion["wence"]["id"] == "answer1"
    assert log.read("answer1").question == "补贴？"  # type: ignore[union-attr]
