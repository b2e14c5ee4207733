"""From what a client sent to a question, and from how it ended to what the client is told: alike in every form."""

from collections.abc import AsyncIterator, Sequence

from fastapi import Request

from chat.api.problems import ApiProblem
from chat.asking import LAST, LONGEST_LINE, Crowded, Event, Failed, Question
from chat.service import MAX_ANSWER, Service, refused_question, typed_question
from chat.turns import history_from_json
from rag.answering.refusals import REFUSALS
from rag.datatypes import Status
from rag.errors import UserError

RETRY = {"Retry-After": "10"}  # seconds after which a crowded line may be tried again


def question_of(service: Service, text: str, history: Sequence[tuple[str, str]], within: str | None = None) -> Question:
    """What was asked; ApiProblem where it is no question that can be asked, too many wait, or the article is not there."""
    typed = typed_question(text)
    if refused := refused_question(typed):
        raise ApiProblem("invalid", refused)
    if len(service.line) >= LONGEST_LINE:
        raise ApiProblem("crowded", headers=RETRY)
    if within is not None and service.article(within) is None:
        raise ApiProblem("not-found", UserError("within：没有这篇文章。", "within: there is no such article."))
    return Question(typed, history_from_json([*map(list, history)], MAX_ANSWER), within)


async def last_event(batches: AsyncIterator[list[Event]], request: Request) -> Event:
    """The last of the events. Who has gone meanwhile ends it."""
    async for events in batches:
        for event in events:
            if isinstance(event, LAST):
                return event
        if await request.is_disconnected():
            break
    return Failed(None)


def problem_of(event: Event) -> ApiProblem:
    """Why there is no result."""
    if isinstance(event, Crowded):
        return ApiProblem("crowded", headers=RETRY)
    error = event.error if isinstance(event, Failed) else None
    if error is None:
        return ApiProblem("failed", UserError(*REFUSALS[Status.ERROR]))
    return ApiProblem("invalid", error)
