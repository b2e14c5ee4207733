"""OpenAI's form of asking under /v1, for clients that speak it: chat/completions, streamed or not, and models.

    messages -> the last one is the question, those before it the conversation -> chat.service -> text with [n], `annotations` that
    lead from each [n] to its article, and in `wence` the whole answer with its status, citations and states

There is one model, and it answers from the articles alone: system messages and sampling settings change nothing. What would change
what a client gets and cannot be done (tools, several choices, pictures, a JSON form) is refused.
"""

import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from chat.answers import source_address
from chat.api.access import Access, Gate, need
from chat.api.asked import last_event, problem_of, question_of
from chat.api.problems import OF_STATUS, PROBLEMS, ApiProblem, language_of
from chat.api.shapes import answer_body
from chat.asking import LAST, Asked, Question
from chat.service import MAX_QUESTION, Service
from chat.turns import cited_place
from desk.keys import Scope
from rag.datatypes import Answer, Sentence, mark
from rag.errors import UserError

MODEL = "wence"
MADE = 1_767_225_600  # 2026-01-01, when the model is said to have been created: the form asks for a moment
NO_USAGE = {
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "total_tokens": 0,
}  # not counted; some clients fail without the numbers
MARKER = re.compile(r"\[\d{1,3}\]")
# What a client that knows OpenAI's errors tells them by: (code, type) of our kinds of problem.
ERRORS = {
    "no-key": ("invalid_api_key", "authentication_error"),
    "scope": ("insufficient_permissions", "permission_error"),
    "rate": ("rate_limit_exceeded", "rate_limit_error"),
    "not-found": ("model_not_found", "invalid_request_error"),
}


class Part(BaseModel):
    """A part of a message."""

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """One message of the conversation."""

    role: str
    content: str | list[Part] | None = None

    def text(self) -> str:
        return self.content if isinstance(self.content, str) else "".join(part.text for part in self.content or ())

    def is_text(self) -> bool:
        return not isinstance(self.content, list) or all(part.type == "text" for part in self.content)


class Completion(BaseModel):
    """What is read of a request; what else clients send of their own accord (temperature, max_tokens) changes nothing."""

    model: str
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=1_000)]
    stream: bool = False
    n: int | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: dict[str, Any] | None = None


class Piece(NamedTuple):
    """What a choice of a completion says: of a whole answer a `message`, of a stream a `delta`."""

    name: str
    said: dict[str, Any]
    finished: bool


def openai_error(request: Request, error: ApiProblem, param: str | None = None) -> Response:
    status = PROBLEMS[error.code].status
    body = {"error": error_body(error.code, error_words(request, error), param)}
    return JSONResponse(
        body, 400 if status == 422 else status, error.headers
    )  # 400: as OpenAI answers what does not fit


def error_words(request: Request, error: ApiProblem) -> str:
    problem, lang = PROBLEMS[error.code], language_of(request)
    return (error.detail or UserError(problem.zh, problem.en)).message(lang)


def error_body(kind: str, message: str, param: str | None = None) -> dict[str, Any]:
    own = "server_error" if PROBLEMS[kind].status >= 500 else "invalid_request_error"
    code, type_ = ERRORS.get(kind, (kind, own))
    return {"message": message, "type": type_, "param": param, "code": code}


def build_completions(service: Service, access: Access) -> FastAPI:
    """The application that stands under /v1."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.add_middleware(partial(Gate, access=access, answer=openai_error))
    add_errors(app)

    def may_ask(request: Request) -> None:
        need(request.state.key, Scope.ASK)

    @app.get("/models", dependencies=[Depends(may_ask)])
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [described_model()]}

    @app.get("/models/{model}", dependencies=[Depends(may_ask)])
    async def one_model(model: str) -> dict[str, Any]:
        require_model(model)
        return described_model()

    @app.post("/chat/completions", dependencies=[Depends(may_ask)])
    async def complete(asked: Completion, request: Request) -> Response:
        question = question_in(service, asked)
        if asked.stream:
            events = streamed(service, question, request)
            return StreamingResponse(events, media_type="text/event-stream")
        async with aclosing(service.ask(question)) as batches:
            event = await last_event(batches, request)
        if not isinstance(event, Asked):
            raise problem_of(event)
        found = annotations(event.answer, str(request.base_url))
        message = {"role": "assistant", "content": event.answer.text, "refusal": None, "annotations": found}
        completion = completion_body(completion_id(), "chat.completion", Piece("message", message, True))
        return JSONResponse(completion | {"usage": NO_USAGE} | whole(event))

    return app


def add_errors(app: FastAPI) -> None:
    @app.exception_handler(ApiProblem)
    async def told(request: Request, error: ApiProblem) -> Response:
        return openai_error(request, error)

    @app.exception_handler(RequestValidationError)
    async def unfit(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return openai_error(request, ApiProblem("invalid"), ".".join(map(str, first["loc"][1:])))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return openai_error(request, ApiProblem(OF_STATUS.get(error.status_code, "invalid")))


# ---------------------------------------------------------------- taken


def question_in(service: Service, asked: Completion) -> Question:
    """The last message as a question, the pairs before it as its conversation; ApiProblem where it cannot be answered."""
    require_model(asked.model)
    unfit = {
        "tools": bool(asked.tools or asked.functions),
        "n": asked.n not in (None, 1),
        "response_format": (asked.response_format or {}).get("type", "text") != "text",
        "messages": not all(message.is_text() for message in asked.messages),
    }
    if wrong := [name for name, is_unfit in unfit.items() if is_unfit]:
        words = ", ".join(wrong)
        raise ApiProblem("invalid", UserError(f"不支持：{words}。", f"Not supported: {words}."))
    spoken = [message for message in asked.messages if message.role in ("user", "assistant")]
    if not spoken or spoken[-1].role != "user":
        raise ApiProblem("invalid", UserError("最后一条消息应是提问。", "The last message must be the user's."))
    return question_of(service, spoken[-1].text(), pairs(spoken[:-1]))


def pairs(messages: Sequence[ChatMessage]) -> list[tuple[str, str]]:
    """Each question that was followed by an answer, with it; the answer's [n] meant something there alone."""
    return [
        (asked.text()[:MAX_QUESTION], MARKER.sub("", answer.text()))
        for asked, answer in pairwise(messages)
        if (asked.role, answer.role) == ("user", "assistant")
    ]


def require_model(model: str) -> None:
    if model != MODEL:
        raise ApiProblem("not-found", UserError(f"这里只有模型 {MODEL}。", f"The only model here is {MODEL}."))


# ---------------------------------------------------------------- given


def described_model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": MADE, "owned_by": MODEL}


def completion_id() -> str:
    return f"chatcmpl-{secrets.token_urlsafe(16)}"


def completion_body(id: str, kind: str, piece: Piece) -> dict[str, Any]:
    reason = "stop" if piece.finished else None
    choice = {"index": 0, piece.name: piece.said, "finish_reason": reason, "logprobs": None}
    return {"id": id, "object": kind, "created": int(time.time()), "model": MODEL, "choices": [choice]}


def whole(event: Asked) -> dict[str, Any]:
    return {"wence": answer_body(event.answer, event.answer_id).model_dump(mode="json")}


def annotations(answer: Answer, base: str) -> list[dict[str, Any]]:
    """Where each [n] stands in the text and which article it leads to; `base`: the address of the chat."""
    found: list[dict[str, Any]] = []
    places = [cited_place(citation) for citation in answer.citations]
    addresses = {place.number: base + source_address(place, places) for place in places}
    at = 0
    for sentence in answer.sentences:
        start = at + len(sentence.text)
        for citation in sentence.citations:
            end = start + len(f"[{citation.number}]")
            place = {"start_index": start, "end_index": end, "title": citation.article.title}
            found.append({"type": "url_citation", "url_citation": place | {"url": addresses[citation.number]}})
            start = end
        at = start + 1  # the line's end
    return found


async def streamed(service: Service, question: Question, request: Request) -> AsyncIterator[str]:
    """The completion in pieces: each sentence as it is checked; with the last piece the annotations and the whole answer."""
    id, said = completion_id(), ""

    def chunk(finished: bool = False, **delta: Any) -> dict[str, Any]:
        return completion_body(id, "chat.completion.chunk", Piece("delta", delta, finished))

    yield line_of(chunk(role="assistant", content=""))
    async with aclosing(service.ask(question)) as batches:
        async for events in batches:
            if not events:
                yield ": waiting\n\n"
            for event in events:
                if isinstance(event, Sentence):
                    more = "\n" * bool(said) + mark(event)
                    said += more
                    yield line_of(chunk(content=more))
                elif isinstance(event, Asked):
                    rest = event.answer.text.removeprefix(said)  # the note, which comes after the sentences
                    found = annotations(event.answer, str(request.base_url))
                    yield line_of(chunk(True, content=rest, annotations=found) | whole(event))
                elif isinstance(event, LAST):
                    problem = problem_of(event)
                    yield line_of({"error": error_body(problem.code, error_words(request, problem))})
    yield "data: [DONE]\n\n"


def line_of(values: dict[str, Any]) -> str:
    return f"data: {json.dumps(values, ensure_ascii=False)}\n\n"
