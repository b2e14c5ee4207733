"""The model's draft of an answer, sentence by sentence as it is written. Nothing of it is shown unchecked."""

import logging
from collections.abc import Iterator, Sequence

from rag.answering.prompts import ask_about, drafting_instruction
from rag.datatypes import Evidence, IsCancelled, TextGenerator
from rag.errors import UserError
from rag.question.analysis import Question
from rag.text.normalization import split_sentences

log = logging.getLogger("wence")

DRAFT_TOKENS, SUMMARY_TOKENS = 160, 320  # at most; the second where it is to be summed up


def draft_sentences(
    generator: TextGenerator, question: Question, evidence: Sequence[Evidence], cancelled: IsCancelled
) -> Iterator[str]:
    """The model's sentences as they are finished; none where it fails or says nothing, and not one that may be cut off."""
    instruction = drafting_instruction(question)
    most = SUMMARY_TOKENS if question.asks_summary else DRAFT_TOKENS
    text = ""
    done = 0
    try:
        for piece in generator.stream(ask_about(question.text, evidence, instruction), most, cancelled):
            text += piece
            spans = split_sentences(text)
            for span in spans[done:-1]:
                yield text[span.start : span.end]
            done = max(done, len(spans) - 1)
    except Exception as error:
        note_failure("write", error)
        return
    if cancelled() or generator.count_tokens(text) >= most - 1:
        return  # the last sentence may be cut off
    for span in split_sentences(text)[done:]:
        yield text[span.start : span.end]


def note_failure(what: str, error: Exception) -> None:
    """The log's line on a model that failed. One that could not be loaded, or a full disk, needs no traceback each time."""
    if isinstance(error, (UserError, OSError)):
        log.warning("the model failed to %s: %s", what, error)
    else:
        log.error("the model failed to %s", what, exc_info=error)
