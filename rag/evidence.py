"""Do these passages tell what is asked? Judged before the model writes a word, and independently of what it would write.

Two questions, two answers to a citizen: is any article about this at all (else 未收录), and does it tell this (else
证据不足)? The first is decided by words and vectors, the second by the kind of thing asked for and by what the local model
makes of the passages.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.datatypes import Article, Evidence, Hit, Kind, Passage, Span
from rag.encoder import searched_title
from rag.figures import chinese_number
from rag.passages import enumeration_starts, split_passages
from rag.questions import Expected, content_bigrams, content_coverage, expected_answer, holds_expected, names_missing
from rag.text import bare, normalize, split_sentences

Rarity = Callable[[str], float]

# Calibrated together on 261 dev questions (page questions in everyday words on small indexes; policy questions, long and
# formal, on 1,985 passages; of each, questions whose article is absent), docs/experiments.md. Weights of: cosine of the
# best passage; how much of the question the best of three passages covers; the same for the best article; names of the
# question that no article of them holds; size of the search, ln(passages / 45), since the best of many is always near.
TOPIC_WEIGHTS = (6.37, 2.30, 1.33, -1.01, -0.54, -3.83)
# The same, and: the model's preference for 有 over 没有; whether the kind of thing asked for stands there.
TELLS_WEIGHTS = (5.21, 1.98, 0.81, -1.10, -0.64, 0.66, 1.23, -4.90)
ABOUT_THRESHOLD = 0.40
TELLS_THRESHOLD = 0.40
MEAN_PREFERENCE = 1.9  # stands in where there is no model, so that the other signals decide
NAMED = 0.6
SMALLEST_SEARCH = 45  # passages

EVIDENCE_CHARACTERS = 900  # what the model reads for one question
MAX_PASSAGES = 6
RULES_BESIDE = 2  # passages
RULE_RANKS, RULE_FITS = 10, 0.7  # a rule fits that covers at least so much of what a suggestion covers of the question
OTHER_ARTICLE = 0.5  # least share of the best hit's score for a passage of another article


@dataclass(frozen=True, slots=True)
class Found:
    """The hits for a question, and how well they fit it: see TOPIC_WEIGHTS."""

    hits: tuple[Hit, ...]
    cosine: float
    passage_coverage: float
    article_coverage: float
    missing_names: int
    search_size: float
    speakers: frozenset[str] = frozenset()  # of the hits' articles, named in the question

    @property
    def signals(self) -> tuple[float, ...]:
        return (self.cosine, self.passage_coverage, self.article_coverage, self.missing_names, self.search_size)

    @property
    def about(self) -> float:
        """Probability that an article is about what is asked. A question that names the article's speaker is."""
        return max(logistic(TOPIC_WEIGHTS, self.signals), NAMED if self.speakers else 0.0)


def examine(question: str, hits: Sequence[Hit], cosine: float, searched: int, rarity: Rarity = lambda _: 1.0) -> Found:
    """How well the first hits of `searched` passages fit the question. `rarity` weighs a bigram of the question."""
    first = hits[:3]
    words = [article_words(article) for article in {h.passage.article.id: h.passage.article for h in first}.values()]
    return Found(
        hits=tuple(hits),
        cosine=cosine,
        passage_coverage=max(
            (weighted_coverage(question, searched_text(h.passage), rarity) for h in first), default=0.0
        ),
        article_coverage=max((weighted_coverage(question, text, rarity) for text in words), default=0.0),
        missing_names=min((names_missing(question, text) for text in words), default=0),
        search_size=math.log(max(searched, SMALLEST_SEARCH) / SMALLEST_SEARCH),
        speakers=frozenset(s for h in hits if (s := h.passage.article.speaker) and s in normalize(question)),
    )


def searched_text(passage: Passage) -> str:
    return f"{searched_title(passage)}\n{passage.article.speaker or ''}\n{passage.text}"


def article_words(article: Article) -> str:
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
    holds = float(holds_expected(expected_answer(question), best_window(question, evidence)))
    return logistic(TELLS_WEIGHTS, (*found.signals, MEAN_PREFERENCE if preference is None else preference, holds))


def logistic(weights: Sequence[float], values: Sequence[float]) -> float:
    """1 / (1 + e^-(w·v + intercept)), the intercept last among the weights."""
    return 1 / (1 + math.exp(-(sum(w * v for w, v in zip(weights[:-1], values, strict=True)) + weights[-1])))


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
    rules = [hit for hit in hits if is_rule_beside(hit, hits)][:RULES_BESIDE]
    for hit in dict.fromkeys((*hits[:1], *rules, *hits)):
        length = hit.passage.span.end - hit.passage.span.start
        same = hit.passage.article.id == hits[0].passage.article.id or is_rule_beside(hit, hits)
        if not same and len(hits) > 3 and hit.score < OTHER_ARTICLE * hits[0].score:
            continue  # far behind the best: more likely to mislead the model than to help it
        if chosen and (used + length > EVIDENCE_CHARACTERS or len(chosen) == MAX_PASSAGES):
            break
        chosen.append(hit)
        used += length
    first = {h.passage.article.id: h.rank for h in reversed(chosen)}
    chosen.sort(key=lambda h: (h.passage.article.kind is not Kind.POLICY, first[h.passage.article.id], h.passage.span))
    return [Evidence(h.passage, h.passage.span, 1 / h.rank) for h in chosen]


def is_rule_beside(hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether the hit is a rule among the first hits, beside a suggestion: it must be read too."""
    first = hits[:RULE_RANKS]
    return (
        hit.rank <= RULE_RANKS
        and hit.passage.article.kind is Kind.POLICY
        and any(h.passage.article.kind is Kind.PROPOSAL for h in first)
    )


ABOUT_SUGGESTIONS = re.compile(r"建议|提议|提案|委员|代表|建言|呼吁|主张|谁提|谁说|两会|政协|人大")


def rules_first(question: str, evidence: Sequence[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """What answers the question, and the suggestions kept apart: where rules and suggestions stand side by side and the
    question does not ask for suggestions, the rules answer it."""
    rules = [e for e in evidence if e.passage.article.kind is Kind.POLICY]
    suggestions = [e for e in evidence if e.passage.article.kind is Kind.PROPOSAL]
    named = any(e.passage.article.speaker and e.passage.article.speaker in question for e in suggestions)
    topic = re.sub(r"[\d.]+", " ", normalize(question))  # the figure asked about is the one side's or the other's
    fits = [
        max((content_coverage(topic, searched_text(e.passage)) for e in kind), default=0.0)
        for kind in (rules, suggestions)
    ]
    if not rules or not suggestions or named or fits[0] < RULE_FITS * fits[1] or ABOUT_SUGGESTIONS.search(question):
        return list(evidence), []
    return [e for e in evidence if e not in suggestions], suggestions


def keep_named(question: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits of the articles that hold most of the names in the question: another article's telephone number is no
    answer to a question about 电梯管家."""
    missing = {h.passage.article.id: names_missing(question, article_words(h.passage.article)) for h in hits}
    least = min(missing.values(), default=0)
    return [hit for hit in hits if missing[hit.passage.article.id] == least]


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


ITEM_COUNT = re.compile(r"([一二两三四五六七八九十\d]{1,2})(?:条|点|项|个|方面|招|大|步|件)")
ITEM_NUMBER = re.compile(r"第([一二三四五六七八九十]|\d{1,2})(?:条|点|项|个|方面|招|步|件)")
ITEM_MARGIN = 0.25  # an item is meant, not the list, where it covers this much more of the question than the lead does


def enumerated_items(question: str, passage: Passage) -> list[Evidence]:
    """The items of the enumeration that `passage` belongs to, each by its first sentence, where the question asks for
    all of them (哪些, 哪四条…) or for one by its number (第三条); empty where it is about something inside one item."""
    article = passage.article
    numbers = list(ITEM_NUMBER.finditer(normalize(question)))  # a follow-up's own number stands last
    numbered = numbers[-1] if numbers else None
    if not numbered and expected_answer(question) not in (Expected.LIST, Expected.ANYTHING, Expected.NUMBER):
        return []
    for paragraph in article.paragraphs:
        words = article.text[paragraph.start : paragraph.end]
        starts = enumeration_starts(words)
        if not starts or not (
            paragraph.start <= passage.span.start < paragraph.end or passage.span.end < paragraph.start
        ):
            continue
        ends = [*starts[1:], len(words)]
        items = [Span(paragraph.start + a, paragraph.start + b) for a, b in zip(starts, ends, strict=True)]
        if numbered:
            number = chinese_number(numbered[1]) if not numbered[1].isdigit() else int(numbered[1])
            items = [items[int(number) - 1]] if number and 1 <= number <= len(items) else []
        elif not _asks_for_all(question, article, words[: starts[0]], items):
            return []
        return [Evidence(passage_at(passage, item), first_sentence(article.text, item), 1.0) for item in items]
    return []


def _asks_for_all(question: str, article: Article, lead: str, items: Sequence[Span]) -> bool:
    counted = ITEM_COUNT.search(normalize(question))
    if counted:
        number = int(counted[1]) if counted[1].isdigit() else chinese_number(counted[1])
        if number == len(items):
            return True
    if expected_answer(question) is not Expected.LIST:
        return False
    head = "\n".join(filter(None, (article.title, article.kicker, article.speaker, article.speaker_role, lead)))
    best = max(content_coverage(question, article.text[i.start : i.end]) for i in items)
    return best - content_coverage(question, head) <= ITEM_MARGIN


def passage_at(passage: Passage, span: Span) -> Passage:
    """The passage of the same article in which `span` begins; the one given where it begins in none."""
    return next((p for p in split_passages(passage.article) if p.span.start <= span.start < p.span.end), passage)


def first_sentence(text: str, item: Span) -> Span:
    """The item's first sentence; the first two where the first is only a heading (……“硬实力”。)."""
    sentences = split_sentences(text[item.start : item.end], item.start)
    if len(sentences) > 1 and sentences[0].end - sentences[0].start < 25:
        return Span(sentences[0].start, sentences[1].end)
    return sentences[0]
