"""Do these passages tell what is asked? Judged before the model writes a word, and independently of what it would write.

Two questions, two answers to a citizen: is any article about this at all (else 未收录), and does it tell this (else
证据不足)? The first is decided by words and vectors, the second by the kind of thing asked for and by what the local model
makes of the passages.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.datatypes import Evidence, Hit, Kind, Passage, Span
from rag.encoder import searched_title
from rag.passages import enumeration_starts
from rag.questions import Expected, content_bigrams, content_coverage, expected_answer, holds_expected
from rag.text import bare, split_sentences

Rarity = Callable[[str], float]

# Calibrated on the dev policy questions (689 answerable, 400 whose article is absent; evaluation data, so nothing but
# these four numbers and the threshold comes from it): AUROC .94. Cosine of the best passage, coverage of the question
# by the best of the first three passages and by the best article, intercept.
TOPIC_WEIGHTS = (7.8, 3.4, 3.4, -8.3)
# Calibrated on squad2_zh, dureader_checklist and dragonball dev questions: cosine, coverage by passages, coverage by the
# best two sentences, whether they hold the kind of thing asked for, preference of the model for 有 over 没有, intercept.
TELLS_WEIGHTS = (4.5, 0.3, 0.3, 0.8, 0.85, -4.4)
ABOUT_THRESHOLD = 0.35
TELLS_THRESHOLD = 0.35

EVIDENCE_CHARACTERS = 700  # what the model reads for one question
MAX_PASSAGES = 4


@dataclass(frozen=True, slots=True)
class Found:
    """The hits for a question with the cosine of the best of them, and how much of the question they cover."""

    hits: tuple[Hit, ...]
    cosine: float
    passage_coverage: float
    article_coverage: float

    @property
    def about(self) -> float:
        """Probability that an article is about what is asked."""
        return logistic(TOPIC_WEIGHTS, (self.cosine, self.passage_coverage, self.article_coverage))


def examine(question: str, hits: Sequence[Hit], cosine: float, rarity: Rarity = lambda _: 1.0) -> Found:
    """How well the first hits fit the question. `rarity` weighs a bigram of the question."""
    first = hits[:3]
    passages = max((weighted_coverage(question, searched_text(h.passage), rarity) for h in first), default=0.0)
    articles = {h.passage.article.id: h.passage.article for h in first}
    whole = max((weighted_coverage(question, article_words(a), rarity) for a in articles.values()), default=0.0)
    return Found(tuple(hits), cosine, passages, whole)


def searched_text(passage: Passage) -> str:
    return f"{searched_title(passage)}\n{passage.article.speaker or ''}\n{passage.text}"


def article_words(article: "object") -> str:
    """Every word that belongs to an article, its people included."""
    fields = ("title", "kicker", "subtitle", "section", "speaker", "speaker_role", "reporter", "text")
    return "\n".join(filter(None, (getattr(article, field) for field in fields)))


def weighted_coverage(question: str, text: str, rarity: Rarity) -> float:
    grams = content_bigrams(question)
    plain = bare(text)
    total = sum(map(rarity, grams))
    return sum(rarity(g) for g in grams if g in plain) / total if total else 0.0


def tells(question: str, found: Found, evidence: Sequence[Evidence], preference: float | None) -> float:
    """Probability that the evidence tells what is asked. `preference`: the model's logit of 有 less that of 没有."""
    text = "\n".join(e.text for e in evidence)
    window = best_window(question, evidence)
    holds = float(holds_expected(expected_answer(question), window))
    # Without a model the mean preference stands in, so that the other signals decide.
    values = (found.cosine, content_coverage(question, text), content_coverage(question, window), holds)
    return logistic(TELLS_WEIGHTS, (*values, MEAN_PREFERENCE if preference is None else preference))


MEAN_PREFERENCE = 2.2


def logistic(weights: Sequence[float], values: Sequence[float]) -> float:
    """1 / (1 + e^-(w·v + intercept)), the intercept last among the weights."""
    return 1 / (1 + math.exp(-(sum(w * v for w, v in zip(weights, values, strict=False)) + weights[-1])))


def best_window(question: str, evidence: Sequence[Evidence]) -> str:
    """The two neighbouring sentences of the evidence that cover the question best."""
    windows = [
        item.passage.article.text[a.start : (b or a).end]
        for item in evidence
        for spans in [split_sentences(item.text, item.span.start)]
        for a, b in zip(spans, [*spans[1:], None], strict=True)
    ]
    return max(windows, key=lambda w: content_coverage(question, w), default="")


# ---------------------------------------------------------------- choosing what is read and quoted


def choose_passages(hits: Sequence[Hit]) -> list[Evidence]:
    """The passages that the model reads: the first hits within a budget, in the order of their text, rules before
    suggestions, so that a suggestion is never read without the rule beside it."""
    chosen: list[Hit] = []
    used = 0
    for hit in hits:
        length = hit.passage.span.end - hit.passage.span.start
        if chosen and (used + length > EVIDENCE_CHARACTERS or len(chosen) == MAX_PASSAGES):
            break
        chosen.append(hit)
        used += length
    first = {h.passage.article.id: h.rank for h in reversed(chosen)}
    chosen.sort(key=lambda h: (h.passage.article.kind is not Kind.POLICY, first[h.passage.article.id], h.passage.span))
    return [Evidence(h.passage, h.passage.span, 1 / h.rank) for h in chosen]


def rank_sentences(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence's sentences, those that answer the question best first; `score` in [0, 1]."""
    expected = expected_answer(question)
    scored: list[Evidence] = []
    for item in evidence:
        spans = split_sentences(item.text, item.span.start)
        for position, span in enumerate(spans):
            text = item.passage.article.text[span.start : span.end]
            near = item.passage.article.text[spans[max(0, position - 1)].start : span.end]
            fit = 0.5 * content_coverage(question, text) + 0.2 * content_coverage(question, near)
            fit += 0.15 * holds_expected(expected, text) + 0.15 * item.score
            scored.append(Evidence(item.passage, span, min(1.0, fit)))
    return sorted(scored, key=lambda e: -e.score)


LEAD = re.compile(r"(?:建议|认为|如下|提出|措施|方面|做到|包括)[^。]{0,20}[:：]\s*$|[:：]\s*$")


def enumerated_items(question: str, passage: Passage) -> list[Evidence]:
    """The items of the enumeration that `passage` belongs to, each by its first sentence, where the question asks for
    all of them: a which / how / what-measures question that the article fits as a whole at least as well as one item."""
    if expected_answer(question) not in (Expected.LIST, Expected.ANYTHING):
        return []
    article = passage.article
    head = "\n".join(filter(None, (article.title, article.kicker, article.speaker, article.speaker_role)))
    for paragraph in article.paragraphs:
        words = article.text[paragraph.start : paragraph.end]
        starts = enumeration_starts(words)
        if not starts or not paragraph.start <= passage.span.start < paragraph.end + 1:
            continue
        ends = [*starts[1:], len(words)]
        items = [Span(paragraph.start + a, paragraph.start + b) for a, b in zip(starts, ends, strict=True)]
        lead = head + "\n" + words[: starts[0]]
        best_item = max(content_coverage(question, article.text[i.start : i.end]) for i in items)
        if content_coverage(question, lead) < best_item:
            return []
        return [Evidence(passage_at(passage, item), first_sentence(article.text, item), 1.0) for item in items]
    return []


def passage_at(passage: Passage, span: Span) -> Passage:
    """The passage of the same article that begins where `span` does, if it is cut so; else the one given."""
    from rag.passages import split_passages

    return next((p for p in split_passages(passage.article) if p.span.start <= span.start < p.span.end), passage)


def first_sentence(text: str, item: Span) -> Span:
    """The item's first sentence; the first two where the first is only a heading (……“硬实力”。)."""
    sentences = split_sentences(text[item.start : item.end], item.start)
    if len(sentences) > 1 and sentences[0].end - sentences[0].start < 25:
        return Span(sentences[0].start, sentences[1].end)
    return sentences[0]
