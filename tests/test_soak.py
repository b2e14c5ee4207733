"""The hour of readers in seconds, over fakes: nothing is mixed up, nobody waits for ever; and it would show."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from tests.soak import Topic, ending_of, free_port, holds, serving, stored_answers, topic, watch

COUNT, READERS = 12, 3
MINE, OTHER = topic(0)[0], topic(1)[0]


def turn(
    question: str = MINE.question, text: str = f"补贴{MINE.figure}。", title: str = MINE.title, **more: Any
) -> dict[str, Any]:
    said = [{"text": text, "sources": [{"article": {"title": title}}]}]
    return {
        "question": question,
        "said": said,
        "status": "answered",
        "note": "",
        "problem": "",
        "answer_id": "a",
        **more,
    }


@pytest.mark.slow
def test_several_readers_get_each_their_own_answer(tmp_path: Path):
    topics = [topic(number)[0] for number in range(COUNT)]
    command = ["-m", "tests.soak", str(tmp_path), str(COUNT), free_port()]
    with serving(command, {**os.environ, "PYTHONIOENCODING": "utf-8"}, tmp_path / "log") as (address, pid):
        watched = asyncio.run(watch(address, pid, topics, READERS, 4.0))
    hows = {ending.how for ending in watched.endings}
    assert watched.count("answered") > 0
    assert hows <= {"answered", "refused", "stopped", "left"}
    assert (watched.unlike, watched.notes) == ([], [])
    assert watched.memory
    asked = COUNT + sum(bool(ending.answer_id) for ending in watched.endings)
    assert stored_answers(f"sqlite:///{tmp_path}/desk.sqlite") >= asked
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


def how(turn: object) -> str:
    return ending_of(turn, MINE, [MINE, OTHER], 1.0).how


def test_an_answer_of_ones_own_is_known():
    assert how(turn()) == "answered"
    assert how(turn(text="没有收录。", title="", status="no_evidence")) == "refused"


def test_an_answer_of_another_is_mixed_up():
    assert how(turn(question=OTHER.question)) == "mixed up"
    assert how(turn(text=f"补贴{OTHER.figure}。")) == "mixed up"
    assert how(turn(title=OTHER.title)) == "mixed up"


def test_what_ended_without_an_answer_is_no_answer():
    assert how(turn(text="", status="", problem="没有答出。")) == "problem"
    assert how(turn(text="", status="")) == "stopped"


def test_no_figure_stands_in_two_articles():
    figures = [topic(number)[0].figure for number in range(144)]
    texts = [topic(number)[1] for number in range(144)]
    assert all([holds(text, figure) for text in texts].count(True) == 1 for figure in figures)
    assert len({one.question for one in map(_topic, range(144))}) == 144


def _topic(number: int) -> Topic:
    return topic(number)[0]
