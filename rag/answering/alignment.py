"""Which sentences of the evidence a drafted statement rests on, and how well they support it (`rag.answering.support`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.support import (
    CLAUSE_ENDS,
    CONTRADICTED,
    FUNCTION_CHARACTERS,
    SUPPORTED,
    claims_done,
    coverage,
    foreign_bodies,
    is_foreign,
    is_spliced,
    score_support,
    uncovered_runs,
)
from rag.datatypes import Evidence, EvidenceJudge, Kind, Span
from rag.question.analysis import Question
from rag.question.fit import names_missing
from rag.text.normalization import alnum_only, ends_sentence, is_question, split_sentences
from rag.text.quantity_check import Quantity, extract_quantities, names_amount, normalize_quantities

MAX_CITED_SENTENCES = 3
MAX_POINTED = 2
POINTED = 0.8  # share of the bigrams that a drafted answer adds to the question which the sentence that it means holds
LONGEST_HEADING = 20  # characters that a heading has at most
CHAPTER = re.compile(r"第.{1,3}[章节编]\s*")
MUCH = 0.3  # share of the statement's bigrams that a further citation must add once the statement is supported
ITEMS = re.compile(r"[、，,；;。]|以及")
SHORTEST_ITEM = 4  # signs
# Share of an item's bigrams that the sentence which holds it has: the first item bears the draft's own lead (要求有……).
ITEM_HELD = 0.6


@dataclass(frozen=True, slots=True)
class Alignment:
    """The stretches of evidence that a statement rests on, in the evidence's order, and how well they support it."""

    evidence: tuple[Evidence, ...]
    support: float

    @property
    def enough(self) -> tuple[Evidence, ...]:
        """The evidence where it supports the statement, else none."""
        return self.evidence if self.support >= SUPPORTED else ()


def evidence_sentences(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence cut into sentences, in order, each once; headings say nothing and are left out."""
    found: dict[tuple[str, Span], Evidence] = {}
    for item in evidence:
        for span in split_sentences(item.text, item.span.start):
            found.setdefault((item.passage.article.id, span), Evidence(item.passage, span, item.score))
    pieces = list(found.values())
    texts = ["", *(piece.text for piece in pieces), ""]
    return [piece for i, piece in enumerate(pieces) if not is_heading(*texts[i : i + 3])]


def is_heading(before: str, text: str, after: str) -> bool:
    """Whether a line stands over a text: short, with neither a figure nor an end, before a sentence that has one. One of
    several such lines is an item of a list."""
    if not _is_title_like(text):
        return False
    return bool(CHAPTER.match(text)) or (ends_sentence(after) and not _is_title_like(before))


def _is_title_like(line: str) -> bool:
    words = line.rstrip("：:")  # 各县人民政府：
    goes_on = ends_sentence(words) or words.endswith(("；", ";", "，", ",", "、"))
    return (
        0 < len(line) <= LONGEST_HEADING
        and not goes_on
        and not re.search("[：:]", words)
        and not extract_quantities(CHAPTER.sub("", line))
    )


def align(statement: str, sentences: Sequence[Evidence], judge: EvidenceJudge | None = None) -> Alignment:
    """The fewest sentences, of one article or of texts given together, that support the statement best: the best one alone, and others only where
    they add to the words that are covered. The judge has its say on what was chosen."""
    text = alnum_only(statement)
    if not text or not sentences:
        return Alignment((), 0.0)
    ranked = sorted(sentences, key=lambda s: -coverage(text, alnum_only(s.text), 2))
    chosen = [ranked[0]]
    best = score_support(statement, ranked[0].text, None)
    while len(chosen) < MAX_CITED_SENTENCES:
        near = [s for s in sentences if s not in chosen and _belong_together(s, chosen[0])]
        covered = "\n".join(c.text for c in chosen)
        more = max(near, key=lambda s: coverage(text, alnum_only(covered + "\n" + s.text), 2), default=None)
        if more is None:
            break
        gained = coverage(text, alnum_only(covered + "\n" + more.text), 2) - coverage(text, alnum_only(covered), 2)
        together = score_support(statement, covered + "\n" + more.text, None)
        if gained < (0.1 if best < SUPPORTED else MUCH) or together <= best + 0.02:
            break
        chosen.append(more)
        best = together
    chosen.sort(key=sentences.index)
    quote = "\n".join(c.text for c in chosen)
    if judge is not None and best > CONTRADICTED:
        best = score_support(statement, quote, judge.supports([(statement, quote)])[0])
    held = f"{chosen[0].passage.article.title}\n{quote}"
    clauses = CLAUSE_ENDS.split(statement)
    asked = asked_above(chosen[0], sentences)
    if asked and asked not in chosen and any(is_foreign(c, held) for c in clauses):
        held += f"\n{asked.text}"  # 骗提的，责令退回: what it is about stands in the question
        chosen.insert(0, asked)
    promised = chosen[0].passage.article.kind is Kind.PROPOSAL and claims_done(statement, quote)
    if promised or foreign_bodies(statement, held) or any(is_spliced(c, quote) or is_foreign(c, held) for c in clauses):
        best *= CONTRADICTED
    return Alignment(tuple(join_neighbours(chosen)), best)


def asked_above(sentence: Evidence, sentences: Sequence[Evidence]) -> Evidence | None:
    """The question that the sentence's passage answers (问：骗提的怎么处理？), where that stands over it."""
    first = (s for s in sentences if s.passage == sentence.passage and s.span.start == s.passage.span.start)
    return next((s for s in first if s.span != sentence.span and is_question(s.text)), None)


def _belong_together(one: Evidence, other: Evidence) -> bool:
    first, second = one.passage.article, other.passage.article
    return first.id == second.id or (first.is_given and second.is_given)


def point(statement: str, question: Question, sentences: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that a drafted answer means: those that hold what it says beyond the question, its quantities or else
    its words; of two, that which has the question's names. Whether the draft may be shown is another matter (`align`): it
    puts the source's figure into the question's words, which the source need not have. Empty where something that it says stands nowhere."""
    # Which sentence is meant is a matter of amounts: a draft says 5个工作日 of 5个工作日内, and the source is what is shown.
    quantities = _not_in(extract_quantities(statement), question.text)
    said = alnum_only(normalize_quantities(statement)) + alnum_only(normalize_quantities(question.text))
    ranked = sorted(sentences, key=lambda s: -coverage(said, alnum_only(normalize_quantities(s.text)), 2))
    if not quantities:
        new = "".join(
            alnum_only(statement)[run.start : run.end]
            for run in uncovered_runs(alnum_only(statement), question.alnum_only)
        )
        new = new.strip(FUNCTION_CHARACTERS)
        held = [s for s in ranked if coverage(new, alnum_only(s.text), 2) >= POINTED] if len(new) >= 2 else []
        return sorted(held[:1], key=lambda s: s.span)
    chosen: list[Evidence] = []
    while quantities and len(chosen) < MAX_POINTED:
        left = quantities
        best = min(ranked, key=lambda s: (len(_not_in(left, s.text)), names_missing(question, s.text)), default=None)
        if best is None or len(_not_in(quantities, best.text)) == len(quantities):
            return []
        quantities = _not_in(quantities, best.text)
        chosen.append(best)
    return [] if quantities else sorted(chosen, key=lambda s: s.span)


def point_items(statement: str, sentences: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that hold the items of a drafted list, each item in one of them; empty where one stands nowhere."""
    items = [item for item in map(alnum_only, ITEMS.split(statement)) if len(item) >= SHORTEST_ITEM]
    # Of two that hold an item, the shorter says less besides.
    best = [
        max(sentences, key=lambda s: (coverage(i, alnum_only(s.text), 2), -len(s.text)), default=None) for i in items
    ]
    held = [s for item, s in zip(items, best, strict=True) if s and coverage(item, alnum_only(s.text), 2) >= ITEM_HELD]
    return sorted(set(held), key=lambda s: s.span) if len(held) == len(items) else []


def _not_in(quantities: Sequence[Quantity], text: str) -> list[Quantity]:
    """The quantities of which the text does not hold the amount, whatever its bounds."""
    held = extract_quantities(text)
    return [quantity for quantity in quantities if not any(names_amount(quantity, other) for other in held)]


def join_neighbours(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Stretches of one article that touch (or are a character apart) become one."""
    joined: list[Evidence] = []
    for item in evidence:
        last = joined[-1] if joined else None
        if last and last.passage.article.id == item.passage.article.id and 0 <= item.span.start - last.span.end <= 1:
            joined[-1] = Evidence(last.passage, Span(last.span.start, item.span.end), max(last.score, item.score))
        else:
            joined.append(item)
    return joined
