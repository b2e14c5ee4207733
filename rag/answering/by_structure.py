"""What an article's own make answers: a rule by its number, the items of an enumeration, what stands under a heading.

Official texts are outlines: 一、……（一）……1．…… with a heading in each. Who asks for what a heading announces, or for the
items of a list, gets what stands there, whole and in order, in the source's words.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.answering.support import CLAUSE_ENDS, uncovered_runs
from rag.datatypes import Article, Enumeration, Evidence, Kind, Passage, Section, Span
from rag.question.analysis import Question, analyse
from rag.question.answer_type import AnswerType
from rag.question.fit import content_coverage, names_missing
from rag.question.subquestions import SUM_UP
from rag.reading.passages import last_begun, passage_at
from rag.reading.structure import LINE, MARK, RULE_NUMBER, SENTENCE, items_from, structure_of
from rag.text.normalization import alnum_only, bigrams, share_held, split_sentences
from rag.text.quantity_check import read_number

ITEM_COUNT = re.compile(r"([一二两三四五六七八九十\d]{1,2})(?:条|点|项|个|方面|招|大|步|件)")
ITEM_NUMBER = re.compile(r"第([一二三四五六七八九十]|\d{1,2})(?:条|点|项|个|方面|招|步|件)")
RULE_ASKED = re.compile(rf"(?<!违反)(?<!根据)(?<!依据)(?<!依照)(?<!按照)(?<!按)(?<!》){RULE_NUMBER.pattern}")
ASKED_NOUN = re.compile(r"(?:哪些|什么样的|什么|哪几[个种项类条样]|几[个种项类样])([\u4e00-\u9fff]{2})")
TO_BRING = re.compile("[带交备](?:上|齐|好|些|点)?(?:什么|啥)")
PAPERS = ("材料", "资料", "证件")  # what is to be brought
SHORT_ITEM = 25  # characters of an item's first sentence that is only its heading
ITEM_MARGIN = 0.25  # an item is meant, not the list, where it covers this much more of the question than the lead does
HOW_MARGIN = 0.1  # the same where the question asks how something is done, which one item may tell


def enumerated_items(question: Question, passage: Passage) -> list[Evidence]:
    """The items of the enumeration that `passage` belongs to, each by its first sentence, where the question asks for
    all of them (哪些, 哪四条…) or for one by its number (第三条); empty where it is about something inside one item."""
    article = passage.article
    numbers = list(ITEM_NUMBER.finditer(question.normalized))  # a follow-up's own number stands last
    numbered = numbers[-1] if numbers else None
    if not numbered and question.answer_type not in (AnswerType.LIST, AnswerType.ANYTHING, AnswerType.NUMBER):
        return []
    enumeration = _enumeration_of(question, passage)
    if enumeration is None:
        return []
    items = enumeration.items
    if numbered:
        number = int(read_number(numbered[1]) or 0)
        return _whole_item(passage, items, number) if number and 1 <= number <= len(items) else []
    if not _asks_for_all(question, article, _lead(article, enumeration), items):
        return []
    return [Evidence(passage_at(passage, item), first_sentence(article.text, item), 1.0) for item in items]


def _whole_item(passage: Passage, items: Sequence[Span], number: int) -> list[Evidence]:
    """The sentences of the item with that number, with a heading joined to the first. Of what is long the first alone, and
    of the last item, since what stands behind the list cannot be told from it."""
    item = items[number - 1]
    first = first_sentence(passage.article.text, item)
    rest = split_sentences(passage.article.text[first.end : item.end], first.end)
    whole = item.end - item.start <= LONGEST_SECTION and number < len(items)
    return [Evidence(passage_at(passage, span), span, 1.0) for span in ([first, *rest] if whole else [first])]


def _enumeration_of(question: Question, passage: Passage) -> Enumeration | None:
    """The enumeration that is meant: one whose lead names what is asked for (什么条件: ……具备下列
    条件), else the passage's own, else the article's only one where it follows the passage."""
    article = passage.article
    structure = structure_of(article)
    found = structure.enumerations
    own = [one for one in found if one.span.start < passage.span.end and passage.span.start < one.span.end]
    named = [one for one in found if _announces_what_is_asked(question, _lead(article, one))]
    if own and not (named and structure.is_regulation):  # a regulation has lists of many things, one beside the other
        return own[0]
    after = found if len(found) == 1 and passage.span.end <= found[0].span.start else []
    return next(iter([*(one for one in own if one in named), *named, *after]), None)


def _lead(article: Article, enumeration: Enumeration) -> str:
    return article.text[enumeration.span.start : enumeration.items[0].start]


def list_around(question: Question, cited: Sequence[Evidence]) -> list[Evidence]:
    """The items of the enumeration that all cited sentences stand in, each by its first sentence, where its lead, its first or
    several of its items are cited, and the question asks for several things, or for no figure or name and the items are
    short. Empty where they stand in none, or in one item inside it."""
    if not cited:
        return []
    passage, first = cited[0].passage, cited[0].span
    enumerations = structure_of(passage.article).enumerations
    around = next((one for one in enumerations if all(one.span.holds(item.span) for item in cited)), None)
    if around is None:
        return []
    meant = first.start <= around.items[0].start or sum(any(i.holds(e.span) for e in cited) for i in around.items) > 1
    short = all(item.end - item.start <= LONGEST_PARAGRAPH // 2 for item in around.items)
    if not meant or not (question.answer_type is AnswerType.LIST or (short and not question.is_plain)):
        return []
    text = passage.article.text
    return [Evidence(passage_at(passage, item), first_sentence(text, item), 1.0) for item in around.items]


def numbered_rule(question: Question, passage: Passage) -> list[Evidence]:
    """The rule that the question asks for by its number (第十二条), from the passage's article, with its items. Empty where
    there is none, and where the number is not what is asked for (违反第十二条会怎样)."""
    numbers = list(RULE_ASKED.finditer(question.normalized))  # a follow-up's own number stands last
    if not numbers or question.answer_type not in (AnswerType.ANYTHING, AnswerType.LIST):
        return []
    number = read_number(numbers[-1][1])
    rules = structure_of(passage.article).rules
    meant = next((rule.span for rule in rules if rule.number == number), None)
    return [] if meant is None else [Evidence(passage_at(passage, meant), meant, 1.0)]


def _asks_for_all(question: Question, article: Article, lead: str, items: Sequence[Span]) -> bool:
    counted = ITEM_COUNT.search(question.normalized)
    if counted and read_number(counted[1]) == len(items):
        return True
    if question.answer_type is not AnswerType.LIST:
        return False
    head = "\n".join(filter(None, (article.title, article.kicker, article.speaker, article.speaker_role, lead)))
    # A proposal is about its list; news and notices have a list among other things, of what its lead says.
    besides = _asked_besides(question, head)
    if article.kind is not Kind.PROPOSAL and (besides or _names_a_part(question, article, head)):
        if not _announces_what_is_asked(question, lead):
            return False
        text = alnum_only(article.text)
        if any(words in text for words in besides):  # what stands nowhere is the question's own way to say it
            return False
    best = max(content_coverage(question, article.text[i.start : i.end]) for i in items)
    margin = ITEM_MARGIN if question.asks_items else HOW_MARGIN
    return best - content_coverage(question, head) <= margin


def _announces_what_is_asked(question: Question, lead: str) -> bool:
    """Whether the last clause of a list's lead names what is asked for: 什么条件 of ……具备下列条件："""
    clause = CLAUSE_ENDS.split(lead.rstrip("：:，,。 \n"))[-1]
    asked = ASKED_NOUN.search(question.normalized)
    nouns = [*([asked[1]] if asked else []), *(PAPERS if TO_BRING.search(question.normalized) else [])]
    return any(noun in clause for noun in nouns)


def _asked_besides(question: Question, frame: str) -> list[str]:
    """What the question asks about that the frame does not speak of, generic words left out: 遇到, 困难."""
    return [words for words in _not_in_frame(question, alnum_only(frame)) if len(words) > 1]


def _names_a_part(question: Question, article: Article, frame: str) -> bool:
    """Whether the question names something that stands in the article and not in what frames it, though its words may
    (民宿贷 of 促进民宿发展的措施)."""
    text, framed = alnum_only(article.text), alnum_only(frame)
    return any(len(run) > 1 and run in text and run not in framed for run in _specific_runs(question))


@lru_cache(maxsize=256)  # asked of one heading after another
def _specific_runs(question: Question) -> tuple[str, ...]:
    """What the question is about, generic words left out."""
    return tuple(map(alnum_only, analyse(GENERIC.sub(" ", question.normalized)).runs))


def _not_in_frame(question: Question, frame: str) -> list[str]:
    """The stretches of the question's content, generic words left out, that the letters of the frame do not hold."""
    return [run[span.start : span.end] for run in _specific_runs(question) for span in uncovered_runs(run, frame)]


def first_sentence(text: str, item: Span) -> Span:
    """The item's first sentence; the first two where the first is only a heading (……“硬实力”。)."""
    sentences = split_sentences(text[item.start : item.end], item.start)
    if len(sentences) > 1 and sentences[0].end - sentences[0].start < SHORT_ITEM:
        return Span(sentences[0].start, sentences[1].end)
    return sentences[0]


# ---------------------------------------------------------------- headings

NAMED_HEADING = 0.75  # least share of a heading's bigrams that stand in the question which asks for it
# What a question about a heading may say besides.
GENERIC = re.compile(
    r"总结|概括|归纳|梳理|一下|通知|文件|方案|意见|讲|措施|举措|支持|优惠|享受|处理|相关|规定|内容|要求|政策|办法|做法|方面|工作|情况|采取|提出|出台|实施|进行|开展|推进|关于|各地|国家|各级|各?(?:相关|有关)(?:单位|部门)|各(?:单位|部门)|需|应该?|做|得|该|年|月"
)
# What a question says that asks for the whole of a document, and not, of one about subsidies, for the subsidies (补贴有哪些).
WHOLE = re.compile(SUM_UP + "|主要|内容|方面|要点|部分|[讲说]了?(?:些|什么|哪)|规定|措施|举措|政策|要求|做法")
FEWEST_SECTIONS = 3
FEWEST_TOPIC = 2  # bigrams of what is asked about that tell a heading
SHORTEST_SECTION, LONGEST_SECTION = 4, 400  # characters; of a longer one each item says its first sentence
PLACES = re.compile("(?:(?:(?![省市县区])[\u4e00-\u9fff]){2,4}[省市县区])+")
LONGEST_PARAGRAPH = 200  # of one that is told to its end (docs/experiments.md#measures-whole)
# Who asks what a measure is like (not: which paper to bring) wants its conditions too.
MEASURES = re.compile(
    "怎么(?!样)|如何|怎样|措施|政策|规定|要求|举措|办法|做法|安排|待遇|扶持|优惠|(?:什么|哪些|何)(?:补助|补贴|奖励)"
)
HOW = re.compile("怎么(?!样)|如何|怎样")
HOW_TO = re.compile(
    "(?:办法|方式|方法|流程|程序|步骤|途径|渠道|指南|须知|手续)$"
)  # how a heading ends that tells how: 报名办法
CONTACT = re.compile("[\u4e00-\u9fff]{0,6}(?:热线|电话|联系人|邮箱|网址)[：:]")  # 服务热线：……
ASIDE = re.compile(r"[（(][^（()）]*[)）]。?$")  # （责任单位：市财政局）。
OPEN = (AnswerType.LIST, AnswerType.ANYTHING)


def main_points(question: Question, passage: Passage, alone: bool) -> list[Evidence]:
    """The headings of the widest sections of the passage's article, where the question asks for the whole of it (主要内容, 哪几个
    方面) and names it, or it is asked `alone`. Empty where it asks about something inside it, or there are no sections."""
    article = passage.article
    if question.answer_type not in OPEN or question.is_yes_or_no or question.is_comparison:
        return []
    if (
        not WHOLE.search(question.text)
        or _asked_besides(question, article.title)
        or _names_a_part(question, article, article.title)
    ):
        return []
    if not (alone or content_coverage(question, article.title)):
        return []
    sections = structure_of(article).sections
    rank = min((section.rank for section in sections), default=SENTENCE)
    widest = [section for section in sections if section.rank == rank < SENTENCE]
    if widest and not _is_headed(widest[-1]):
        widest = widest[:-1]  # 六、本措施自……起施行，有效期三年。
    if len(widest) < FEWEST_SECTIONS or not all(map(_is_headed, widest)):
        return []
    headings = [Span(section.start, section.heading.end) for section in widest]
    return [Evidence(passage_at(passage, span), span, 1.0) for span in headings]


def _is_headed(section: Section) -> bool:
    """Whether its heading is more than its sentence's own first clause."""
    return section.heading.end > section.heading.start and not section.is_clause


def with_what_it_heads(evidence: Evidence) -> Evidence:
    """A short heading with a mark (1.增设助餐点。) together with the next sentence of its paragraph; else as it is."""
    article, span = evidence.passage.article, evidence.span
    if not (MARK.match(evidence.text) and len(evidence.text) < SHORT_ITEM and evidence.text.endswith("。")):
        return evidence
    end = _paragraph_at(article, span.start).end
    return Evidence(evidence.passage, first_sentence(article.text, Span(span.start, end)), evidence.score)


def _paragraph_at(article: Article, at: int) -> Span:
    return article.paragraphs[last_begun(article.paragraphs, at)]


def headed_sentences(question: Question, passage: Passage) -> list[Evidence]:
    """What stands under the heading of the passage's article that the question asks for (如何优化办税平台: （六）优化办税平台。
    ……), a sentence each; of what is long, the first sentence of each item. Empty where no heading is meant."""
    if question.answer_type not in OPEN or question.is_yes_or_no or question.is_comparison:
        return []
    article = passage.article
    if names_missing(question, f"{article.title}\n{article.text}"):
        return []
    sections = structure_of(article).sections
    asked = question.alnum_only
    topic = [gram for words in _asked_besides(question, article.title) for gram in bigrams(words)]
    headings = [article.text[section.heading.start : section.heading.end] for section in sections]
    shares = [
        1.0
        if _answers_how(question, article, words)
        else _named_share(asked, [] if section.is_clause else topic, words)
        for section, words in zip(sections, headings, strict=True)
    ]
    above = {n: enclosing_headings(article, sections, n) for n, share in enumerate(shares) if share >= NAMED_HEADING}
    named = [n for n in above if not _asks_beyond(question, article, above[n])]
    best = max((shares[n] for n in named), default=0.0)
    bodies = {n: sections[n].body for n in named if shares[n] == best}
    bodies = {n: body for n, body in bodies.items() if body.end - body.start >= SHORTEST_SECTION}
    # The narrower of two headings, one below the other, is meant; of several that are the same (服务对象 of one service and of
    # another) that one which the question fits with the headings above it.
    inner = [n for n in bodies if not any(bodies[n].start <= sections[m].start < bodies[n].end for m in bodies)]
    words = {n: above[n] + article.text[bodies[n].start : bodies[n].end] for n in inner}
    meant = max(inner, key=lambda n: content_coverage(question, words[n]), default=None)
    found = [] if meant is None else _section_sentences(article, sections, bodies[meant])
    return [Evidence(passage_at(passage, span), span, 1.0) for span in found]


def rest_of_item(question: Question, shown: Sequence[Evidence]) -> list[Evidence]:
    """What an item of an outline, or a short paragraph, goes on with behind the sentences that are shown of it, where the
    question asks for measures and nothing but this item answers it: a measure is told with its conditions."""
    if not shown or not MEASURES.search(question.text) or question.answer_type not in OPEN or question.is_comparison:
        return []
    article = shown[0].passage.article
    item = _item_around(article, shown[0].span.start)
    if item is None or not all(e.passage.article == article and item.holds(e.span) for e in shown):
        return []
    rest = _said(article, Span(max(e.span.end for e in shown), item.end))
    kept = [span for span in rest if not CONTACT.match(article.text, span.start)]
    return [Evidence(passage_at(shown[0].passage, span), span, 1.0) for span in kept]


def _item_around(article: Article, at: int) -> Span | None:
    """The innermost item that `at` lies in, from its mark to the next or to its paragraph's end; outside an outline the
    paragraph, but for given texts. None where it is long."""
    paragraph = _paragraph_at(article, at)
    sections = structure_of(article).sections
    starts = [s.start for s in sections if s.rank != LINE and paragraph.start <= s.start < paragraph.end]
    begun = [start for start in starts if start <= at]
    item = Span(begun[-1] if begun else paragraph.start, next((start for start in starts if start > at), paragraph.end))
    longest = LONGEST_SECTION if begun else 0 if article.is_given else LONGEST_PARAGRAPH
    return item if item.end - item.start <= longest else None


def _named_share(asked: str, topic: Sequence[str], heading: str) -> float:
    """The share of the heading's bigrams that stand in the question (no word is a filler here: 具体要求 is more than 求), or of
    what the question asks about, beside the title, that the heading says: 人才, 金融 of 强化人才和金融支撑."""
    topic_held = share_held(topic, alnum_only(heading)) if len(topic) >= FEWEST_TOPIC else 0.0
    return max(share_held(bigrams(heading), asked), topic_held)


def _answers_how(question: Question, article: Article, heading: str) -> bool:
    """Whether the heading says how to do what the question asks about, and nothing but that: 报名办法 of 暑托班怎么报名."""
    what = HOW_TO.sub("", heading)
    asked = HOW.search(question.text) and what != heading and len(what) > 1 and alnum_only(what) in question.alnum_only
    return bool(asked) and not _asked_besides(question, f"{article.title}\n{what}")


def _asks_beyond(question: Question, article: Article, headings: str) -> bool:
    """Whether the question has words that neither the headings nor the article explain: 申请材料丢了怎么办."""
    frame, text = alnum_only(f"{headings}\n{article.title}"), alnum_only(article.text)
    rest = [piece for piece in _not_in_frame(question, frame) if not _is_its_place(piece, text)]
    return any(uncovered_runs(piece, text) if len(piece) > 1 else piece not in frame + text for piece in rest)


def _is_its_place(words: str, text: str) -> bool:
    """Whether the words are a place (阜阳市, 北京市东城区) that the text names too, be it only as 阜阳."""
    return bool(PLACES.fullmatch(words)) and all(name in text for name in re.split("[省市县区]", words))


def enclosing_headings(article: Article, sections: Sequence[Section], number: int) -> str:
    """The heading of a section and those of the wider ones that it stands in, a line each."""
    rank, lines = sections[number].rank + 1, []
    for section in reversed(sections[: number + 1]):
        if section.rank < rank:
            rank = section.rank
            lines.append(article.text[section.heading.start : section.heading.end])
    return "\n".join(lines)


def _section_sentences(article: Article, sections: Sequence[Section], body: Span) -> list[Span]:
    if body.end - body.start <= LONGEST_SECTION:
        return _with_their_headings(article, _said(article, body))
    inside = [s for s in sections if body.start <= s.start < body.end and s.rank not in (LINE, SENTENCE)]
    widest = min((section.rank for section in inside), default=LINE)
    found = items_from([section.start for section in inside if section.rank == widest], body.end)
    return [first_sentence(article.text, item) for item in found] if len(found) > 1 else []


def _said(article: Article, body: Span) -> list[Span]:
    """The sentences of a stretch of the article, without those that only stand in brackets behind it."""
    spans = split_sentences(article.text[body.start : body.end], body.start)
    return [span for span in spans if not ASIDE.match(article.text[span.start : span.end])]


def _with_their_headings(article: Article, sentences: Sequence[Span]) -> list[Span]:
    """The sentences; a short one with a mark (1．人员管理到位。) and the next of its paragraph are one."""
    joined: list[Span] = []
    heads = False
    for span in sentences:
        words = article.text[span.start : span.end]
        if heads and "\n" not in article.text[joined[-1].end : span.start]:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
        heads = not heads and bool(MARK.match(words)) and len(words) < SHORT_ITEM and words.endswith("。")
    return joined
