"""REST under /api/v1: ask, search, articles, feedback, and whether all is well; its description is /api/v1/openapi.json, for people /api/v1/docs.

A refusal is an answer like any other: 200, its status says which. Only what got no answer is a problem (`chat.api.problems`).
"""

from collections.abc import AsyncIterable
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBearer
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic.json_schema import models_json_schema

from chat.api import shapes
from chat.api.access import Access, Gate, need
from chat.api.asked import last_event, problem_of, question_of
from chat.api.problems import (
    MEDIA_TYPE,
    PROBLEMS,
    ApiProblem,
    add_problem_handlers,
    answered_problem,
    language_of,
    problem_body,
)
from chat.asking import LONGEST_LINE, Asked, Event, Found, Question, Waiting
from chat.door import GUARDS
from chat.pages import Look, api_page
from chat.service import Service
from chat.sources import find_articles
from desk.clock import now
from desk.keys import Scope
from desk.plain import clean
from desk.privacy import mask
from rag.datatypes import Kind, Progress, Sentence

OPEN_PATHS = ("/health", "/ready", "/openapi.json", "/docs")  # they tell nothing of articles or citizens
PAGE_HEADERS = {name.decode(): value.decode() for name, value in GUARDS}
DESCRIPTION = (
    "Questions about policy articles, answered in checked sentences with the paragraph each comes from, or refused honestly. "
    "Send a key as `Authorization: Bearer …`. Problems are `application/problem+json` (RFC 9457)."
)
bearer = HTTPBearer(auto_error=False, description="A key made by `wence key add NAME`.")


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The problems of an operation as OpenAPI describes them, besides those that every operation may have."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in (*codes, "no-key", "scope", "rate", "too-large", "failed", "away"):
        status, _, title = PROBLEMS[code]
        told = {"schema": {"$ref": "#/components/schemas/Problem"}}
        before = found.get(status, {}).get("description")
        found[status] = {
            "description": f"{before}; {title}" if before else title,
            "content": {MEDIA_TYPE: told},
        }
    return found


def may(scope: Scope) -> Any:
    """The dependency of an operation that needs this scope."""

    async def check(request: Request, _: Annotated[object, Depends(bearer)]) -> None:
        need(request.state.key, scope)

    return Depends(check)


def build_rest(service: Service, access: Access) -> FastAPI:
    """The application that stands under /api/v1."""
    app = FastAPI(
        title="Wence", version="1", description=DESCRIPTION, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.add_middleware(partial(Gate, access=access, answer=answered_problem, is_open=OPEN_PATHS))
    add_problem_handlers(app)
    add_asking(app, service)
    add_reading(app, service)
    add_feedback(app, service)
    add_health(app, service, access)
    describe(app)

    @app.get("/docs", include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        look = Look(language_of(request), root="../../")
        described = app.openapi() | {"servers": [{"url": request.scope["root_path"]}]}
        return HTMLResponse(api_page(look, described, PROBLEMS), headers=PAGE_HEADERS)

    return app


def describe(app: FastAPI) -> None:
    """Problems are described by their own schema, and what FastAPI says of its own errors is left out."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            made()
            assert app.openapi_schema is not None
            schemas = app.openapi_schema["components"]["schemas"]
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            template = "#/components/schemas/{model}"
            _, described = models_json_schema([(shapes.Problem, "serialization")], ref_template=template)
            schemas.update(described["$defs"])
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


# ---------------------------------------------------------------- asking


def sse(event: Event, lang: str) -> ServerSentEvent:
    """An event of asking as it is sent: its name, and its data as JSON."""
    match event:
        case Waiting(before):
            return ServerSentEvent(event="progress", data=shapes.Progress(step="waiting", before=before))
        case Progress(step, found):
            return ServerSentEvent(event="progress", data=shapes.Progress(step=step, found=found))
        case Sentence():
            return ServerSentEvent(event="sentence", data=shapes.answer_sentence(event))
        case Asked(answer, answer_id):
            return ServerSentEvent(event="answer", data=shapes.answer_body(answer, answer_id))
    problem = problem_of(event)
    detail = problem.detail.message(lang) if problem.detail else ""
    return ServerSentEvent(event="problem", data=problem_body(problem.code, lang, detail))


def add_asking(app: FastAPI, service: Service) -> None:
    async def asked(body: shapes.Ask) -> tuple[Question, str]:
        history = [(turn.question, turn.answer) for turn in body.history]
        return question_of(service, body.question, history, body.within), body.conversation

    @app.post("/ask", responses=problems("invalid", "not-found", "crowded"), dependencies=[may(Scope.ASK)])
    async def ask(request: Request, given: Annotated[tuple[Question, str], Depends(asked)]) -> shapes.AnswerBody:
        """The whole answer, or a refusal, at once."""
        async with aclosing(service.ask(*given)) as batches:
            event = await last_event(batches, request)
        if not isinstance(event, Asked):
            raise problem_of(event)
        return shapes.answer_body(event.answer, event.answer_id)

    @app.post(
        "/ask/stream",
        response_class=EventSourceResponse,
        responses=problems("invalid", "not-found", "crowded"),
        dependencies=[may(Scope.ASK)],
    )
    async def ask_stream(
        request: Request, given: Annotated[tuple[Question, str], Depends(asked)]
    ) -> AsyncIterable[ServerSentEvent]:
        """The same as server-sent events: `progress`, each `sentence` once it is checked, and last the whole `answer`, or a `problem`.
        What was shown holds: the answer has the same sentences."""
        lang = language_of(request)
        async with aclosing(service.ask(*given)) as batches:
            async for events in batches:
                for event in events:
                    yield sse(event, lang)


# ---------------------------------------------------------------- searching and reading


def add_reading(app: FastAPI, service: Service) -> None:
    @app.post("/search", responses=problems("invalid", "crowded"), dependencies=[may(Scope.READ)])
    async def search(body: shapes.Search, request: Request) -> shapes.SearchResult:
        """The passages that fit best. It is no answer: nothing here was checked against the question."""
        query = question_of(service, body.query, [])
        async with aclosing(service.search(query, body.limit)) as batches:
            event = await last_event(batches, request)
        if not isinstance(event, Found):
            raise problem_of(event)
        return shapes.search_result(event.hits, now().date())

    @app.get("/articles", responses=problems("invalid"), dependencies=[may(Scope.READ)])
    async def articles(
        q: Annotated[str, Query(max_length=shapes.MAX_WORDS, description="Words, all of which stand in it.")] = "",
        kind: Kind | None = None,
        limit: Annotated[int, Query(ge=1, le=shapes.MAX_ARTICLES)] = 30,
        offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
    ) -> shapes.ArticleList:
        """The articles that hold every word; titles and names before texts, else newest first."""
        found = await run_in_threadpool(find_articles, service.bot.articles, clean(q), kind)
        listed = [shapes.article_summary(article, now().date()) for article in found[offset : offset + limit]]
        return shapes.ArticleList(total=len(found), offset=offset, articles=listed)

    @app.get("/articles/{article_id:path}", responses=problems("invalid", "not-found"), dependencies=[may(Scope.READ)])
    async def article(article_id: str) -> shapes.ArticleBody:
        """One article whole; a citation's offsets count in its text."""
        found = service.article(article_id)
        if found is None:
            raise ApiProblem("not-found")
        return shapes.article_body(found, now().date())


def add_feedback(app: FastAPI, service: Service) -> None:
    @app.post(
        "/feedback", status_code=204, responses=problems("invalid", "not-found"), dependencies=[may(Scope.FEEDBACK)]
    )
    async def feedback(body: shapes.Feedback) -> Response:
        """A citizen's thumb for an answer, which staff see."""
        log, answer_id = service.log, clean(body.answer_id)
        if log is None or await run_in_threadpool(log.read, answer_id) is None:
            raise ApiProblem("not-found")
        await run_in_threadpool(log.rate, answer_id, body.good, mask(body.reason))
        return Response(status_code=204)


def add_health(app: FastAPI, service: Service, access: Access) -> None:
    @app.get("/health")
    async def health() -> shapes.Health:
        """The process answers."""
        return shapes.Health()

    @app.get("/ready", responses={503: {"model": shapes.Ready, "description": "Not now."}})
    async def ready(response: Response) -> shapes.Ready:
        """Whether questions are taken now: the line is not full, and the keys can be asked."""
        keys, waiting = await access.can_tell(), len(service.line)
        state = shapes.Ready(
            ready=keys and waiting < LONGEST_LINE,
            articles=len(service.bot.articles),
            waiting=waiting,
            keys=keys,
            model=not service.bot.problems,
        )
        response.status_code = 200 if state.ready else 503
        return state
