"""Whether a taught model's short answer stands on the sentences that it names: each quantity, name and negation theirs,
and each of its clauses copied from them, or else found supported by the judge as an answer to the question."""

from collections.abc import Sequence

from rag.answering.explanation import Withheld
from rag.answering.prompts import SAYS_NOTHING
from rag.answering.support import CLAUSE_ENDS, SUPPORTED, contradicts, coverage, score_support, unsupported_names
from rag.datatypes import Evidence, EvidenceJudge
from rag.question.analysis import Question
from rag.text.normalization import alnum_only
from rag.text.quantity_check import is_torn, unsupported_quantities

PIECE = 0.6  # share of a sentence's length below which a statement is a piece of it
SAID = 0.8  # share of a sentence's bigrams that another holds which says the same


def unborne(
    short: str, question: Question, sentences: Sequence[Evidence], judge: EvidenceJudge | None
) -> Withheld | None:
    """Why the answer may not be shown before the sentences; None where it may."""
    quote = "\n".join(item.text for item in sentences)
    plain = alnum_only(quote)
    if not plain or not alnum_only(short) or any(words in short for words in SAYS_NOTHING):
        return Withheld.EMPTY
    if len(alnum_only(short)) > PIECE * len(plain):
        return Withheld.SAID
    named = f"{sentences[0].passage.article.title}\n{quote}"
    if unsupported_quantities(short, quote) or is_torn(short, quote):
        return Withheld.FIGURE
    if unsupported_names(short, named):
        return Withheld.NAME
    if contradicts(short, quote):
        return Withheld.SUPPORT
    clauses = [alnum_only(clause) for clause in CLAUSE_ENDS.split(short)]
    if all(clause in plain or coverage(clause, plain, 2) >= SAID for clause in clauses):
        return None
    said = f"{question.judged}{short}"
    judged = None if judge is None else judge.supports([(said, quote)])[0]
    return None if score_support(said, quote, judged) >= SUPPORTED else Withheld.SUPPORT
