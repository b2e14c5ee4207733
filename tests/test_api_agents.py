"""What an agent is offered and gets, asked with the protocol's own client, in one process and over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

import ui
from chat.api.agents import build_agents
from chat.service import Service
from rag.answering.refusals import refusal
from rag.datatypes import Status
from tests.api_client import READER, WHOLE, FakeKeys
from tests.ui_fakes import ARTICLE, NEWS, PROPOSAL, FakeBot, FakeLog

Do = Callable[[Client], Awaitable[Any]]


def here(do: Do, bot: FakeBot | None = None, log: FakeLog | None = None) -> Any:
    """What is done with a client in the server's own process, as over stdio."""

    async def run() -> Any:
        async with Client(build_agents(Service(bot or FakeBot(), log or FakeLog()))) as client:
            return await do(client)

    return asyncio.run(run())


def over_http(do: Do, token: str) -> Any:
    """What is done with a client of the chat's application at /mcp."""

    async def run() -> Any:
        app = ui.build_app(FakeBot(), FakeLog(), FakeKeys())
        headers = {"Authorization": f"Bearer {token}"}
        transport = httpx2.ASGITransport(app)
        async with (
            httpx2.AsyncClient(transport=transport, base_url="http://wence.test", headers=headers) as http,
            Client(streamable_http_client("http://wence.test/mcp", http_client=http)) as client,
        ):
            return await do(client)

    return asyncio.run(run())


def refused(do: Do) -> Do:
    """The words with which the protocol refuses it; "" where it does not."""

    async def words(client: Client) -> str:
        try:
            await do(client)
        except MCPError as error:
            return error.message
        return ""

    return words


def texts(result: Any) -> str:
    return "\n".join(block.text for block in result.content)


def test_an_agent_is_offered_three_tools_that_change_nothing():
    tools = here(lambda client: client.list_tools()).tools
    assert [(tool.name, tool.annotations.read_only_hint) for tool in tools] == [
        ("ask", True),
        ("search", True),
        ("read_article", True),
    ]
    assert [sorted(tool.input_schema["properties"]) for tool in tools] == [
        ["question", "within"],
        ["limit", "query"],
        ["article_id"],
    ]


def test_an_answer_is_text_with_its_sources_and_the_whole_answer_as_values():
    log = FakeLog()
    answer = here(lambda client: client.call_tool("ask", {"question": "补贴？"}), log=log)
    assert texts(answer) == (
        "补贴？\n\n每月补贴600元。[1]\n补贴按季度发放。[2]\n\n出处：\n"
        "[1] 《关于提高托育补贴的通知》（政策文件，2026年1月16日）：“每月补贴600元”\n"
        "[2] 《关于提高托育补贴的通知》（政策文件，2026年1月16日）：“补贴按季度发放。”"
    )
    assert (answer.structured_content["status"], answer.structured_content["id"]) == ("answered", "answer1")
    assert answer.structured_content["sentences"][0]["citations"][0]["quote"] == "每月补贴600元"
    assert log.read("answer1") is not None


def test_a_refusal_is_a_result_and_no_error():
    answer = here(lambda client: client.call_tool("ask", {"question": "火星上有水吗？"}))
    assert (answer.is_error, answer.structured_content["status"]) == (False, "no_evidence")
    assert texts(answer) == f"火星上有水吗？\n\n{refusal(Status.NO_EVIDENCE, (ARTICLE, PROPOSAL))}"


def test_an_agent_hears_what_is_done_meanwhile():
    heard: list[tuple[float, str | None]] = []

    async def do(client: Client) -> None:
        async def hear(done: float, total: float | None, words: str | None) -> None:
            heard.append((done, words))

        await client.call_tool("ask", {"question": "补贴？"}, progress_callback=hear)

    here(do)
    assert heard[-1][1] == "reading"
    assert [done for done, _ in heard] == [*range(1, len(heard) + 1)]


def test_a_question_may_be_limited_to_an_article():
    bot = FakeBot()
    here(lambda client: client.call_tool("ask", {"question": "补贴？", "within": "subsidy"}), bot)
    assert bot.within == ["subsidy"]


def test_passages_and_articles_are_text_and_values():
    found = here(lambda client: client.call_tool("search", {"query": "图书馆", "limit": 1}))
    assert texts(found) == f"1. 《县图书馆新馆开馆》（library）：{NEWS.text}"
    assert found.structured_content["hits"][0]["passage_id"] == "library#0"
    article = here(lambda client: client.call_tool("read_article", {"article_id": "library"}))
    assert texts(article) == f"县图书馆新馆开馆\n要闻 · 记者 林晓 · 2026年1月16日\n{NEWS.text}"
    assert article.structured_content["text"] == NEWS.text


@pytest.mark.parametrize(
    ("tool", "given", "words"),
    [
        ("ask", {"question": " "}, "请先写下问题。"),
        ("ask", {"question": "问" * 501}, "写了 501 字，超过 500 字，请缩短后再试。"),
        ("ask", {"question": "补贴？", "within": "nothing"}, "within：没有这篇文章。"),
        ("ask", {"question": "出错"}, refusal(Status.ERROR)),
        ("read_article", {"article_id": "../library"}, "没有这个地址或内容"),
    ],
)
def test_what_gets_no_result_is_an_error_that_says_why(tool: str, given: dict[str, str], words: str):
    result = here(lambda client: client.call_tool(tool, given))
    assert (result.is_error, texts(result)) == (True, f"Error executing tool {tool}: {words}")


def test_articles_are_resources():
    listed = here(lambda client: client.read_resource("wence://articles")).contents[0].text.splitlines()
    assert listed[0] == "wence://articles/aluminium\t延长铝产业链 做强兴县铝镁新材料\t2026-01-18"
    read = here(lambda client: client.read_resource("wence://articles/library")).contents[0].text
    assert read == f"县图书馆新馆开馆\n要闻 · 记者 林晓 · 2026年1月16日\n{NEWS.text}"
    assert here(refused(lambda client: client.read_resource("wence://articles/nothing"))) == "nothing"


def test_over_http_an_agent_comes_in_with_a_key_and_may_what_its_scopes_say():
    answer = over_http(lambda client: client.call_tool("ask", {"question": "补贴？"}), WHOLE)
    assert answer.structured_content["status"] == "answered"
    found = over_http(lambda client: client.call_tool("search", {"query": "补贴"}), READER)
    assert found.structured_content["hits"][0]["passage_id"] == "subsidy#0"
    asked = over_http(refused(lambda client: client.call_tool("ask", {"question": "补贴？"})), READER)
    assert asked == "密钥没有这项权限"


def test_over_http_nobody_comes_in_without_a_key():
    async def ask() -> httpx2.Response:
        app = ui.build_app(FakeBot(), FakeLog(), FakeKeys())
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://wence.test") as http:
            return await http.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})

    response = asyncio.run(ask())
    assert (response.status_code, response.json()["code"]) == (401, "no-key")
