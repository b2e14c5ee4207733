"""A question's way: the waiting line, stopping, errors, and the batches in which events come."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from chat import asking
from chat.asking import LONGEST_LINE, Asked, Crowded, Event, Failed, Question, Stopped, Waiting, WaitingLine, ask
from rag.datatypes import Answer, Progress, Sentence
from rag.errors import UserError
from tests.ui_fakes import FakeBot, FakeLog


def no_log(answer: Answer, seconds: float) -> str:
    return ""


def flow(bot: object, question: Question, keep: Callable[[Answer, float], str] = no_log) -> list[Event]:
    async def collect() -> list[Event]:
        return [event async for batch in ask(bot, WaitingLine(), question, keep) for event in batch]  # type: ignore[arg-type]

    return asyncio.run(collect())


def names(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_progress_and_sentences_come_before_the_answer():
    events = flow(FakeBot(0.05), Question("补贴？", [("一？", "一。")]))
    assert names(events) == ["Progress", "Progress", "Sentence", "Sentence", "Asked"]
    assert events[1] == Progress("reading", 2)


def test_of_several_progress_notes_at_once_only_the_newest_comes():
    class Hasty(FakeBot):
        def stream(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
            yield Progress("searching")
            time.sleep(0.02)
            yield from (Progress("reading", found) for found in range(100))
            yield from super().stream("天气？")

    events = flow(Hasty(), Question("?"))
    assert names(events).count("Progress") < 6
    assert names(events)[-1] == "Asked"


def test_an_answer_is_kept_with_its_seconds_under_a_public_id():
    seconds: list[float] = []
    log = FakeLog()

    def keep(answer: Answer, took: float) -> str:
        seconds.append(took)
        return log.save(answer, "c", took)

    *_, last = flow(FakeBot(0.02), Question("补贴？"), keep)
    assert isinstance(last, Asked)
    assert last.answer_id == "answer1"
    assert 0.02 < seconds[0] < 2


def test_a_log_that_fails_costs_the_link_and_not_the_answer(caplog: pytest.LogCaptureFixture):
    def keep(answer: Answer, seconds: float) -> str:
        raise OSError("disk full")

    *_, last = flow(FakeBot(), Question("补贴？"), keep)
    assert isinstance(last, Asked)
    assert last.answer_id == ""
    assert "disk full" in caplog.text


def test_only_a_question_about_one_article_is_limited_to_it():
    bot = FakeBot()
    flow(bot, Question("补贴？", within="subsidy"))
    flow(bot, Question("补贴？"))
    assert bot.within == ["subsidy", None]


def test_an_error_is_logged_and_an_error_that_can_be_mended_is_passed_on(caplog: pytest.LogCaptureFixture):
    class Refusing(FakeBot):
        def stream(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
            raise UserError("问题太长。", "Too long.")

    assert flow(FakeBot(), Question("出错"))[-1] == Failed(None)
    assert "the fake stumbles" in caplog.text
    (last,) = flow(Refusing(), Question("?"))
    assert isinstance(last, Failed)
    assert last.error is not None
    assert last.error.message() == "问题太长。"


def test_a_stream_without_an_answer_is_a_failure():
    class Silent(FakeBot):
        def stream(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
            yield Progress("searching")

    assert flow(Silent(), Question("?"))[-1] == Failed(None)


def test_who_stops_is_heard_at_once_though_the_bot_is_deaf_and_the_line_waits_for_the_bot():
    deaf = threading.Event()

    class Deaf(FakeBot):
        def stream(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
            yield Progress("searching")
            deaf.wait(5)
            yield from super().stream("补贴？")

    async def stop_it() -> tuple[list[Event], float, int, int]:
        line, question = WaitingLine(), Question("慢")
        events: list[Event] = []
        begun = time.perf_counter()
        async for batch in ask(Deaf(), line, question, no_log):  # type: ignore[arg-type]
            events += batch
            asyncio.get_running_loop().call_later(0.05, question.stop)
        took, held = time.perf_counter() - begun, len(line)
        deaf.set()
        while len(line):
            await asyncio.sleep(0.01)
        return events, took, held, len(line)

    events, took, held, left = asyncio.run(stop_it())
    assert names(events) == ["Progress", "Stopped"]
    assert took < 1
    assert (held, left) == (1, 0)


def test_who_waits_sees_its_place_and_the_first_come_is_served_first():
    order: list[str] = []

    async def three() -> dict[str, list[Event]]:
        line, bot = WaitingLine(), FakeBot(0.02)
        seen: dict[str, list[Event]] = {}

        async def one(text: str) -> None:
            async for batch in ask(bot, line, Question(text), no_log):  # type: ignore[arg-type]
                seen.setdefault(text, []).extend(batch)
            order.append(text)

        await asyncio.gather(*map(one, ("补贴1", "补贴2", "补贴3")))
        return seen

    seen = asyncio.run(three())
    assert order == ["补贴1", "补贴2", "补贴3"]
    assert [event for event in seen["补贴3"] if isinstance(event, Waiting)] == [Waiting(2), Waiting(1)]
    assert isinstance(seen["补贴3"][-1], Asked)
    assert not any(isinstance(event, Waiting) for event in seen["补贴1"])


def test_a_place_that_frees_while_the_old_one_is_being_shown_is_not_missed():
    async def slow_to_look() -> list[int]:
        line, seen = WaitingLine(), []
        async for _ in line.places("first"):
            pass
        async for before in line.places("second"):
            seen.append(before)
            line.leave("first")
        return seen

    assert asyncio.run(asyncio.wait_for(slow_to_look(), 5)) == [1]


def test_who_stops_while_waiting_leaves_the_line():
    async def wait_and_stop() -> tuple[list[Event], int]:
        line, waiting = WaitingLine(), Question("补贴")
        async for _ in line.places("someone"):
            pass
        events: list[Event] = []
        async for batch in ask(FakeBot(), line, waiting, no_log):  # type: ignore[arg-type]
            events += batch
            waiting.stop()
        return events, len(line)

    assert asyncio.run(wait_and_stop()) == ([Waiting(1), Stopped()], 1)


def test_a_page_that_closes_gives_up_its_place():
    async def close() -> int:
        line = WaitingLine()
        asking = ask(FakeBot(), line, Question("慢"), no_log)  # type: ignore[arg-type]
        await anext(asking)
        await asking.aclose()
        while len(line):
            await asyncio.sleep(0.01)
        return len(line)

    assert asyncio.run(asyncio.wait_for(close(), 5)) == 0


def test_who_listens_gets_a_pulse_while_nothing_comes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asking, "PULSE", 0.02)

    async def listen() -> list[list[Event]]:
        question, batches = Question("慢"), []
        async for batch in ask(FakeBot(), WaitingLine(), question, no_log):  # type: ignore[arg-type]
            batches.append(batch)
            if batches[-2:] == [[], []]:
                question.stop()
        return batches

    batches = asyncio.run(listen())
    assert batches.count([]) >= 2
    assert batches[-1] == [Stopped()]


def test_a_line_that_is_too_long_takes_nobody():
    async def crowd() -> list[Event]:
        line = WaitingLine(at_once=LONGEST_LINE)
        for ticket in range(LONGEST_LINE):
            async for _ in line.places(ticket):
                pass
        return [event async for batch in ask(FakeBot(), line, Question("?"), no_log) for event in batch]  # type: ignore[arg-type]

    assert asyncio.run(crowd()) == [Crowded()]


def test_sentences_are_not_held_back():
    """From the bot's sentence to the page's event: the page adds less than it may (50 ms)."""
    said: list[float] = []

    class Timed(FakeBot):
        def stream(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
            for event in super().stream("补贴？"):
                if isinstance(event, Sentence) and not said:
                    said.append(time.perf_counter())
                yield event

    async def first() -> float:
        said.clear()
        async for batch in ask(Timed(), WaitingLine(), Question("?"), no_log):  # type: ignore[arg-type]
            if any(isinstance(event, Sentence) for event in batch):
                return time.perf_counter() - said[0]
        return 9.0

    assert sorted(asyncio.run(first()) for _ in range(5))[2] < 0.05
