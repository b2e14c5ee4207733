"""One question's way through the chatbot, as small events for the page: who waits sees its place, who stops is heard at
once, sentences come as they are checked. It knows asyncio and threads, and nothing of HTML or of how events are sent."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from desk.log import LogAwayError
from desk.privacy import mask
from rag.datatypes import Answer, Article, Hit, Match, Progress, Sentence
from rag.errors import UserError

log = logging.getLogger("wence")

AT_ONCE = 1  # answers written at a time: the models are one
LONGEST_LINE = 60
PULSE = 2.0  # seconds after which an empty batch shows whoever listens that it goes on, and shows us who has gone
PAUSE = 0.015  # seconds between two updates of a page: less than anyone sees, more than a page is busy


class Streaming(Protocol):
    """What answers one question, or matches one description, or searches, event by event."""

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = ...,
        cancelled: Callable[[], bool] = ...,
        *,
        within: str | None = ...,
    ) -> "Iterable[Progress | Sentence | Answer | Matched | Found]": ...


class Bot(Streaming, Protocol):
    """What the page needs of a chatbot."""

    @property
    def articles(self) -> Sequence[Article]: ...

    @property
    def problems(self) -> Sequence[UserError]: ...

    def example_questions(self) -> Sequence[str]: ...

    def matching(self, description: str) -> Sequence[Match]: ...

    def search(self, question: str, top_k: int) -> Sequence[Hit]: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many are before this one."""

    before: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """The citizen stopped it; what has come stays."""


@dataclass(frozen=True, slots=True)
class Crowded:
    """Too many wait; this one is not taken."""


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer came. `error` has a line for the citizen, or is None for what only the log tells."""

    error: UserError | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer, and the public id under which it was kept; "" where it was not."""

    answer: Answer
    answer_id: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """What concerns who described themselves."""

    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class LookUp:
    """Matches or searches in the place of answering questions, so that it waits in the same line."""

    look: Callable[[str], Matched | Found]

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        cancelled: Callable[[], bool] = lambda: False,
        *,
        within: str | None = None,
    ) -> Iterator[Matched | Found]:
        yield self.look(question)


Event = Waiting | Progress | Sentence | Asked | Matched | Found | Stopped | Crowded | Failed
LAST = (Asked, Matched, Found, Stopped, Crowded, Failed)
Keep = Callable[[Answer, float], str]  # stores an answer and the seconds it took; gives its public id


class WaitingLine:
    """The waiting line: first come, first served. Used from one event loop."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._line: list[object] = []
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._line)

    async def places(self, ticket: object) -> AsyncIterator[int]:
        """How many are before, whenever that changes; ends when it is this one's turn. `leave` afterwards, always."""
        self._line.append(ticket)
        seen = 0
        while True:
            changed = self._changed  # held before looking: whoever leaves while the place is being shown is not missed
            before = self._line.index(ticket) - self._at_once + 1
            if before <= 0:
                return
            if before != seen:
                yield before
            seen = before
            await changed.wait()

    def leave(self, ticket: object) -> None:
        if ticket in self._line:
            self._line.remove(ticket)
            self._changed.set()
            self._changed = asyncio.Event()


@dataclass(eq=False, slots=True)
class Question:
    """What was asked, and whether it was stopped."""

    text: str
    history: Sequence[tuple[str, str]] = ()
    within: str | None = None
    _stopped: threading.Event = field(default_factory=threading.Event)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """To be called in the event loop."""
        self._stopped.set()
        self._heard.set()

    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    async def heard(self) -> None:
        await self._heard.wait()


class Tickets:
    """Which question may be stopped by which ticket. "" is none; of two questions with one ticket neither is stopped."""

    def __init__(self) -> None:
        self._held: list[tuple[str, Question]] = []

    def hold(self, ticket: str, question: Question) -> None:
        if ticket:
            self._held.append((ticket, question))

    def give_back(self, question: Question) -> None:
        self._held = [(ticket, other) for ticket, other in self._held if other is not question]

    def stop(self, ticket: str) -> None:
        """To be called in the event loop."""
        questions = [question for held, question in self._held if held == ticket]
        if len(questions) == 1:
            questions[0].stop()


async def ask(bot: Streaming, line: WaitingLine, question: Question, keep: Keep) -> AsyncGenerator[list[Event], None]:
    """The events in batches, at most one every `PAUSE` seconds and at least an empty one every `PULSE`; the last event is
    one of `LAST`. Who closes this iterator has gone: the question is stopped."""
    batches = in_turn(bot, line, question, keep)
    coming: asyncio.Future[list[Event] | None] = asyncio.ensure_future(next_batch(batches))
    try:
        while True:
            await asyncio.wait((coming,), timeout=PULSE)
            if not coming.done():
                yield []
                continue
            batch = coming.result()
            if batch is None:
                return
            yield batch
            coming = asyncio.ensure_future(next_batch(batches))
    finally:
        question.stop()
        coming.cancel()
        await asyncio.wait((coming,))
        await batches.aclose()


async def next_batch(batches: AsyncIterator[list[Event]]) -> list[Event] | None:
    return await anext(batches, None)


async def in_turn(
    bot: Streaming, line: WaitingLine, question: Question, keep: Keep
) -> AsyncGenerator[list[Event], None]:
    """The events once it is the question's turn. The thread that runs the bot keeps its place in the line until it has
    really ended, whatever the page does."""
    if len(line) >= LONGEST_LINE:
        yield [Crowded()]
        return
    started = False
    try:
        async for before in until_stopped(line.places(question), question):
            yield [Waiting(before)]
        if question.is_stopped():
            yield [Stopped()]
            return
        events = run(bot, question, keep, lambda: line.leave(question))
        started = True
        async for batch in in_batches(events, question):
            yield batch
    finally:
        if not started:
            line.leave(question)


def run(bot: Streaming, question: Question, keep: Keep, ended: Callable[[], None]) -> "asyncio.Queue[Event]":
    """Run the bot in a thread of its own; its events come in the queue. `ended` is called in the event loop."""
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[Event] = asyncio.Queue()

    def tell(hear: Callable[..., object], *what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server is going down
            loop.call_soon_threadsafe(hear, *what)

    def put(event: Event) -> None:
        tell(events.put_nowait, event)

    def last_of() -> Event:
        begun = time.perf_counter()
        within = {"within": question.within} if question.within else {}
        for event in bot.stream(question.text, question.history, question.is_stopped, **within):
            if question.is_stopped():
                return Stopped()
            if isinstance(event, Answer):
                return Asked(event, kept(keep, event, time.perf_counter() - begun))
            if isinstance(event, Matched | Found):
                return event
            put(event)
        return Failed(None)

    def work() -> None:
        last: Event = Failed(None)
        try:
            last = last_of()
        except UserError as error:
            last = Failed(error)
        except Exception:
            level = logging.DEBUG if question.is_stopped() else logging.ERROR  # a stop is no error
            log.log(level, "no answer to %s", mask(question.text), exc_info=True)
        finally:
            tell(ended)  # first: whoever reads the last event finds the place free
            put(last)

    threading.Thread(target=work, name="answer", daemon=True).start()
    return events


def kept(keep: Keep, answer: Answer, seconds: float) -> str:
    """Store the answer. Where that fails the citizen still gets it, without a link."""
    try:
        return keep(answer, seconds)
    except LogAwayError as error:
        log.error("the answer is not stored yet: %s", error.message("en"))
    except Exception:
        log.exception("the answer could not be stored")
    return ""


async def in_batches(events: "asyncio.Queue[Event]", question: Question) -> AsyncIterator[list[Event]]:
    """What has come, at once at first and then every `PAUSE` seconds; of several progress notes the last one."""
    while True:
        getting, stopping = asyncio.ensure_future(events.get()), asyncio.ensure_future(question.heard())
        await asyncio.wait((getting, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not getting.done():
            getting.cancel()
            yield [Stopped()]
            return
        batch = [getting.result()]
        while not events.empty():
            batch.append(events.get_nowait())
        last = next((number for number, event in enumerate(batch) if isinstance(event, LAST)), None)
        yield newest_progress(batch if last is None else batch[: last + 1])
        if last is not None:
            return
        await asyncio.sleep(PAUSE)


def newest_progress(batch: Sequence[Event]) -> list[Event]:
    notes = [event for event in batch if isinstance(event, Progress)]
    return [event for event in batch if not isinstance(event, Progress) or event is notes[-1]]


async def until_stopped(places: AsyncIterator[int], question: Question) -> AsyncIterator[int]:
    """The places, until the turn comes or the question is stopped."""
    while True:
        coming = asyncio.ensure_future(anext(places, None))
        stopping = asyncio.ensure_future(question.heard())
        await asyncio.wait((coming, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not coming.done():
            coming.cancel()
            return
        before = coming.result()
        if before is None:
            return
        yield before
