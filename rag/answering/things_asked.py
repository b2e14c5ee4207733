"""One question -> each thing asked in it, to be answered for itself."""

from collections.abc import Callable

from rag.answering.answerability import RetrievalSignals, searched_text
from rag.answering.context import apart
from rag.answering.extractive import QUICK
from rag.answering.jurisdiction import places_asked, with_full_places
from rag.question.analysis import Question, analyse
from rag.text.normalization import alnum_only, share_held

HOLDS_BOTH = 0.5  # share of what tells two questions apart that a passage holds which may answer both


def things_asked(question: Question, find: Callable[[Question], RetrievalSignals]) -> list[Question]:
    """The questions asked in one. What is asked of two (甲和乙各…) is asked of each, unless one passage tells both."""
    full = with_full_places(question, [hit.passage.article for hit in find(question).hits])
    if full != question.normalized and len(places_asked(analyse(full))) > 1:
        question = analyse(full)
    if len(question.subquestions) > 1 or len(question.each) == 1:
        return [question if text == question.text else analyse(text) for text in question.subquestions]
    each = [analyse(text) for text in question.each]
    best = next(iter(find(question).hits), None)
    if best is None or best.reading is None or best.reading.probability < QUICK:
        return each
    words = alnum_only(searched_text(best.passage))
    held = min(share_held(grams, words) for grams in apart(*each))
    return [question] if held >= HOLDS_BOTH else each
