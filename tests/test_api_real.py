"""The doors for programs over the product as it ships: the pinned models, the sample page, a database, a key. Minutes."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from mcp.client import Client

import ui
from chat.api.agents import build_agents
from chat.service import Service
from desk.keys import Scope
from desk.store import Store
from rag.chatbot import Chatbot
from rag.errors import UserError
from rag.reading.files import load_articles
from rag.search.index import build_index
from rag.settings import read_settings
from rag.setup import load_chatbot, open_encoder
from tests.desk_fakes import sqlite_store

pytestmark = pytest.mark.model

ARTICLES = Path(__file__).parent.parent / "index" / "articles"
QUESTION = "加装电梯提取公积金，每户最多能提多少？"


@pytest.fixture(scope="module")
def bot() -> Iterator[Chatbot]:
    settings = read_settings()
    with tempfile.TemporaryDirectory() as folder:
        try:
            articles = load_articles([ARTICLES]).articles
            build_index(articles, Path(folder) / "index", open_encoder(settings), Path(folder) / "vectors.sqlite")
            yield load_chatbot(Path(folder) / "index", settings)
        except UserError as error:
            pytest.fail(f"{error.message('en')} (run make setup)")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        opened = sqlite_store(Path(folder))
        yield opened
        opened.close()


def test_one_answer_comes_through_every_door_with_its_citations_and_their_state(bot: Chatbot, store: Store) -> None:
    async def make() -> Any:
        return ui.build_app(bot, store, store.keys)

    _, token = store.keys.create("portal", Scope, 60, 1)
    client = TestClient(asyncio.run(make()), headers={"Authorization": f"Bearer {token}"})
    rest = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    messages = [{"role": "user", "content": QUESTION}]
    completion = client.post("/v1/chat/completions", json={"model": "wence", "messages": messages}).json()

    async def ask() -> Any:
        async with Client(build_agents(Service(bot, store))) as agent:
            return await agent.call_tool("ask", {"question": QUESTION})

    agents = asyncio.run(ask())
    assert rest["status"] == "answered"
    assert "每户累计最高8万元。[1]" in rest["text"]
    (first, *_) = rest["sentences"][0]["citations"]
    assert (first["kind"], first["effective"], first["expires"]) == ("policy", "2026-02-01", "2028-01-31")
    assert completion["choices"][0]["message"]["content"] == rest["text"]
    assert completion["wence"]["sentences"] == agents.structured_content["sentences"] == rest["sentences"]
    article = client.get(f"/api/v1/articles/{first['article_id']}").json()
    assert article["text"][first["start"] : first["end"]] == first["quote"]
    kept = {rest["id"], completion["wence"]["id"], agents.structured_content["id"]}
    assert [store.read(answer_id).question for answer_id in kept] == [QUESTION] * 3  # type: ignore[union-attr]


def test_a_refusal_comes_through_as_one(bot: Chatbot, store: Store) -> None:
    async def make() -> Any:
        return ui.build_app(bot, store, store.keys)

    _, token = store.keys.create("hotline", [Scope.ASK], 60, 1)
    client = TestClient(asyncio.run(make()), headers={"Authorization": f"Bearer {token}"})
    refused = client.post("/api/v1/ask", json={"question": "火星探测器什么时候着陆？"})
    assert (refused.status_code, refused.json()["status"], refused.json()["sentences"]) == (200, "no_evidence", [])
