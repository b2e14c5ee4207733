"""Which articles concern someone who describes themselves: 我在兴县开铝厂. No model writes; the encoder alone says what is near."""

import re

from rag.answering.alignment import evidence_sentences
from rag.answering.refusals import uncertain_words
from rag.datatypes import Citation, Evidence, Kind, Match, Passage, PassageEncoder, Sentence, Span
from rag.search.retrieval import Retriever
from rag.text.normalization import alnum_only

MATCHED_PASSAGES = 30
MATCHED_CLAUSES = 4  # of a description, beside the whole of it
CONCERNS = 0.30  # least cosine of what concerns who described themselves (docs/experiments.md#who-is-concerned)


def find_matches(description: str, retriever: Retriever, encoder: PassageEncoder, most: int) -> list[Match]:
    """The proposals and policies that concern who says this of themselves, nearest first, at most so many; each with its
    own sentence that comes nearest."""
    clauses = [c for c in re.split(r"[，,。；;！!？?\s]+", description) if len(alnum_only(c)) >= 4]
    matches: dict[str, Match] = {}
    # Who says several things of themselves is concerned by what fits any of them.
    for described in dict.fromkeys([description, *clauses[:MATCHED_CLAUSES]]):
        for hit in retriever.search(described, MATCHED_PASSAGES, "fused"):
            passage, article = hit.passage, hit.passage.article
            fits = article.kind in (Kind.PROPOSAL, Kind.POLICY) and article.id not in matches and len(matches) < most
            if fits and retriever.cosine(described, passage) >= CONCERNS:
                quote = Citation(len(matches) + 1, passage, _nearest_sentence(described, passage, encoder))
                caution = uncertain_words(article, quote.span)
                matches[article.id] = Match(article, Sentence(caution + quote.quote, (quote,), quoted=not caution))
    return [*matches.values()]


def _nearest_sentence(description: str, passage: Passage, encoder: PassageEncoder) -> Span:
    pieces = evidence_sentences([Evidence(passage, passage.span, 1.0)])
    vectors = encoder.encode_queries([description, *(piece.text for piece in pieces)])
    return pieces[int((vectors[1:] @ vectors[0]).argmax())].span
