"""Question -> answer: the order of the steps, and nothing else.

    question -> standalone question -> hits -> is it told at all? -> evidence -> draft -> checked sentences -> Answer

No sentence leaves here that `rag.citations` has not checked against the words it cites. A plain question is answered by
the sentence that the judge points at; the model writes where more is wanted. It may fail or be absent: then the source's
own best sentences are the answer, marked as quoted.
"""

import logging
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain

from rag.citations import (
    align,
    coverage,
    evidence_sentences,
    join_neighbours,
    point,
    point_items,
    score_support,
)
from rag.datatypes import (
    GIVEN,
    Answer,
    Article,
    Citation,
    Evidence,
    EvidenceJudge,
    Hit,
    Kind,
    Match,
    Passage,
    PassageEncoder,
    Progress,
    Sentence,
    Span,
    Status,
    TextGenerator,
)
from rag.errors import UserError
from rag.evidence import (
    ABOUT_THRESHOLD,
    BESIDE,
    CLEARLY,
    NOT_SURE,
    QUICK,
    TELLS_THRESHOLD,
    TELLS_YES_OR_NO,
    Found,
    Introduction,
    apart,
    article_sources,
    article_words,
    examine,
    introductions,
    is_plain,
    is_relevant,
    keep_named,
    only_counts,
    only_suggests,
    own_texts,
    quick_sentence,
    rank_sentences,
    rules_first,
    searched_text,
    sources,
    speakers_in,
    tells,
    tells_probed,
)
from rag.figures import unsupported_figures
from rag.index import Index
from rag.injection import is_order
from rag.outline import (
    ITEM_NUMBER,
    RULE_NUMBER,
    enumerated_items,
    headed_sentences,
    numbered_rule,
    passage_at,
)
from rag.passages import split_articles, split_passages
from rag.probe import LAYER, Probe
from rag.prompts import (
    DRAFT,
    DRAFT_LIST,
    DRAFT_WHETHER,
    SAYS_NOTHING,
    ask_about,
    make_standalone,
)
from rag.questions import (
    Expected,
    asks_byline,
    asks_items,
    asks_speakers,
    content_bigrams,
    content_coverage,
    expected_answer,
    gives_expected,
    is_comparison,
    is_instruction,
    is_small_talk,
    is_yes_or_no,
    leans_on_history,
    only_connects,
    only_repeats,
    refers_back,
    split_each,
    split_parts,
    without_frame,
)
from rag.refusals import ALSO_SUGGESTS, MENTIONS, SUGGESTS, missing_parts, refusal
from rag.retrieval import Retriever, article_order, rank_given
from rag.scope import age_rules, in_scope
from rag.text import bare, only_announces, share_held, split_sentences

log = logging.getLogger("wence")

TOP_K = 10
MAX_QUESTION = 500  # characters
DRAFT_TOKENS = 160
STANDALONE_TOKENS = 60
MAX_SENTENCES = 4
NEAREST = 3
MATCHED_PASSAGES = 30
MATCHED_CLAUSES = 4  # of a description, beside the whole of it
FOLLOWS = 0.6  # probability from which a question is answered by what was asked before, though it names nothing of it
CONCERNS = 0.30  # least cosine of a passage that concerns who described themselves (docs/experiments.md)
OTHER_TOPIC = (
    0.5  # by so much more must another article hold of a short question's words than the one asked about before
)
OWN_WORDS = 3  # content bigrams of a question that says enough for itself
TELLS_BOTH = 0.5  # share of what tells two questions apart that a passage holds which may answer both
SHORTEST = 6  # characters of a drafted sentence that says something
SENTENCE_ENDS = ("。", "！", "？", "；", "”", "…")
ITEM = 9  # characters; what is shorter is an item of a list or a piece of a sentence
PIECE = 0.6  # share of a sentence's length below which a statement is a piece of it
MAX_RULES = 2  # on somebody's age that are shown
AS_SHORT = 1.25  # times a statement's length up to which the source's own words are shown in its place
SAID = 0.8  # share of a sentence's bigrams that another holds which says the same
NEAR = 0.5  # support of the source's sentence by the draft from which that sentence is quoted in its place
QUOTED_FROM = 0.5  # what a sentence must reach, by the judge, to be quoted

# The model's, not the source's: a list's marks, 根据资料，
ADDED = re.compile(
    r"^(?:[-•·*]|\d{1,2}[.、)）](?!\d))?\s*"
    r"(?:(?:根据|按照|依据)(?:(?:以上|上述|给出|所给|提供)的?)?(?:资料|材料|文章|规定|通知|办法|文件)[，,：:]"
    r"|(?:资料|文章)(?:显示|指出|提到)[，,：:])?"
)

LAYOUT = re.compile(r"\s{3,}")
SUGGESTING = re.compile(r"^[他她]?(?:还|同时|也|另外|此外|并)*(?:建议|提议|呼吁)[，,：:]?")  # 他同时建议，……
# What stands before the first words: 本报讯（记者 某某）, 答：, 此外，
LEAD = re.compile(
    r"^(?:[\u4e00-\u9fff]{1,6}[讯电]\s*)?[（(](?:[^（()）。]{0,4}记者|通讯员)[^（()）。]*[)）]\s*|^本报讯\s+|^答\s*[：:]\s*"
    r"|^(?:综上所述|总之|此外|另外|为此)[，,]"
)

Event = Progress | Sentence | Answer
Never = Callable[[], bool]


class Chatbot:
    """Answers questions from one index. `generator` may be None: answers are then quotations. `probe`: fitted for it."""

    def __init__(
        self, retriever: Retriever, encoder: PassageEncoder, generator: TextGenerator | None, probe: Probe | None = None
    ) -> None:
        self.retriever = retriever
        self.generator = generator
        self._probe = probe
        self._encoder = encoder
        self._examples: list[str] | None = None

    @property
    def index(self) -> Index:
        return self.retriever.index

    def reopen(self, index: Index) -> None:
        """Answer from another build of the index from now on; a question on its way keeps the one that it began with."""
        self.retriever = Retriever(index, self._encoder, self.retriever.judge)
        self._examples = None

    @property
    def encoder(self) -> PassageEncoder:
        return self._encoder

    @property
    def articles(self) -> tuple[Article, ...]:
        return self.index.articles

    def search(self, question: str, top_k: int = TOP_K) -> list[Hit]:
        """The passages that fit the question best, best first."""
        return self.retriever.search(question, top_k)

    def ask(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
        """The checked answer, or a refusal. `history`: (question, answer text) pairs, oldest first."""
        return last_answer(self.stream(question, history))

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        cancelled: Never = lambda: False,
        within: str | None = None,
    ) -> Iterator[Event]:
        """`Progress` as work goes on, each `Sentence` once it is checked, and the whole `Answer` last. `within`: the id
        of the one article that may answer."""
        return self._run(question, tuple(history), lambda query: self._find(query, within), cancelled)

    def ask_over(self, question: str, passages: Sequence[str]) -> Answer:
        """The answer from the given texts alone, without search. Citations name them 给定资料1, 给定资料2…"""
        given = given_passages(passages)
        each = split_each(question.strip())

        def find(query: str) -> Found:
            return self._find_given(without_frame(query), own_texts(query, each, given))

        return last_answer(self._run(question, (), find, lambda: False))

    def matching(self, description: str, most: int = 8) -> list[Match]:
        """The proposals and policies that concern someone who describes themselves (我在兴县开铝厂), nearest first, each
        with the sentence of its own that comes nearest. Empty where none does."""
        clauses = [c for c in re.split(r"[，,。；;！!？?\s]+", description) if len(bare(c)) >= 4]
        # Who says several things of themselves is concerned by what fits any of them.
        matches: list[Match] = []
        for described in dict.fromkeys([description, *clauses[:MATCHED_CLAUSES]]):
            self._match(described, matches, most)
        return matches

    def _match(self, description: str, matches: list[Match], most: int) -> None:
        """Add what concerns this one description to `matches`, up to `most`."""
        for hit in self.retriever.search(description, MATCHED_PASSAGES, "fused"):
            article = hit.passage.article
            known = any(match.article.id == article.id for match in matches)
            if known or article.kind not in (Kind.PROPOSAL, Kind.POLICY) or len(matches) == most:
                continue
            if self.retriever.cosine(description, hit.passage) < CONCERNS:
                continue
            pieces = evidence_sentences([Evidence(hit.passage, hit.passage.span, 1.0)])
            vectors = self._encoder.encode_queries([description, *(piece.text for piece in pieces)])
            nearness = vectors[1:] @ vectors[0]
            best = pieces[int(nearness.argmax())]
            quote = Sentence(best.text, (Citation(len(matches) + 1, best.passage, best.span),), quoted=True)
            matches.append(Match(article, quote))

    def example_questions(self, count: int = 4) -> list[str]:
        """Questions that the indexed articles were found to answer, one an article, of as many kinds as there are.
        Looked for once (a second or two)."""
        if self._examples is None:
            self._examples = list(self._find_examples(count))
        return self._examples

    def _find_examples(self, count: int) -> Iterator[str]:
        by_kind: dict[Kind, list[str]] = {}
        for article in self.articles:
            if question := example_question(article):
                by_kind.setdefault(article.kind, []).append(question)
        queues = [by_kind[kind] for kind in Kind if kind in by_kind]
        while any(queues):
            for queue in filter(None, queues):
                question = queue.pop(0)
                if self._is_told(question):
                    yield question
                    count -= 1
                if count == 0:
                    return

    def _is_told(self, question: str) -> bool:
        found = self._find(question)
        items = bool(found.hits) and bool(enumerated_items(question, found.hits[0].passage))
        return items or tells(question, found, found.hits) >= TELLS_THRESHOLD

    # ------------------------------------------------------------ the steps

    def _run(
        self, question: str, history: Sequence[tuple[str, str]], find: Callable[[str], Found], cancelled: Never
    ) -> Iterator[Event]:
        question = question.strip()
        find = cache(find)  # more than one step wants the same search
        run = _Run(question, question, self.generator.identity if self.generator else "", self._index_identity())
        if len(question) > MAX_QUESTION:
            raise UserError(
                f"问题有 {len(question)} 字，超过 {MAX_QUESTION} 字，请缩短后再问。",
                f"The question has {len(question)} characters, more than {MAX_QUESTION}; please shorten it.",
            )
        if is_instruction(question):
            yield run.refuse(Status.BLOCKED)
            return
        if is_small_talk(question):
            yield run.refuse(Status.OUT_OF_SCOPE)
            return
        yield Progress("searching")
        with run.timed("standalone"):
            run.standalone = self._standalone(question, history, find, cancelled)
        if not content_bigrams(run.standalone):
            yield run.refuse(Status.OUT_OF_SCOPE)
            return
        failed: list[tuple[str, Status]] = []
        parts = self._parts(run.standalone, find)
        for part in parts:
            leans = part != parts[0] and leans_on_history(part, [(parts[0], "")])
            query = f"{parts[0]} {part}" if leans else part
            with run.timed("retrieval"):
                found = find(query)
            run.nearest(found)
            yield Progress("reading", len(article_order(found.hits)))
            status = yield from self._answer_part(run, part, found, cancelled)
            if status is not None and history and run.standalone == question:
                # It may lean on what was asked before without a word that shows it: 市里和县里各出几成？
                before = find(f"{history[-1][0]} {part}")
                if (yield from self._answer_part(run, part, before, cancelled, FOLLOWS)) is None:
                    status = None
            if status is not None:
                failed.append((part, status))
        yield run.finish(failed, parts)

    def read_articles(self, advance: Callable[[int], object] = lambda _: None) -> None:
        """Let the model read every article, newest first, so that a question pays only for itself. `advance` is told of
        each article."""
        for article in sorted(self.articles, key=lambda a: a.published or "", reverse=True):
            for source in filter(None, article_sources(article)):
                self.read_ahead(source)
            advance(1)

    def _parts(self, question: str, find: Callable[[str], Found]) -> list[str]:
        """The questions asked in one. What is asked of two (甲和乙各…) is asked of each, unless one passage tells both."""
        parts = split_parts(question)
        each = split_each(question)
        if len(parts) > 1 or len(each) == 1:
            return parts
        best = next(iter(find(question).hits), None)
        if best is None or best.reading is None or best.reading.probability < QUICK:
            return each
        words = bare(searched_text(best.passage))
        held = min(share_held(grams, words) for grams in apart(*each))
        return parts if held >= TELLS_BOTH else each

    def _answer_part(
        self, run: "_Run", question: str, found: Found, cancelled: Never, sure: float = 0.0
    ) -> Generator[Event, None, Status | None]:
        """Sentences for one question; returns why there are none, or None. `sure`: least probability that it is told."""
        run.asked, run.begun = question, len(run.sentences)
        if not found.hits:
            return Status.NO_EVIDENCE
        about = found.about >= ABOUT_THRESHOLD
        untold = Status.INSUFFICIENT if about else Status.NO_EVIDENCE
        hits = keep_named(question, found.hits)
        run.evidence += [Evidence(h.passage, h.passage.span, h.reading.probability if h.reading else 0.0) for h in hits]
        hits = [hit for hit in hits if not only_suggests(question, hit.passage.article)]
        if not hits or only_counts(question, hits):
            return untold
        one = len(found.speakers) < 2 and not is_yes_or_no(question)
        section = numbered_rule(question, hits[0].passage) or headed_sentences(question, hits[0].passage)
        items = section or (enumerated_items(question, hits[0].passage) if one else [])
        people = introductions(question, found, hits)
        named = about and bool(people) and not asks_speakers(question)
        # Who names the speaker and asks for the items, or a rule's number, or a heading, has been understood.
        if not (named or (items and found.speakers) or (section and about and not sure)):
            with run.timed("judging"):
                told = self._told(question, found, hits, cancelled)
            least = TELLS_YES_OR_NO if is_yes_or_no(question) else TELLS_THRESHOLD
            if told < max(sure, least if about else CLEARLY):
                return untold
        before = run.told
        if not people and not items and is_yes_or_no(question):
            source = next(iter(sources(question, hits)), [])
            items = age_rules(question, evidence_sentences(source))[:MAX_RULES]
        yield from filter(None, map(run.introduce, people) if people else map(run.quote, items))
        if run.told > before:
            return None
        sides = [hits] if is_comparison(question) else [side for side in rules_first(question, hits) if side]
        for side, read in self._telling(question, sides, cancelled):
            yield from self._answer_from(run, question, side, read, cancelled)
        return None if run.told > before else untold

    def _telling(
        self, question: str, sides: Sequence[Sequence[Hit]], cancelled: Never
    ) -> Iterator[tuple[Sequence[Hit], Iterable[Sequence[Evidence]]]]:
        """The sides that tell what is asked, with the sources that answer for each. What stands alone has been found to
        tell; its second source is asked only after the first has answered."""
        if len(sides) == 1:
            own = sources(question, sides[0])
            others = (source for source in own[1:] if self._is_told_by(question, source, cancelled))
            yield sides[0], chain(own[:1], others)
            return
        read = [sources(question, side) for side in sides]
        telling = [[s for s in side if self._is_told_by(question, s, cancelled)] for side in read]
        # Asked whether something is so, a rule that says otherwise tells too: it is heard in any case.
        if not telling[0] and (is_yes_or_no(question) or not any(telling)):
            telling[0] = read[0][:1]
        yield from ((side, told) for side, told in zip(sides, telling, strict=True) if told)

    def _told(self, question: str, found: Found, hits: Sequence[Hit], cancelled: Never) -> float:
        """Probability that the hits tell what is asked. The local model is asked only where that is not clear without."""
        told = tells(question, found, hits)
        if NOT_SURE[0] < told < NOT_SURE[1]:
            probed = self.probed(question, hits, cancelled)
            return told if probed is None else tells_probed(told, probed)
        return told

    def _answer_from(
        self,
        run: "_Run",
        question: str,
        hits: Sequence[Hit],
        read: Iterable[Sequence[Evidence]],
        cancelled: Never,
    ) -> Iterator[Event]:
        """The sentence that the judge points at, at once; that is all of a plain answer. From each source the model
        writes what is still to be said."""
        compares = is_comparison(question)
        if not compares and (quick := quick_sentence(question, hits)) and (sentence := run.quote(quick)):
            yield sentence
            if is_plain(question):
                return
        for source in read:
            yield Progress("writing", len(article_order(hits)))
            yield from self._write(run, question, source, cancelled)

    def _write(self, run: "_Run", question: str, source: Sequence[Evidence], cancelled: Never) -> Iterator[Sentence]:
        """The model's checked sentences; the source's own best ones where there is nothing else."""
        before = len(run.sentences)
        waiting: list[str] = []  # until one of them gives the kind of figure that was asked for
        given = before > run.begun
        for statement in self._draft(run, question, source, cancelled):
            if len(run.sentences) - before == MAX_SENTENCES:
                break
            waiting.append(statement)
            given = given or gives_expected(question, statement)
            while given and waiting:
                yield from run.check(waiting.pop(0), question, source, self.retriever.judge)
            if is_plain(question) and len(run.sentences) > before:
                return  # one figure, one name: what else the model would say is not asked for
        if len(run.sentences) == run.begun:
            with run.timed("quoting"):
                fitting = quotations(question, source, self.retriever.judge)
            for item in fitting:
                enough = item.score >= QUOTED_FROM or not is_plain(question)
                if enough and gives_expected(question, item.text) and (sentence := run.quote(item)):
                    yield sentence

    def find(self, query: str, passages: Sequence[str] = ()) -> Found:
        """What is found for a query, in the index or among the given texts, and how well it fits."""
        return self._find_given(query, given_passages(passages)) if passages else self._find(query)

    def probed(self, question: str, hits: Sequence[Hit], cancelled: Never = lambda: False) -> float | None:
        """Log-odds that the best source tells what is asked, by the local model's state when it has read both; of a
        comparison, that one of its sources does. None where the model cannot be asked."""
        read = sources(question, hits)[: None if is_comparison(question) else 1]
        values = [self._probed(question, source, cancelled) for source in read]
        return max((value for value in values if value is not None), default=None)

    def _is_told_by(self, question: str, source: Sequence[Evidence], cancelled: Never) -> bool:
        """Whether a source that stands beside another tells what is asked; by the judge where the model cannot be asked."""
        probed = self._probed(question, source, cancelled)
        return max(e.score for e in source) >= QUOTED_FROM if probed is None else probed >= BESIDE

    def _probed(self, question: str, source: Sequence[Evidence], cancelled: Never) -> float | None:
        """What the model has read here it need not read again to draft the answer."""
        if self.generator is None or self._probe is None:
            return None
        try:
            self.read_ahead(source, cancelled)
            return self._probe.log_odds(self.generator.state(ask_about(question, source, DRAFT), LAYER, cancelled))
        except Exception:
            log.exception("the model failed to read the source")
            return None

    def _find(self, query: str, within: str | None = None) -> Found:
        if within is not None:
            article = next((a for a in self.articles if a.id == within), None)
            return self._find_given(query, split_passages(article) if article else [])
        hits = self.retriever.search(query, TOP_K)
        # Who speaks may stand in the article's head alone, which no passage holds: 聂方是哪个单位的.
        speakers = speakers_in(query, self.articles)
        if speakers and not any(hit.passage.article.speaker in speakers for hit in hits):
            named = [article for article in self.articles if article.speaker in speakers]
            own, _ = rank_given(query, split_articles(named), self._encoder, self.retriever.judge)
            hits = [*own, *hits][:TOP_K]
        return examine(query, hits, self.retriever.best_cosine(query), len(self.index.passages), self.index.rarity)

    def _find_given(self, query: str, given: Sequence[Passage]) -> Found:
        hits, cosine = rank_given(query, given, self._encoder, self.retriever.judge)
        return examine(query, hits, cosine, len(given))

    def _standalone(
        self, question: str, history: Sequence[tuple[str, str]], find: Callable[[str], Found], cancelled: Never
    ) -> str:
        """The question with what it leans on put back. The model's rewriting counts only where it adds no word of its
        own; else the question before is put in front, which is enough to search by."""
        if not leans_on_history(question, history):
            return question
        # The last question that stood on its own: what lies between leans on it too.
        before = next(
            (q for i, (q, _) in reversed([*enumerate(history)]) if not leans_on_history(q, history[:i])), question
        )
        if is_other_topic(question, find(question), find(before)):
            return question
        if self.generator is not None and not ITEM_NUMBER.search(question) and not RULE_NUMBER.search(question):
            try:
                written = "".join(
                    self.generator.stream(make_standalone(question, history), STANDALONE_TOKENS, cancelled)
                )
            except Exception:
                log.exception("the model failed to make a question standalone")
            else:
                rewritten = written.strip().splitlines()[0].strip() if written.strip() else ""
                said = bare("".join(q + a for q, a in history))
                known = bare(question) + said
                keeps = content_coverage(question, rewritten) >= 0.6
                adds = set(content_bigrams(rewritten)) - set(content_bigrams(question))
                taken = any(gram in said for gram in adds)
                if keeps and taken and all(c in known for gram in adds for c in gram):
                    return rewritten
        return f"{before.rstrip('？?。 ')}，{question}"

    def _draft(self, run: "_Run", question: str, evidence: Sequence[Evidence], cancelled: Never) -> Iterator[str]:
        """The model's sentences as they are finished; none where there is no model, or it fails or says nothing."""
        if self.generator is None:
            return
        with run.timed("reading"):
            self.read_ahead(evidence, cancelled)
        instruction = drafting_instruction(question)
        text = ""
        done = 0
        with run.timed("writing"):
            try:
                for piece in self.generator.stream(ask_about(question, evidence, instruction), DRAFT_TOKENS, cancelled):
                    text += piece
                    spans = split_sentences(text)
                    for span in spans[done:-1]:
                        yield text[span.start : span.end]
                    done = max(done, len(spans) - 1)
            except Exception:
                log.exception("the model failed to write")
                return
        if cancelled() or self.generator.count_tokens(text) >= DRAFT_TOKENS - 1:
            return  # the last sentence may be cut off
        for span in split_sentences(text)[done:]:
            yield text[span.start : span.end]

    def read_ahead(self, source: Sequence[Evidence], cancelled: Never = lambda: False) -> None:
        """Let the model read the source before it is asked about it; what it has read before costs nothing. Given texts
        are put together for one question, so keeping them would serve no other."""
        if self.generator is not None and not source[0].passage.article.is_given:
            one, other = (ask_about(question, source, DRAFT) for question in ("甲", "乙"))
            try:
                self.generator.read_ahead(one, other, cancelled)
            except Exception:
                log.exception("the model failed to read ahead")

    def _index_identity(self) -> str:
        return self.index.manifest.corpus


@dataclass(slots=True)
class _Run:
    """One question on its way to its answer."""

    question: str
    standalone: str
    model: str
    index: str
    sentences: list[Sentence] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    asked: str = ""  # the part of the question that is being answered
    begun: int = 0  # sentences shown before it
    told: int = 0  # sentences shown, and those not shown because another says the same
    near: list[Article] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)
    _numbers: dict[tuple[str, Span], Citation] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.timings[step] = self.timings.get(step, 0.0) + time.perf_counter() - start

    def nearest(self, found: Found) -> None:
        for hit in found.hits:
            if hit.passage.article not in self.near and len(self.near) < NEAREST:
                self.near.append(hit.passage.article)

    def check(
        self, statement: str, question: str, evidence: Sequence[Evidence], judge: EvidenceJudge | None
    ) -> list[Sentence]:
        """What is shown of a drafted statement: itself with its citations where the evidence supports it; or the source's
        own sentences, where one figure, name or list is asked for, and where the statement comes close. Else nothing."""
        statement = ADDED.sub("", statement.strip())
        plain, listed = is_plain(question), expected_answer(question) is Expected.LIST
        length = len(bare(statement))
        if length < (2 if plain or listed else SHORTEST) or any(words in statement for words in SAYS_NOTHING):
            return []
        sentences = in_scope(question, evidence_sentences(evidence))
        # A model that shortens may join a figure to what it does not belong to, or the pieces of two items of a list:
        # there it points, and the source says.
        if plain or length < ITEM or (asks_items(question) and is_piece(statement, sentences)):
            meant = point(statement, question, sentences) or align(statement, sentences).enough
            return self._quote_fitting(question, meant)
        aligned = align(statement, sentences, judge)
        items = point_items(statement, sentences) if listed else []
        if aligned.enough and all(any(e.span.holds(item.span) for e in aligned.evidence) for item in items):
            if judge is not None and not is_relevant(question, aligned.evidence, evidence, judge):
                return []
            source = bare("".join(e.text for e in aligned.evidence))
            if len(source) <= AS_SHORT * length and coverage(bare(statement), source, 2) >= SAID:
                return self._quote_fitting(question, aligned.evidence)  # a word left out may be half a word
            return [*filter(None, [self._add(statement, aligned.evidence, quoted=False)])]
        if listed and (meant := items or point(statement, question, sentences)):
            return self._quote_fitting(question, meant)
        if aligned.evidence and aligned.support > 0.0:
            nearest = max(sentences, key=lambda s: score_support(s.text, statement, None))
            near = score_support(nearest.text, statement, None) >= NEAR and content_coverage(question, nearest.text) > 0
            return self._quote_fitting(question, [nearest] if near else [])
        return []

    def _quote_fitting(self, question: str, meant: Sequence[Evidence]) -> list[Sentence]:
        """The sentences of the source that are meant, where they give the kind of thing that is asked for."""
        fits = gives_expected(question, "".join(item.text for item in meant))
        told = [item for item in meant if not only_announces(item.text)]
        told = told if told or asks_items(question) else [*meant]
        return [*filter(None, map(self.quote, told))] if fits else []

    def quote(self, evidence: Evidence) -> Sentence | None:
        """The source's own sentence. Blanks that lay out a page (a date far to the right) are left out, and a report's
        dateline where nobody asks who wrote it."""
        text = LAYOUT.sub(" ", evidence.text.replace("\n", ""))
        return self._add(text if asks_byline(self.asked) else LEAD.sub("", text), (evidence,), quoted=True)

    def introduce(self, person: Introduction) -> Sentence | None:
        """Who speaks in an article, or wrote it."""
        if person.text is None:
            return self.quote(person.evidence)
        return self._add(person.text, (person.evidence,), quoted=False)

    def _add(self, text: str, evidence: Sequence[Evidence], quoted: bool) -> Sentence | None:
        text, evidence = attribute(text, evidence, self.sentences)
        if any(is_order(item.text) for item in evidence) or only_repeats(self.asked, text):
            return None
        self.told += 1
        if any(says_the_same(text, s.text) for s in self.sentences):
            return None
        if not text.endswith(SENTENCE_ENDS):
            text = text.rstrip("，,、：:;.") + "。"
        citations: list[Citation] = []
        for item in evidence:
            key = (item.passage.article.id, item.span)
            if key not in self._numbers:
                self._numbers[key] = Citation(len(self._numbers) + 1, item.passage, item.span)
            citations.append(self._numbers[key])
        sentence = Sentence(text, tuple(citations), quoted)
        if not self.sentences:
            self.timings["first_sentence"] = time.perf_counter() - self.started
        self.sentences.append(sentence)
        return sentence

    def refuse(self, status: Status) -> Answer:
        return self._answer(status, refusal(status, self.near))

    def finish(self, failed: Sequence[tuple[str, Status]], parts: Sequence[str]) -> Answer:
        if self.sentences and failed:
            return self._answer(Status.PARTIAL, missing_parts([part for part, _ in failed]))
        if self.sentences:
            return self._answer(Status.ANSWERED, None)
        statuses = {status for _, status in failed}
        return self.refuse(Status.INSUFFICIENT if Status.INSUFFICIENT in statuses else Status.NO_EVIDENCE)

    def _answer(self, status: Status, note: str | None) -> Answer:
        self.timings["total"] = time.perf_counter() - self.started
        return Answer(
            status=status,
            question=self.question,
            standalone_question=self.standalone,
            sentences=tuple(self.sentences),
            note=note,
            nearest=tuple(self.near),
            evidence=tuple(self.evidence),
            model=self.model,
            index=self.index,
            timings=dict(self.timings),
        )


# ---------------------------------------------------------------- a suggestion is not a rule


def attribute(text: str, evidence: Sequence[Evidence], before: Sequence[Sentence]) -> tuple[str, tuple[Evidence, ...]]:
    """A sentence that rests on a proposal says who suggested it, in the source's words, and cites where it says so."""
    article = evidence[0].passage.article
    if article.kind is not Kind.PROPOSAL or not article.speaker or article.speaker in text:
        return text, tuple(evidence)
    introduced = speaker_span(article)
    if introduced is None:
        named, cited = article.speaker, tuple(evidence)
    else:
        named = article.text[introduced.start : introduced.end]
        source = Evidence(passage_at(evidence[0].passage, introduced), introduced, 1.0)
        cited = tuple(evidence) if any(e.span.holds(introduced) for e in evidence) else (*evidence, source)
    again = any(c.article.id == article.id for s in before for c in s.citations)
    lead_ends = introduced.end if introduced else 0
    if evidence[0].span.start < lead_ends and introduced is not None and not evidence[0].span.holds(introduced):
        template = MENTIONS
    else:
        template = ALSO_SUGGESTS if again else SUGGESTS
    said = SUGGESTING.sub("", text)
    return template.format(speaker=article.speaker if again else named) + said, cited


def speaker_span(article: Article) -> Span | None:
    """Where the article's text names its speaker with the role, or the name alone; None where it does not."""
    if not article.speaker:
        return None
    for words in (f"{article.speaker_role or ''}{article.speaker}", article.speaker):
        start = article.text.find(words)
        if start >= 0:
            return Span(start, start + len(words))
    return None


# ---------------------------------------------------------------- small pieces


def drafting_instruction(question: str) -> str:
    if expected_answer(question) is Expected.LIST:
        return DRAFT_LIST
    return DRAFT_WHETHER if is_yes_or_no(question) else DRAFT


def is_other_topic(question: str, alone: Found, before: Found) -> bool:
    """Whether the question's words stand in another article than that which was asked about before; where one of them
    goes on (那……), whether it says enough for itself and the article asked about before has not a word of it."""
    if not alone.hits or not before.hits:
        return False
    own, there = (content_coverage(question, article_words(f.hits[0].passage.article)) for f in (alone, before))
    if refers_back(question):
        return only_connects(question) and there == 0 and len(content_bigrams(question)) >= OWN_WORDS
    return own - there >= OTHER_TOPIC


def says_the_same(text: str, said: str) -> bool:
    """Whether what was said holds the text's words, and its figures: 每餐补贴6元 is another thing than 每餐补贴3元."""
    return coverage(bare(text), bare(said), 2) >= SAID and not unsupported_figures(text, said)


def is_piece(statement: str, sentences: Sequence[Evidence]) -> bool:
    """Whether the statement is a part of one sentence of the source, which says it whole: one item out of three."""
    text = bare(statement)
    whole = next((bare(s.text) for s in sentences if coverage(text, bare(s.text), 2) >= SAID), text)
    return len(text) < PIECE * len(whole)


def quotations(question: str, evidence: Sequence[Evidence], judge: EvidenceJudge | None) -> list[Evidence]:
    """The source's own best sentences for the question: the best one, and one that is good and almost as good."""
    ranked = [e for e in rank_sentences(question, evidence, judge) if len(bare(e.text)) >= SHORTEST]
    second = [e for e in ranked[1:2] if e.score >= max(QUOTED_FROM, 0.85 * ranked[0].score)]
    best = [e for e in ranked[:1] if e.score > 0] + second
    return join_neighbours(sorted(best, key=lambda e: (e.passage.article.id, e.span)))


def given_passages(texts: Sequence[str]) -> list[Passage]:
    return [given_passage(text, number) for number, text in enumerate(texts, start=1) if text.strip()]


def given_passage(text: str, number: int) -> Passage:
    """A text given by the caller as a passage of an article of its own."""
    article = Article(
        id=f"given-{number}",
        title=f"给定资料{number}",
        kind=Kind.NEWS,
        source=GIVEN,
        text=text,
        paragraphs=(Span(0, len(text)),),
    )
    return Passage(f"{article.id}#0", article, Span(0, len(text)))


def example_question(article: Article) -> str | None:
    """A question that the article answers by its make: who suggests what, what a notice lays down, what happened."""
    if article.kind is Kind.PROPOSAL and article.speaker:
        return f"{article.speaker}对“{short_title(article.title)}”提出了哪些建议？"
    if article.kind is Kind.POLICY:
        return f"《{article.title}》主要规定了什么？"
    if article.kind in (Kind.NEWS, Kind.FEATURE):
        return f"“{short_title(article.title)}”是怎么回事？"
    return None


def short_title(title: str) -> str:
    return title.replace("“", "").replace("”", "")


def last_answer(events: Iterator[Event]) -> Answer:
    answer: Answer | None = None
    for event in events:
        if isinstance(event, Answer):
            answer = event
    if answer is None:
        raise RuntimeError("the stream ended without an answer")
    return answer
