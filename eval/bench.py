"""What every suite is handed: what to evaluate, on how much, and where answers are kept."""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from eval.answer_cache import AnswerCache, Asked, asked_from
from eval.data import Question
from eval.page_sets import SAMPLE_PAGE
from eval.systems import Asker, Systems
from rag.datatypes import Answer, Sentence

T = TypeVar("T")
SEED = 20261124
REAL_PAGE = "lvliang-page"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each data set is taken; None means all of it. `pages` is for each page."""

    pages_answerable: int | None = None
    pages_unanswerable: int | None = None
    policy_articles: int | None = None
    policy_answerable: int | None = 60
    policy_unanswerable: int | None = 60
    dragonball_answerable: int | None = 50
    dragonball_unanswerable: int | None = 20
    checklist: int | None = None
    squad2: int | None = 60
    robust: int | None = None
    retrieval_questions: int | None = None
    citecheck: int | None = None
    policies: int | None = None  # of each group of suite policies
    distractors: tuple[int, ...] = ()
    page_names: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None  # data sets, by the name that the suite knows them by

    def limited(self, limit: int) -> "Sizes":
        """At most `limit` of everything."""
        smaller: dict[str, Any] = {
            f.name: limit if (size := getattr(self, f.name)) is None else min(limit, size)
            for f in fields(self)
            if f.name not in ("distractors", "page_names", "groups")
        }
        return replace(self, distractors=(), **smaller)


DEV = Sizes()
# Three to six hours by the machine, so a suite can be run a group at a time (--only); squad2_zh whole takes two more.
FULL = Sizes(
    policy_answerable=None, policy_unanswerable=None, dragonball_answerable=None, dragonball_unanswerable=None,
    squad2=500, distractors=(1_000, 10_000),
)  # fmt: skip
# 87 questions at about 2 s, 330 passages: under 7 minutes on two cores. Changing a size
# changes the sample, and the baseline must then be accepted anew.
GATE = Sizes(
    pages_answerable=12, pages_unanswerable=6, policy_articles=50, policy_answerable=10, policy_unanswerable=8,
    dragonball_answerable=15, dragonball_unanswerable=4, checklist=8, squad2=8, robust=40, retrieval_questions=80,
    citecheck=100, page_names=(SAMPLE_PAGE.stem, REAL_PAGE),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bench:
    systems: Systems
    answer_cache: AnswerCache
    evaldata: Path
    sizes: Sizes = DEV
    seed: int = SEED
    quiet: bool = False

    def takes(self, group: str) -> bool:
        """Whether this data set is part of the run (--only)."""
        return self.sizes.groups is None or group in self.sizes.groups

    def progress(self, items: Sequence[T], what: str) -> Iterable[T]:
        """The items, with a bar on stderr unless quiet."""
        bar: Iterable[T] = tqdm(items, desc=what, disable=self.quiet, file=sys.stderr, unit="", dynamic_ncols=True)
        return bar

    def ask(self, asker: Callable[[], Asker], questions: Sequence[Question], corpus: str) -> dict[str, Asked]:
        """The answer to each question by its key, from the cache or asked now. The asker is loaded at first need."""
        asked = {}
        for question in self.progress(questions, f"asking {corpus}"):
            id = key_of(question)

            def ask_now(question: Question = question, id: str = id) -> Asked:
                return ask_one(asker(), question, id)

            asked[id] = self.answer_cache.take(id, ask_now)
        return asked


def key_of(question: Question) -> str:
    return f"{question.dataset}/{question.id}"


def ask_one(asker: Asker, question: Question, id: str) -> Asked:
    """A crash of the system is a result too, the worst: kept with its error, and the run goes on."""
    start = time.perf_counter()
    try:
        if question.passages:
            return asked_from(id, asker.ask_over(question.text, question.passages), time.perf_counter() - start)
        return _ask_streaming(asker, question, id, start)
    except Exception as error:
        return Asked(id, "error", seconds=time.perf_counter() - start, error=f"{type(error).__name__}: {error}")


def _ask_streaming(asker: Asker, question: Question, id: str, start: float) -> Asked:
    first: float | None = None
    for event in asker.stream(question.text, question.history):
        if first is None and isinstance(event, Sentence):
            first = time.perf_counter() - start
        if isinstance(event, Answer):
            return asked_from(id, event, time.perf_counter() - start, first)
    raise RuntimeError("the stream ended without an answer")
