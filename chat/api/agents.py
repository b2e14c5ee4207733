"""The Model Context Protocol: agents ask, search and read by tools, and find articles as resources. The only importer of `mcp`.

Over streamable HTTP each request stands alone (no sessions), so that any of several processes may answer it; over stdio one agent on
this machine speaks to a chatbot of its own.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, TypeVar

from fastapi import FastAPI
from mcp.server import MCPServer, ServerRequestContext
from mcp.server.context import CallNext, HandlerResult
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.mcpserver.resources import ResourceSecurity
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_REQUEST, CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from chat.answers import plain_text
from chat.api.access import Access, Gate, need
from chat.api.asked import problem_of, question_of
from chat.api.problems import PROBLEMS, ApiProblem, answered_problem
from chat.api.shapes import (
    MAX_HITS,
    AnswerBody,
    ArticleBody,
    SearchResult,
    answer_body,
    article_body,
    search_result,
)
from chat.asking import LAST, Asked, Event, Found, Waiting
from chat.service import Service
from chat.sources import byline
from chat.turns import turn_of
from desk.clock import now
from desk.keys import Scope as KeyScope
from rag.datatypes import Article, Progress
from rag.errors import UserError

INSTRUCTIONS = (
    "Answers about Chinese policy articles, each sentence checked against the paragraph that it cites. Ask in Chinese. A refusal "
    "(status no_evidence, insufficient, out_of_scope, blocked) means that the articles do not say: tell it, and add nothing. "
    "Keep the [n] and name the sources; kind `proposal` is a suggestion, not a rule; state `expired` or `superseded` is no longer in force."
)
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
ARTICLES = "wence://articles"
# The scopes that are needed; other methods tell nothing of articles.
TOOLS = {"ask": KeyScope.ASK, "search": KeyScope.READ, "read_article": KeyScope.READ}
METHODS = {"resources/read": KeyScope.READ}
Agent = Context[Any, Any]
Body = TypeVar("Body", bound=BaseModel)


def build_agents(service: Service) -> MCPServer[Any]:
    """The tools ask, search and read_article, and the articles as resources, over the service that the pages use."""
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    server: MCPServer[Any] = MCPServer(
        "wence", title="问策", instructions=INSTRUCTIONS, log_level="WARNING", middleware=[allowed]
    )
    root.handlers[:] = handlers  # the library sets up logging of its own, which would not be masked
    root.setLevel(level)
    add_tools(server, service)
    add_resources(server, service)
    return server


def add_tools(server: MCPServer[Any], service: Service) -> None:
    @server.tool(annotations=READS)
    async def ask(
        question: Annotated[str, Field(description="A question in everyday Chinese, one at a time.")],
        agent: Agent,
        within: Annotated[str | None, Field(description="The id of the only article that may answer.")] = None,
    ) -> Annotated[CallToolResult, AnswerBody]:
        """Answers a question about policies in sentences that are checked against the paragraph they cite, or says honestly that the
        articles do not tell."""
        asked = checked(service, question, within)
        async with aclosing(service.ask(asked)) as batches:
            event = await outcome(batches, agent)
        if not isinstance(event, Asked):
            raise failure(problem_of(event))
        return result(plain_text(turn_of(event.answer)), answer_body(event.answer, event.answer_id))

    @server.tool(annotations=READS)
    async def search(
        query: str, agent: Agent, limit: Annotated[int, Field(ge=1, le=MAX_HITS)] = 5
    ) -> Annotated[CallToolResult, SearchResult]:
        """Finds the passages of the articles that fit best. They are no answer: nothing was checked against the question."""
        asked = checked(service, query)
        async with aclosing(service.search(asked, limit)) as batches:
            event = await outcome(batches, agent)
        if not isinstance(event, Found):
            raise failure(problem_of(event))
        lines = (
            f"{hit.rank}. 《{hit.passage.article.title}》（{hit.passage.article.id}）：{hit.passage.text}"
            for hit in event.hits
        )
        return result("\n".join(lines), search_result(event.hits, now().date()))

    @server.tool(annotations=READS)
    async def read_article(article_id: str) -> Annotated[CallToolResult, ArticleBody]:
        """One article whole, with its state today; a citation's offsets count in its text."""
        article = service.article(article_id)
        if article is None:
            raise failure(ApiProblem("not-found"))
        return result(whole_text(article), article_body(article, now().date()))


def add_resources(server: MCPServer[Any], service: Service) -> None:
    @server.resource(ARTICLES, name="articles", mime_type="text/plain")
    async def listed() -> str:
        """All articles, one a line: the address of its resource, its title, its day."""
        articles = sorted(service.bot.articles, key=lambda article: article.published or "", reverse=True)
        return "\n".join(f"{ARTICLES}/{a.id}\t{a.title}\t{a.published or ''}" for a in articles)

    anything = ResourceSecurity(exempt_params={"article_id"})  # it is looked up among our own ids, never a path

    @server.resource(f"{ARTICLES}/{{+article_id}}", name="article", mime_type="text/plain", security=anything)
    async def whole(article_id: str) -> str:
        """One article whole."""
        article = service.article(article_id)
        if article is None:
            raise ResourceNotFoundError(article_id)
        return whole_text(article)


def whole_text(article: Article) -> str:
    return "\n".join(filter(None, (article.title, byline(article), "", article.text)))


def checked(service: Service, text: str, within: str | None = None) -> Any:
    try:
        return question_of(service, text, [], within)
    except ApiProblem as problem:
        raise failure(problem) from None


def failure(problem: ApiProblem) -> ToolError:
    """What the agent reads in the place of a result."""
    return ToolError(words_of(problem))


def words_of(problem: ApiProblem) -> str:
    kind = PROBLEMS[problem.code]
    return str(problem.detail or UserError(kind.zh, kind.en))


async def allowed(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """What the agent wants, where the key with which it came may have that. Over stdio there is no request, and no key."""
    scope = METHODS.get(ctx.method)
    if ctx.method == "tools/call":
        scope = TOOLS.get(str((ctx.params or {}).get("name")), KeyScope.ASK)
    if ctx.request is not None and scope is not None:
        try:
            need(ctx.request.state.key, scope)
        except ApiProblem as problem:
            raise MCPError(INVALID_REQUEST, words_of(problem)) from None
    return await call_next(ctx)


async def outcome(batches: AsyncIterator[list[Event]], agent: Agent) -> Event:
    """The last event; what is done meanwhile is told as progress."""
    told = 0
    async for events in batches:
        for event in events:
            if isinstance(event, LAST):
                return event
            words = f"waiting: {event.before} before" if isinstance(event, Waiting) else None
            words = event.step if isinstance(event, Progress) else words
            if words:
                told += 1
                await agent.report_progress(told, message=words)
    raise failure(ApiProblem("failed"))


def result(text: str, body: BaseModel) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=body.model_dump(mode="json")
    )


# ---------------------------------------------------------------- over HTTP


class Standalone:
    """The server as an ASGI application of which each request stands alone. A key is needed, which no web page has: so the check of
    hosts and origins, which guards servers without keys, is off."""

    def __init__(self, server: MCPServer[Any]) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        open_to_hosts = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        app = self._server.streamable_http_app(stateless_http=True, transport_security=open_to_hosts)
        async with app.router.lifespan_context(app):
            await app(scope, receive, send)


def mount_agents(app: FastAPI, service: Service, access: Access) -> None:
    """Streamable HTTP at /mcp."""
    server = Standalone(build_agents(service))
    app.router.routes.insert(0, Route("/mcp", Gate(server, access, answered_problem)))
