"""The local model, if there is one, as the steps use it: it reads a context ahead, says how surely that tells what is asked,
and drafts. One that fails is done without, with a line in the log.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from rag.answering.draft import draft_sentences, note_failure
from rag.answering.prompts import DRAFT, UNTOLD, ask_about, ask_text
from rag.answering.reader import ReadContext, TaughtModel, read_context
from rag.datatypes import Evidence, IsCancelled, Kind, TextGenerator
from rag.errors import CancelledError
from rag.question.analysis import Question

ENOUGH, SURELY = 2, 2.0  # contexts, twice as many where none tells; log-odds from which no other is looked at


@dataclass(frozen=True, slots=True)
class LocalModel:
    """`generator` None: there is no model. `reader`: the same model, where it was taught to answer."""

    generator: TextGenerator | None = None
    reader: TaughtModel | None = None

    @property
    def identity(self) -> str:
        return self.generator.identity if self.generator else ""

    def log_odds(self, question: Question, context: Sequence[Evidence], cancelled: IsCancelled) -> float | None:
        """Of the context's telling what is asked; None where there is no taught model, or it fails. What it has read here it
        need not read again to draft the answer."""
        if self.reader is None:
            return None
        try:
            self.read_ahead(context, cancelled)
            return -self.reader.first_odds(read_context(context), ask_text(question.text), UNTOLD, cancelled)
        except CancelledError:
            return None
        except Exception as error:
            note_failure("read the context", error)
            return None

    def read(
        self, question: Question, contexts: Sequence[Sequence[Evidence]], cancelled: IsCancelled
    ) -> list[ReadContext]:
        """The contexts with a taught model's log-odds, best first: the first ENOUGH, none behind one that surely tells, twice
        as many where none tells; beside these the first rule and the first suggestion, and all that are compared. To read one anew
        takes seconds (docs/experiments.md#reader)."""
        found: list[ReadContext] = []
        for context in contexts:
            kinds = {one.context[0].passage.article.kind for one in found}
            other = context[0].passage.article.kind not in kinds and bool(kinds & {Kind.POLICY, Kind.PROPOSAL})
            best = max((one.log_odds for one in found), default=-math.inf)
            enough = best >= SURELY or (len(found) >= ENOUGH and best >= 0)
            if len(found) == 2 * ENOUGH or (enough and not other and not question.is_comparison):
                continue
            if (log_odds := self.log_odds(question, context, cancelled)) is not None:
                found.append(ReadContext(log_odds, context))
        return sorted(found, key=lambda one: -one.log_odds)

    def read_ahead(self, context: Sequence[Evidence], cancelled: IsCancelled = lambda: False) -> None:
        """Read the context before it is asked about; what was read before costs nothing. Given texts are put together
        for one question, so keeping them would serve no other."""
        if self.generator is None or context[0].passage.article.is_given:
            return
        try:
            if self.reader is not None:
                self.reader.read_text(read_context(context), cancelled)
            else:
                self.generator.read_ahead(ask_about("甲", context, DRAFT), ask_about("乙", context, DRAFT), cancelled)
        except Exception as error:
            note_failure("read ahead", error)

    def draft(
        self,
        question: Question,
        context: Sequence[Evidence],
        cancelled: IsCancelled,
        timed: Callable[[str], AbstractContextManager[None]],
    ) -> Iterator[str]:
        """The model's sentences as they are finished; none where there is no model."""
        if self.generator is None:
            return
        with timed("reading"):
            self.read_ahead(context, cancelled)
        with timed("writing"):
            yield from draft_sentences(self.generator, question, context, cancelled)
