"""Does a sentence speak of what is asked about, or of another of its kind? 城北 is not 城南, and from 65 on is not 63.

Rules over the two texts; no model. They only rule sentences out: what is left may still be beside the point.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rag.answering.jurisdiction import names_other_group, names_other_place, names_other_year
from rag.datatypes import Evidence
from rag.question.analysis import Question, analyse
from rag.question.fit import content_coverage, counts_asked, gives_answer_type
from rag.text.normalization import alnum_only, normalize
from rag.text.quantity_check import CN, read_number

# Signs of which one stands in another's place in names that are otherwise the same: 城南学校 and 城北学校.
ALTERNATIVES = ("东南西北", "一二三四五六七八九", "甲乙丙丁", "新老旧", "男女", "春夏秋冬", "单双", "省市县", "上下")
NAME_LENGTH = 4  # signs, the alternative among them, that make a name the same otherwise

# (a time, times that it is not, what else a text may mean it by)
TIMES = (
    ("今年", "去年|上年|明年|前年", r"今[年冬春夏秋日天后]|本年|目前|下一步|计划|\d{4}年"),
    ("去年", "今年|明年|前年", r"去年|上年|同比|\d{4}年"),
    ("明年", "今年|去年|上年|前年", r"明年|\d{4}年"),
    ("现在|目前|如今", "当时|当年|当初|那时", "现|目前|如今|今年|至今"),
    ("当时|当年|当初|那时", "现在|目前|如今", "当时|当年|当初|那时|曾|过去|原来"),
)

# What was so before is asked about: 以前补多少; of a date (5月1日以前) it is not.
BEFORE = re.compile(r"(?<![\d日月年岁时])(?:以前|原来|原先|过去|从前)|(?:旧|老|原)(?:办法|标准|规定|政策)")
SAID_BEFORE = re.compile(
    r"以前|原来|原先|过去|从前|此前|(?:旧|老|原)(?:办法|标准|规定|政策)|[由从][^，。]{1,14}[提降调增减缩延扩][^，。]{0,3}[到至为]"
)
# What is there now is asked about; a plan for it says another thing.
HAS = re.compile("有(?:多少|几)")
PLANNED = re.compile("(?:计划|拟|将|预计|力争|争取)[^，。]{0,40}[增扩新达建]")
HAS_TOO = 0.5  # least share of the question that a sentence without a plan holds

AS_NEAR = 0.7  # least share of what the nearest rule on ages holds of the words before the age
YEARS = rf"(\d{{1,3}}|[{CN}]{{1,4}})"
AGE = rf"{YEARS}周?岁"
BETWEEN = re.compile(rf"{YEARS}(?:周?岁)?(?:\(含\))?[至到~～—–-]{{1,2}}{AGE}")
BELOW = re.compile(rf"(?:不满|未满|不足|不到|低于|小于){AGE}")
UP_TO = re.compile(rf"{AGE}(?:\(含\))?(?:及|或)?(?:以下|以内|之内)|(?:不超过|不高于|不大于|至多){AGE}")
FROM = re.compile(
    rf"{AGE}(?:\(含\))?(?:及|或)?以上|(?:年满|已满|(?<![不未])满|(?<!不)(?:超过|高于|大于)|达到|不低于|不小于){AGE}"
)


def within_constraints(question: Question, sentences: Sequence[Evidence]) -> list[Evidence]:
    """The sentences without those that speak of another than is asked about; where one of them speaks of what was so
    before, of what is there now, or of the age that is asked about, without those that do not. Sentences on other ages alone
    tell only whether something is so."""
    same = [s for s in sentences if not speaks_of_another(question, s.text)]
    if BEFORE.search(question.alnum_only):
        same = [s for s in same if SAID_BEFORE.search(s.text)] or same
    if HAS.search(question.alnum_only) and not PLANNED.search(question.text):
        now = [s for s in same if not PLANNED.search(s.text)]
        giving = (s for s in now if gives_answer_type(question, s.text) and counts_asked(question, s.text))
        same = now if any(content_coverage(question, s.text) >= HAS_TOO for s in giving) else same
    age = question.age
    if age is None:
        return same
    covered = [covers_age(s.text, age) for s in same]
    # Whether somebody of 63 may is told by 65周岁以上 too; what they get is not, unless from an age on is asked about.
    settled = True in covered or not (question.is_yes_or_no or FROM.search(question.normalized))
    return [s for s, covers in zip(same, covered, strict=True) if covers is not False] if settled else same


def age_rules(question: Question, sentences: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that settle whether somebody of the age in the question may: of those that speak of ages, and of what
    stands before the age (护理岗位32岁, not 医师岗位), those whose ages hold it, else those that leave it out. Empty where the
    question has no age, or no sentence."""
    age = question.age
    if age is None:
        return []
    whose = analyse(re.split(AGE, question.normalized)[0])
    rules = [
        (s, covers, content_coverage(whose, s.text))
        for s in sentences
        if (covers := covers_age(s.text, age)) is not None
    ]
    least = AS_NEAR * max((held for _, _, held in rules), default=0.0)
    meant = [(s, covers) for s, covers, held in rules if held >= least]
    return [s for s, covers in meant if covers] or [s for s, _ in meant]


def speaks_of_another(question: Question, text: str) -> bool:
    """Whether the text has a name of the question with another sign in one place, and not the question's own: 城北学校
    for 城南学校, last year for this year. Where both stand together (城南、城北学校) it has."""
    plain, asked = alnum_only(text), question.alnum_only
    for time, others, same in TIMES:
        if re.search(time, asked) and not re.search(others, asked) and re.search(others, plain):
            return not re.search(same, plain)
    if names_other_group(question, text, text) or names_other_place(question, text) or names_other_year(question, text):
        return True
    return any(
        other in plain and other not in asked and not re.search(own, plain) for own, other in _alternatives(question)
    )


def _alternatives(question: Question) -> Iterator[tuple[str, str]]:
    """For each name in the question that an alternative could stand in: a pattern of what shows that the text has the
    question's own, and the other name."""
    for run in question.runs:
        for i, sign in enumerate(run):
            for group in (g for g in ALTERNATIVES if sign in g):
                own = [re.escape(run[j : j + 2]) for j in (i - 1, i) if 0 <= j < len(run) - 1]
                for start in range(max(0, i - NAME_LENGTH + 1), min(i, len(run) - NAME_LENGTH) + 1):
                    before, after = run[start:i], run[i + 1 : start + NAME_LENGTH]
                    for other in group.replace(sign, ""):
                        # 市县财政 has 市财政, and 一、二期工程 一期工程
                        together = f"{sign}[{group}]*{re.escape(other + after)}"
                        yield "|".join([*own, together]), before + other + after


def covers_age(text: str, age: Decimal) -> bool | None:
    """Whether one of the ages that the text speaks of holds this one (60至64周岁, 65岁以上, 未满18周岁); None where it
    speaks of none."""
    ranges = list(_ages(normalize(text)))
    return any(low <= age < high for low, high in ranges) if ranges else None


def _ages(plain: str) -> Iterator[tuple[Decimal, Decimal]]:
    """(first age, first age beyond) of each range of ages, in years."""
    endless, year = Decimal("Infinity"), Decimal(1)
    for match in BETWEEN.finditer(plain):
        if (low := read_number(match[1])) is not None and (high := read_number(match[2])) is not None:
            yield low, high + year
    for high in _numbers(BELOW, plain):
        yield Decimal(0), high
    for high in _numbers(UP_TO, plain):
        yield Decimal(0), high + year
    for low in _numbers(FROM, plain):
        yield low, endless


def _numbers(pattern: "re.Pattern[str]", plain: str) -> Iterator[Decimal]:
    """The number in each match, in whichever group it stands."""
    for match in pattern.finditer(plain):
        if (number := read_number(match[match.lastindex or 0])) is not None:
            yield number
