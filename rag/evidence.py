"""Do these passages tell what is asked? Judged before the model writes a word, and independently of what it would write.

Two questions, two answers to a citizen: is any article about this at all (else 未收录), and does it tell this (else
证据不足)? The judge's reading of the first hits counts most; words, vectors and the kind of thing asked for are beside it.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.citations import asked_above, evidence_sentences, join_neighbours
from rag.datatypes import Article, Evidence, EvidenceJudge, Hit, Kind, Passage, Span
from rag.encoder import searched_title
from rag.expected import Expected, counts_asked, expected_answer, gives_expected, holds_expected
from rag.figures import read_number
from rag.injection import is_order
from rag.judge import log_odds, logistic
from rag.outline import passage_at
from rag.parts import is_comparison, means_named, without_frame
from rag.passages import split_passages
from rag.questions import (
    asks_all_suggestions,
    asks_byline,
    asks_identity,
    asks_names_of,
    asks_speaker,
    asks_speakers,
    asks_what_became,
    content_bigrams,
    content_coverage,
    names_missing,
    person_asked_about,
)
from rag.refusals import HEAD_REPORTER, HEAD_SPEAKER, HEAD_SUBTITLE, title_marks
from rag.scope import in_scope
from rag.text import bare, is_question, normalize, only_announces, share_held, split_sentences

Rarity = Callable[[str], float]

# Logistic regressions on dev questions, docs/experiments.md. TOPIC: is an article about this? Weights of: cosine of the
# best passage; how much of the question the best of three passages covers; the same for the best article; names of the
# question that no article of them holds; size of the search, ln(passages / 45), since the best of many is always near.
TOPIC_WEIGHTS = (6.37, 2.30, 1.33, -1.01, -0.54, -3.83)
# TELLS: is it told? The same, and: log-odds of the best hit's reading; how sure the judge is of the answer's place;
# whether the kind of thing asked for stands there.
TELLS_WEIGHTS = (3.714, -0.971, 0.227, -0.334, -0.038, 0.232, 0.132, 0.902, -2.327)
# Where these are not sure, the local model reads the source too: weights of their log-odds and of rag.probe's.
PROBED_WEIGHTS = (0.623, 0.565, 0.086)
NOT_SURE = (0.02, 0.95)  # between these probabilities
ABOUT_THRESHOLD = 0.40
TELLS_THRESHOLD = 0.28  # docs/experiments.md has what it refuses, rightly and wrongly
TELLS_YES_OR_NO = 0.15  # whether something is so: what the article says of it is wanted, a suggestion too
CLEARLY = 0.6  # told so clearly that an article must be about it, whatever its words
NAMED = 0.6
SMALLEST_SEARCH = 45  # passages

WINDOW_CHARACTERS = 1500  # what the model reads at once, and keeps (rag.prefixes): an article, or a part of a long one
GIVEN_CHARACTERS, GIVEN_PASSAGES = 900, 8  # the same of given texts, which are read together, the best of them
MAX_ARTICLES = 2  # that are asked one after the other
RULE_RANKS, RULE_FITS = 10, 0.7  # a rule fits that covers at least so much of what a suggestion covers of the question
OTHER_ARTICLE = 0.5  # least share of the best reading's probability for another article
QUICK = 0.75  # probability from which the sentence that the judge points at is shown at once
QUICK_PLAIN = 0.5  # the same where it must also hold the kind of figure that is asked for (docs/experiments.md)
BESIDE = 0.0  # log-odds, by the model's state, from which one of two sources (a rule, a suggestion) tells its side
RELEVANT = 0.5  # least share of the best reading's probability for what a drafted sentence cites (docs/experiments.md)
SPEAKS_TOO = 0.15  # least probability, by the judge, that another member's proposal says so too
NAMED_MEANS, SURELY_NAMED = 0.6, 0.75  # shares of the bigrams of what a question names which a sentence of it holds
GOES_ON = re.compile("这|该|此举")
SHORTEST = 6  # characters of a drafted sentence that says something
QUOTED_FROM = 0.5  # what a sentence must reach, by the judge, to be quoted
LONG = 60  # characters of a sentence of which one part may be enough
PARTS = re.compile(r"[^；;。\s](?:[^；;]*[^；;。])?")
TAKES_UP = re.compile("但|除|其|该|此|上述|以上|前款|并|同时|否则|不足|超过")
COUNTS_TOO = 0.4  # least share of the question that a sentence holds which counts by the measure word of the question
QUICK_CHARACTERS = 110  # a longer sentence is for the model to shorten


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
        return max(logistic(TOPIC_WEIGHTS, (*self.signals, 1.0)), NAMED if self.speakers else 0.0)


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
        speakers=speakers_in(question, [hit.passage.article for hit in hits]),
    )


def tells(question: str, found: Found, hits: Sequence[Hit]) -> float:
    """Probability that one of the hits tells what is asked."""
    return logistic(TELLS_WEIGHTS, (*told_signals(question, found, hits), 1.0))


def tells_probed(told: float, probed: float) -> float:
    """The probability once the local model has read the source: `probed` is what rag.probe makes of its state."""
    return logistic(PROBED_WEIGHTS, (log_odds(told), probed, 1.0))


def told_signals(question: str, found: Found, hits: Sequence[Hit]) -> tuple[float, ...]:
    """The values that TELLS_WEIGHTS weigh."""
    readings = [hit.reading for hit in hits if hit.reading]
    best = max((r.probability for r in readings), default=0.5)
    certain = max((r.certainty for r in readings), default=0.0)
    expected = expected_answer(question)
    holds = any(holds_expected(expected, hit.passage.text) for hit in hits[:2])
    return (*found.signals, log_odds(best), max(-10.0, min(10.0, certain)), float(holds))


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


# ---------------------------------------------------------------- choosing what is read and quoted


def sources(question: str, hits: Sequence[Hit]) -> list[list[Evidence]]:
    """What the model reads, an article at a time, best first: the window that the article's best hit lies in. Another
    article than the best is read where its best passage is told to answer too, where the question names who speaks in
    it, or compares. Given texts are read together."""
    if hits and hits[0].passage.article.is_given:
        return list(filter(None, [_best_together(hits)]))
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.passage.article.id, hit)
    top = hits[0].reading.probability if hits and hits[0].reading else 1.0
    chosen = [
        hit
        for hit in best.values()
        if hit is hits[0]
        or is_comparison(question)
        or (hit.passage.article.speaker or "\0") in question
        or (hit.reading is not None and hit.reading.probability >= max(0.5, OTHER_ARTICLE * top))
    ][:MAX_ARTICLES]
    told = _told(hits)
    read = [[(p, told.get(p.id, 0.0)) for p in windows(h.passage.article)[window_of(h.passage)]] for h in chosen]
    return [source for scored in read if (source := _without_orders(scored))]


def _best_together(hits: Sequence[Hit]) -> list[Evidence]:
    """The best of the hits' passages within a budget, in the order in which they were given."""
    chosen: list[Hit] = []
    for hit in hits:
        length = sum(len(h.passage.text) for h in (*chosen, hit))
        if chosen and (length > GIVEN_CHARACTERS or len(chosen) == GIVEN_PASSAGES):
            break
        chosen.append(hit)
    chosen.sort(key=lambda h: (int(h.passage.article.id.rpartition("-")[2]), h.passage.span))
    told = _told(hits)
    return _without_orders([(hit.passage, told[hit.passage.id]) for hit in chosen])


def _told(hits: Sequence[Hit]) -> dict[str, float]:
    """How surely each passage tells, by the judge (what it has not read: 0); without a judge, by rank."""
    if any(hit.reading for hit in hits):
        return {hit.passage.id: hit.reading.probability if hit.reading else 0.0 for hit in hits}
    return {hit.passage.id: 1 / hit.rank for hit in hits}


def article_sources(article: Article) -> list[list[Evidence]]:
    """The article from beginning to end, as the model reads it."""
    return [_without_orders([(passage, 1.0) for passage in window]) for window in windows(article)]


def windows(article: Article) -> list[list[Passage]]:
    """The article's passages in one window, or a long article's in as few as hold WINDOW_CHARACTERS each, of about the
    same length. The same article has the same windows whatever is asked, so that what was read of it can be kept."""
    read: list[list[Passage]] = [[] for _ in range(_window_count(article))]
    for passage in split_passages(article):
        read[window_of(passage)].append(passage)
    return read


def window_of(passage: Passage) -> int:
    """Which of its article's windows the middle of the passage lies in."""
    article = passage.article
    return (passage.span.start + passage.span.end) * _window_count(article) // (2 * max(1, len(article.text)))


def _window_count(article: Article) -> int:
    return max(1, math.ceil(len(article.text) / WINDOW_CHARACTERS))


def _without_orders(scored: Sequence[tuple[Passage, float]]) -> list[Evidence]:
    return [piece for passage, score in scored for piece in without_orders(Evidence(passage, passage.span, score))]


def without_orders(evidence: Evidence) -> list[Evidence]:
    """The evidence in one piece, or in the pieces between sentences that give the assistant orders."""
    if not is_order(evidence.text):
        return [evidence]
    spans = split_sentences(evidence.text, evidence.span.start)
    text = evidence.passage.article.text
    kept = [Evidence(evidence.passage, s, evidence.score) for s in spans if not is_order(text[s.start : s.end])]
    return join_neighbours(kept)


ABOUT_SUGGESTIONS = re.compile(r"建议|提议|提案|委员|代表|建言|呼吁|主张|谁提|谁说|两会|政协|人大")


def rules_first(question: str, hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """The hits on either side, where rules and suggestions stand side by side and the question does not ask for
    suggestions: all that suggests nothing, and the suggestions. Else all of them, and none."""
    first = hits[:RULE_RANKS]
    rules = [h for h in first if h.passage.article.kind is Kind.POLICY]
    suggestions = [h for h in first if h.passage.article.kind is Kind.PROPOSAL]
    named = any(h.passage.article.speaker and h.passage.article.speaker in question for h in suggestions)
    topic = re.sub(r"[\d.]+", " ", normalize(question))  # the figure asked about is the one side's or the other's
    fits = [
        max((content_coverage(topic, searched_text(h.passage)) for h in kind), default=0.0)
        for kind in (rules, suggestions)
    ]
    if not rules or not suggestions or named or fits[0] < RULE_FITS * fits[1] or ABOUT_SUGGESTIONS.search(question):
        return list(hits), []
    apart = [h for h in hits if h.passage.article.kind is Kind.PROPOSAL]
    return [h for h in hits if h not in apart], apart


def keep_named(question: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits of the articles that hold most of the names in the question: another article's telephone number is no
    answer to a question about 电梯管家, nor one member's suggestion to a question about another's. Given texts belong
    together: the name may stand in one, the answer in another."""
    if any(hit.passage.article.is_given for hit in hits):
        return list(hits)
    words = {h.passage.article.id: article_words(h.passage.article) for h in hits}
    speakers = speakers_in(question, [hit.passage.article for hit in hits])

    def may_answer(article: Article) -> bool:
        anothers = speakers and article.kind is Kind.PROPOSAL
        return not anothers or any(speaker in words[article.id] for speaker in speakers)

    speaking = [hit for hit in hits if may_answer(hit.passage.article)]
    missing = {h.passage.article.id: names_missing(question, words[h.passage.article.id]) for h in speaking}
    least = min(missing.values(), default=0)
    return [hit for hit in speaking if missing[hit.passage.article.id] == least]


def speakers_in(question: str, articles: Iterable[Article]) -> frozenset[str]:
    """The articles' speakers whom the question names."""
    asked = normalize(question)
    return frozenset(a.speaker for a in articles if a.speaker and a.speaker in asked)


def quick_sentence(question: str, hits: Sequence[Hit]) -> Evidence | None:
    """The sentence that the judge points at, where it is sure of it and the sentence is short enough to show."""
    best = hits[0]
    if expected_answer(question) is Expected.PERSON:
        return None  # a name has no form by which to tell that the sentence gives it: the model points at it
    checked = is_plain(question) and expected_answer(question) is not Expected.PLACE  # a place has no form to check
    least = QUICK_PLAIN if checked else QUICK
    if best.reading is None or best.reading.probability < least or best.reading.certainty < 0:
        return None
    found = sentence_at(best)
    short = found.span.end - found.span.start <= QUICK_CHARACTERS and not only_announces(found.text)
    fits = short and gives_expected(question, found.text) and not _another_fits_better(question, hits)
    return found if fits else None


def _another_fits_better(question: str, hits: Sequence[Hit]) -> bool:
    """Whether the sentence that the judge points at speaks of another than is asked about, or lacks a name of the question
    which a sentence beside it has."""
    best = hits[0].passage
    found = sentence_at(hits[0])
    passages = [h.passage for h in hits if h.passage.article.id == best.article.id]
    sentences = evidence_sentences([Evidence(p, p.span, 1.0) for p in passages])
    left = in_scope(question, sentences)
    counting = [s for s in sentences if counts_asked(question, s.text)]
    if not counts_asked(question, found.text) and any(
        content_coverage(question, s.text) >= COUNTS_TOO for s in counting
    ):
        return True
    if any(found.span.holds(s.span) for s in sentences if s not in left):
        return True
    beside = [names_missing(question, s.text) for s in sentences if s.passage is best]
    return names_missing(question, found.text) > min(beside, default=0)


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who speaks in an article, or wrote it. `text`: what is said of it where only the article's head tells; None where
    the evidence itself does."""

    evidence: Evidence
    text: str | None = None


def introductions(question: str, found: Found, hits: Sequence[Hit]) -> list[Introduction]:
    """Who makes the best proposal, where the question asks for that; asked for several speakers (哪两位委员), each of whose
    proposals tells too; or who wrote the best article, or is named under its title. Empty where something else is asked."""
    best = hits[0].passage.article
    several, one = asks_speakers(question), asks_speaker(question)
    if asks_byline(question) and not one and best.reporter and best.reporter not in best.text:
        return [_by_head(HEAD_REPORTER.format(title=title_marks(best.title), reporter=best.reporter), hits[0].passage)]
    person = person_asked_about(question)
    if person and person in (best.subtitle or ""):
        return [_by_head(HEAD_SUBTITLE.format(title=title_marks(best.title), subtitle=best.subtitle), hits[0].passage)]
    if found.speakers and (one or person or asks_identity(question)):
        hits = [h for h in hits if h.passage.article.speaker in found.speakers] or hits
    elif not several and not one:
        return []
    if hits[0].passage.article.kind is not Kind.PROPOSAL:
        return []
    top = hits[0].reading.probability if hits[0].reading else 1.0
    least = max(SPEAKS_TOO, OTHER_ARTICLE * top)
    passages: dict[str, Passage] = {}  # the first of each article that tells
    for hit in hits:
        if hit is hits[0] or (hit.reading and hit.reading.probability >= least):
            passages.setdefault(hit.passage.article.id, hit.passage)
    chosen = list(passages.values())[: max(1, several)]
    return [made for passage in chosen if (made := _introduction(passage))]


def _introduction(passage: Passage) -> Introduction | None:
    article = passage.article
    if article.kind is not Kind.PROPOSAL or not article.speaker:
        return None
    spans = (span for paragraph in article.paragraphs for span in _sentences_of(article, paragraph))
    named = next((span for span in spans if article.speaker in article.text[span.start : span.end]), None)
    if named is not None:
        return Introduction(Evidence(passage_at(passage, named), named, 1.0))
    speaker = f"{article.speaker_role or ''}{article.speaker}"
    return _by_head(HEAD_SPEAKER.format(title=title_marks(article.title), speaker=speaker), passage)


def _by_head(text: str, passage: Passage) -> Introduction:
    """It cites the article's first sentence: the head stands above it."""
    article = passage.article
    first = _sentences_of(article, article.paragraphs[0])[0]
    return Introduction(Evidence(passage_at(passage, first), first, 1.0), text)


def only_suggests(question: str, article: Article) -> bool:
    """Whether the question asks what became of a suggestion (采纳了没有) of an article that only makes it."""
    became = asks_what_became(question, article.speaker)
    return became is not None and article.kind is Kind.PROPOSAL and became not in normalize(article.text)


LISTING = re.compile(
    r"[、；;]|(?<=[\u4e00-\u9fff)）])[和及](?=[\u4e00-\u9fffA-Za-z])|[县区市镇乡村][^，,。；;]{0,4}\d+[家个所名位座处条户][，,]"
)
ALL_IN = re.compile(r"(?:全部|均|都)[^，,。；;]{0,4}在")
FEWEST_LISTED = 3


def only_counts(question: str, hits: Sequence[Hit]) -> bool:
    """Whether the question asks the names or places of so many things (那12家都开在哪里) of articles that only count them: no
    sentence with that count, nor the one after it, lists anything."""
    asked = asks_names_of(question)
    articles = {h.passage.article.id: h.passage.article for h in hits}
    counted = [words for article in articles.values() for words in _sentences_with(asked, article)] if asked else []
    told = any(ALL_IN.search(words) or len(LISTING.findall(words)) + 1 >= FEWEST_LISTED for words in counted)
    return bool(counted) and not told


def _sentences_with(asked: tuple[int, str], article: Article) -> list[str]:
    """The article's sentences with that count, and those after them."""
    count, unit = asked
    texts = [article.text[span.start : span.end] for span in split_sentences(article.text)]
    numerals = re.compile(rf"(\d{{1,3}}|[一二三四五六七八九十]{{1,3}}){unit}")
    counts = [any(read_number(n[1]) == count for n in numerals.finditer(normalize(text))) for text in texts]
    return [text for n, text in enumerate(texts) if counts[n] or (n and counts[n - 1])]


STANDS_FOR = re.compile("公司|该|本|其|我们")  # what a text that names nothing says for the thing it speaks of
SPEAKS_OF = 0.3  # share of one name's bigrams, beyond that of another's, which a text holds that speaks of it


def own_texts(question: str, each: Sequence[str], given: Sequence[Passage]) -> Sequence[Passage]:
    """The given texts without those that speak of the other of two things asked about. What follows a name belongs to it
    until the other is named: a report says 公司 from its second paragraph on."""
    if len(each) != 2 or question not in each:
        return given
    this, that = apart(question, each[1 - each.index(question)])
    kept, foreign = [], False
    for passage in given:
        plain = bare(passage.text)
        here, there = share_held(this, plain), share_held(that, plain)
        if abs(here - there) >= SPEAKS_OF:
            foreign = there > here
        elif min(here, there) >= SPEAKS_OF or not STANDS_FOR.search(passage.text):
            foreign = False
        if not foreign:
            kept.append(passage)
    return kept


def apart(one: str, other: str) -> tuple[set[str], set[str]]:
    """What tells two questions apart: the content bigrams of each that the other has not."""
    these, those = set(content_bigrams(one)), set(content_bigrams(other))
    return these - those, those - these


def _sentences_of(article: Article, paragraph: Span) -> list[Span]:
    return split_sentences(article.text[paragraph.start : paragraph.end], paragraph.start)


def is_plain(question: str) -> bool:
    """Whether one sentence can be the whole answer: a date, a price, a count, a name, a place."""
    return expected_answer(question) in PLAIN


PLAIN = frozenset(
    {Expected.PHONE, Expected.DATE, Expected.CLOCK, Expected.AMOUNT, Expected.NUMBER, Expected.PERSON, Expected.PLACE}
)


def sentence_at(hit: Hit) -> Evidence:
    """The sentences of the hit's passage in which the judge sees the answer."""
    passage = hit.passage
    assert hit.reading is not None
    start, end = (passage.span.start + offset for offset in hit.reading.span)
    spans = split_sentences(passage.text, passage.span.start)
    held = [s for s in spans if s.start < max(end, start + 1) and start < s.end] or spans[:1]
    # Over an answer stands its question, which says nothing.
    while is_question(passage.article.text[held[0].start : held[0].end]) and held[-1] != spans[-1]:
        held = held[1:] or spans[spans.index(held[0]) + 1 :][:1]
    return Evidence(passage, Span(held[0].start, held[-1].end), hit.reading.probability)


def part_asked(question: str, sentence: Evidence) -> Evidence:
    """Of a long sentence of parts (……；……；……) the one part that holds all that the sentence holds of a plain question, and
    the kind of figure asked for; the whole sentence where none does alone, or one part takes up another."""
    text = sentence.text
    pieces = [match.span() for match in PARTS.finditer(text)]
    takes_up = any(TAKES_UP.match(text[start:end]) for start, end in pieces[1:])
    if len(text) < LONG or len(pieces) < 2 or takes_up or not is_plain(question):
        return sentence
    held = content_coverage(question, text)
    fits = [
        (start, end)
        for start, end in pieces
        if gives_expected(question, text[start:end]) and content_coverage(question, text[start:end]) == held
    ]
    if held == 0 or len(fits) != 1:
        return sentence
    start, end = fits[0]
    return Evidence(sentence.passage, Span(sentence.span.start + start, sentence.span.start + end), sentence.score)


def is_relevant(question: str, cited: Sequence[Evidence], source: Sequence[Evidence], judge: EvidenceJudge) -> bool:
    """Whether what a drafted sentence cites has to do with the question: true words of the article may not."""
    if asks_all_suggestions(question, cited[0].passage.article.speaker):
        return True  # the judge does not know whose sentence it reads
    (reading,) = judge.read(without_frame(question), [_under_its_heads(cited[0], "".join(e.text for e in cited))])
    return reading.probability >= RELEVANT * max(e.score for e in source)


def _under_its_heads(cited: Evidence, text: str) -> str:
    """The text as the judge reads it: under its article's title, and the question that its passage answers."""
    asked = asked_above(cited, evidence_sentences([Evidence(cited.passage, cited.passage.span, 1.0)]))
    return "\n".join([searched_title(cited.passage), *([asked.text] if asked else []), text])


def rank_sentences(question: str, evidence: Sequence[Evidence], judge: EvidenceJudge | None) -> list[Evidence]:
    """The evidence's sentences that speak of what is asked about, those that answer best first; `score` in [0, 1]: what
    the judge makes of the sentence under its title, or without a judge how much of the question it covers."""
    pieces = in_scope(question, evidence_sentences(evidence))
    if judge is None:
        scores = [content_coverage(question, piece.text) for piece in pieces]
    else:
        texts = [_under_its_heads(piece, piece.text) for piece in pieces]
        scores = [reading.probability for reading in judge.read(without_frame(question), texts)]
    scored = [Evidence(e.passage, e.span, score) for e, score in zip(pieces, scores, strict=True)]
    return sorted(scored, key=lambda e: -e.score)


def means_told(question: str, source: Sequence[Evidence]) -> list[Evidence]:
    """Of each of the means that the question names, the source's best sentence: one that surely names it, and this alone
    rather than all of them, of the passage that answers best; with those before and after it that take up each other. In
    the question's order; empty where one of them stands nowhere."""
    pieces = in_scope(question, evidence_sentences(source))
    means = [content_bigrams(one) for one in means_named(question)]
    shares = [[share_held(grams, bare(piece.text)) for grams in means] for piece in pieces]
    found: list[Evidence] = []
    for n in range(len(means)):
        named = [i for i, held in enumerate(shares) if held[n] >= NAMED_MEANS and not is_question(pieces[i].text)]
        if not named:
            return []

        def fits(i: int, n: int = n) -> tuple[bool, bool, float, float]:
            alone = sum(share >= NAMED_MEANS for share in shares[i]) == 1
            return shares[i][n] >= SURELY_NAMED, alone, pieces[i].score, content_coverage(question, pieces[i].text)

        best = max(named, key=fits)
        first, last = best, best + 1
        while first > 0 and _goes_on(pieces[first - 1], pieces[first]):
            first -= 1
        while last < len(pieces) and _goes_on(pieces[last - 1], pieces[last]):
            last += 1
        found += pieces[first:last]
    return list(dict.fromkeys(found))


def _goes_on(before: Evidence, after: Evidence) -> bool:
    """Whether a sentence takes up the one before it: 这一举措……"""
    return before.passage == after.passage and bool(GOES_ON.match(after.text))


def quotations(question: str, evidence: Sequence[Evidence], judge: EvidenceJudge | None) -> list[Evidence]:
    """The source's own best sentences for the question: the best one, and one that is good and almost as good."""
    ranked = [
        e
        for e in rank_sentences(question, evidence, judge)
        if len(bare(e.text)) >= SHORTEST and not is_question(e.text)
    ]
    second = [e for e in ranked[1:2] if e.score >= max(QUOTED_FROM, 0.85 * ranked[0].score)]
    best = [e for e in ranked[:1] if e.score > 0] + second
    return join_neighbours(sorted(best, key=lambda e: (e.passage.article.id, e.span)))
