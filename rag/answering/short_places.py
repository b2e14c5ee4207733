"""A place that a question names without 县 or 市, and that no article knows: 青岫危房补助, where the notices are of other counties.

Its name cannot be known by its form. What gives it away: the rest of the question fits an article that is for a named place, and
the two or three signs left over stand nowhere in it and are no word of the language, or a word for a place.
"""

import re

from rag.answering.support import uncovered_runs
from rag.question.analysis import Question
from rag.text.normalization import share_held
from rag.text.person_names import tag_words, word_count

FITS = 0.6  # least share of the bigrams of the question without the name that stand in the article
NAME_SIGNS = (2, 3)
# Before and behind a name, or a name's place among them: 家住青岫, 青岫那边, 青岫农户.
AROUND = re.compile(
    r"^(?:请问|家住|住在?|我家|家在|来自|今年|去年|明年|\d{2,4}年){1,6}+|(?:这里|这边|那边|边|里|当地|老家|地区|一带|本地|农户|村民|居民|农民|市民|老百姓|百姓|人){1,6}+$"
)
COUNTRIES = ("中国", "国内", "国外", "港澳", "香港", "澳门", "台湾")
# No name of a place ends so, but of people and of things: 低保户, 电动车.
NO_PLACE_ENDS = frozenset(
    "户人员工生者民车证费金卡房款险票店品税法师医员机器表单书号码量值率额钱的了吗呢吧么少多哪谁样啥办领交报查补退缴买卖"
)
PLACE_TAGS = ("ns", "nz", "nr")  # of places, of other names, of people: the tagger takes one for another
LITTLE_TAGS = (
    "d",
    "m",
    "r",
    "p",
    "c",
    "u",
    "y",
    "t",
    "e",
    "q",
    "v",
    "f",
)  # of adverbs, numbers, verbs…, no part of a name
NO_PLACE_HOLDS = frozenset(
    "为给对向将把省市县区镇乡村咋啥怎不没想要能会我你他她谁几多何该得去来到给被让叫领拿交报查退缴买卖借贷吗呢"
)


def unknown_place(question: Question, plain: str) -> str | None:
    """The name in the question of a place that an article does not know, of which `plain` are the letters; None where there
    is none. The article is one that is for a named place."""
    for run in question.runs:
        for start, end in uncovered_runs(run, plain):
            name = AROUND.sub("", AROUND.sub("", run[start:end]))
            if len(name) in NAME_SIGNS and _may_be_place(name, question.normalized) and _fits(question, name, plain):
                return name
    return None


def _may_be_place(name: str, text: str) -> bool:
    """Whether the name is a word for a place, or none of the language and made as names are; and whether words of the text begin
    and end where it does, none of one sign in it a number, an adverb or the like: 久先 of 多久|先, 又|点 are no names."""
    at, edges, little = 0, {0}, set[int]()
    for word, tag in tag_words(text):
        little |= {at} if len(word) == 1 and tag.startswith(LITTLE_TAGS) else set()
        edges.add(at := at + len(word))
    places = (match.start() for match in re.finditer(re.escape(name), text))
    if not any({i, i + len(name)} <= edges and little.isdisjoint(range(i, i + len(name))) for i in places):
        return False
    words = tag_words(name)
    if words == ((name, "ns"),):
        return name not in COUNTRIES
    if (
        name in COUNTRIES
        or name[-1] in NO_PLACE_ENDS
        or set(name) & NO_PLACE_HOLDS
        or not re.fullmatch("[\u4e00-\u9fff]+", name)
    ):
        return False
    if any(tag.startswith(PLACE_TAGS) and len(word) > 1 for word, tag in words):
        return True
    return word_count(name) == 0 and all(len(word) == 1 or tag.startswith("nr") for word, tag in words)


def _fits(question: Question, name: str, plain: str) -> bool:
    """Whether what is asked of the place stands in the text."""
    runs = [part for run in question.runs for part in run.split(name)]
    grams = [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
    return len(grams) > 1 and share_held(grams, plain) >= FITS
