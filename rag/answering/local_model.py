"""The local model, if there is one, as the steps use it: it reads a context ahead, says how surely that tells what is asked,
and drafts. One that fails is done without, with a line in the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.answerability import p_answerable_probed
from rag.answering.draft import note_failure
from rag.answering.prompts import DRAFT, UNTOLD, ask_about, ask_text
from rag.answering.reader import TaughtModel, read_context
from rag.datatypes import Evidence, IsCancelled, TextGenerator
from rag.errors import CancelledError
from rag.models.probe import LAYER, Probe
from rag.question.analysis import Question


@dataclass(frozen=True, slots=True)
class LocalModel:
    """`generator` None: there is no model. `probe`: fitted for it. `reader`: the same model, where it was taught to answer."""

    generator: TextGenerator | None = None
    probe: Probe | None = None
    reader: TaughtModel | None = None

    @property
    def identity(self) -> str:
        return self.generator.identity if self.generator else ""

    def log_odds(self, question: Question, context: Sequence[Evidence], cancelled: IsCancelled) -> float | None:
        """Of the context's telling what is asked; None where the model cannot be asked. What it has read here it need not
        read again to draft the answer."""
        if self.generator is None or (self.reader is None and self.probe is None):
            return None
        try:
            self.read_ahead(context, cancelled)
            if self.reader is not None:
                return -self.reader.first_odds(read_context(context), ask_text(question.text), UNTOLD, cancelled)
            assert self.probe is not None
            return self.probe.log_odds(self.generator.state(ask_about(question.text, context, DRAFT), LAYER, cancelled))
        except CancelledError:
            return None
        except Exception as error:
            note_failure("read the context", error)
            return None

    def p_answerable(self, judged: float, log_odds: float | None) -> float:
        """The judge's probability and the model's log-odds together."""
        return judged if log_odds is None else p_answerable_probed(judged, log_odds)

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
