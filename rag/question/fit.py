"""How a text fits a question: how much of it the text holds, which of its names, the kind of thing that it asks for.

Rules over the two; no model, no articles.
"""

import re

from rag.question.analysis import Question
from rag.question.answer_type import AnswerType, holds_answer_type
from rag.question.content import ASKS_WHETHER, content_bigrams, words_held
from rag.text.normalization import alnum_only, is_question, normalize, share_held
from rag.text.quantity_check import CN, extract_quantities, unsupported_quantities
from rag.text.units import ASKED_SHARE, MEASURES, MONEY, SHARES


def content_coverage(question: Question, text: str) -> float:
    """The share of the question's content bigrams that stand in the text; 0 where it has no content."""
    return share_held(question.bigrams, alnum_only(text))


def names_missing(question: Question, text: str) -> int:
    """How many of the question's names the text does not hold: a place counts as held where its last two characters
    stand there, so that what happens to stand before it (据德阳) does not matter."""
    names = list(map(alnum_only, question.names))
    plain = alnum_only(text) if names else ""
    return sum(1 for name in names if name not in plain and name[-2:] not in plain)


ITEM_MARK = re.compile(r"^\s*[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．]\s*")
REPEATS = 0.9  # share of a text's content that a question holds which it only repeats


def only_repeats(said: str, text: str) -> bool:
    """Whether the text says nothing that was not said, in the question or before: a heading, the same or another question."""
    if is_question(text):
        return True
    if ASKS_WHETHER.search(said.strip()):
        return False
    repeats = words_held(ITEM_MARK.sub("", text), said) >= REPEATS
    return repeats and not unsupported_quantities(text, said)


NOT_A_COUNT = {"年", "月日", "日", "月", "第", "时", "届", "号码", "号", "周几", "五年", "甲", "a"}
# What 多少人 and 几家 do not ask for, whatever is counted there.
MEASURED = NOT_A_COUNT | MEASURES
COUNTS = re.compile(r"(?:多少|(?<!哪)几)(?:[个人名位家户所座辆件项处](?!月|小时|工作日|百分点))")
COUNTED = re.compile(r"(?:多少|(?<!哪)几)([名家户所座辆件项处套间张条部台])")
SPAN_OF_TIME = {"年", "月日", "日", "月", "天", "小时", "分钟", "个月", "周", "时", "工作日", "季", "周几"}
LENGTH_OF_TIME = {"天", "日", "小时", "分钟", "个月", "周", "工作日"}
EARLIEST_YEAR = 1000  # a smaller number of 年 is a length of time
EVERY = re.compile(r"每隔?\d+(?:小时|分钟|个月|[天周年])")  # how often, not how long
CLOCK_TIME = re.compile(r"\d{1,2}[:：]\d{2}(?!\d)")
CLOCK_TIMES = re.compile(r"\d[时点:]\d{0,2}分?[至到—~～-]+[^,;。]{0,8}[时点:]")
HOW_LONG = re.compile(r"(?:几|多少)个?(?:年|天|月|小时|分钟|周|工作日)|期限?(?:是|有|为)?多长|多长时间")
TERM = re.compile(
    r"期限(?!.{0,60}(?:什么时候|何时|哪[天日年]))|有效期|多久(?!了)|到(?:什么时候|何时|几号|几月|哪[天日年])"
)
SOON = r"工作日|当[日天场]|即[时日]|立即|随时"  # a day, or how long it takes
WHEN = re.compile(
    SOON
    + r"|今年|去年|明年|目前|近年|日前|近日|昨|长期|[年月季]底|年[内初中末]|[上下]半年|[一二三四]季度|今[冬春夏秋]|春节|元旦|国庆"
)
UNTIL = re.compile(
    SOON
    + r"|每[日天周月季年]|[至到]\s*(?:\d|[今明后本]年)|[起止满]|(?:\d[日月年]|月底|年底|之)前|\d\s*[—~～-]+\s*\d|长期|永久|逾期|全年"
)
PHONE = re.compile(r"\d{3,4}-?\d{7,8}|1[3-9]\d{9}|(?:热线|电话|拨打?|致电)[^。，]{0,6}1?\d{4,5}")
AREA = re.compile("面积|占地多少|占多大")
AREA_GIVEN = re.compile(r"亩|公顷|平方|平米|m2|%|分之|倍|[\d一二三四五六七八九]成")
SHARE = re.compile(
    r"占比|百分比|(?:比例|比率|利率|费率|税率|增速|增长率|增幅|降幅)(?:一共|大概|最高|最低|是|为|有|达到?|要)*(?:多少|几|多[大高低])"
)
SHARE_GIVEN = re.compile(r"%|‰|分之|\d成|[一二三四五六七八九两半]成|一半|半数|倍|翻番|\d[:∶比]\d|百分点|基点|bp")
A_KIND = re.compile(r"(?<!哪)几(?![年月天点号日时周岁元块成])([\u4e00-\u9fff])")
SUM = re.compile("投资|造价|耗资|预算|花费|[花用卖挣赚]了")  # never a share of something, nor 免费
COSTS = re.compile("(?:要|用|收|花|交|掏|出|给)钱|收费|免费")  # 要钱吗
COST_GIVEN = re.compile("[免钱费资担价]|无偿|优惠|补[助贴]")
NO_MONEY = re.compile(r"免费|无偿|不收|不用钱|折|全额")


def gives_answer_type(question: Question, text: str) -> bool:
    """Whether an answer gives the kind of quantity that the question asks for: a price, a count, a date, a telephone
    number. True for questions that ask for none. A date is no price, and a year no number of pupils."""
    expected = question.answer_type
    quantities = extract_quantities(text)
    units = {quantity.unit for quantity in quantities}
    if expected is AnswerType.PHONE:
        return bool(PHONE.search(normalize(text)))
    if expected is AnswerType.AMOUNT:
        if SUM.search(question.text):
            return bool(units & MONEY)
        return bool(units & (MONEY | SHARES) or any(unit[:1] == "/" for unit in units) or NO_MONEY.search(text))
    if expected is AnswerType.NUMBER and AREA.search(question.text) and not AREA_GIVEN.search(normalize(text)):
        return False
    if expected is AnswerType.NUMBER and (ASKED_SHARE.search(question.text) or SHARE.search(question.normalized)):
        return bool(SHARE_GIVEN.search(normalize(text)))
    if expected is AnswerType.NUMBER and HOW_LONG.search(question.text):
        return _gives_length_of_time(text)
    if expected is AnswerType.NUMBER and (asked := A_KIND.search(question.normalized)) and _counts(asked[1], text):
        return True
    if expected is AnswerType.NUMBER:
        other = NOT_A_COUNT
        if COUNTS.search(question.text):
            units, other = {quantity.unit for quantity in extract_quantities(CLOCK_TIME.sub("", text))}, MEASURED
        return bool(units - other) or bool(
            re.search(r"[两双半几数]|第[一二三四五六七八九十]|[一二三四五六七八九十][次轮遍]|多少(?!年)", text)
            and "几年" not in text
        )
    if (
        expected is AnswerType.DATE
        and TERM.search(question.text)
        and not (units & LENGTH_OF_TIME or UNTIL.search(text))
    ):
        return any(quantity.unit == "年" and quantity.value < EARLIEST_YEAR for quantity in quantities)
    if expected is AnswerType.DATE:
        # Asked 今年什么时候, 今年 is no answer.
        return bool(units & SPAN_OF_TIME) or any(match[0] not in question.text for match in WHEN.finditer(text))
    if expected is AnswerType.CLOCK:
        return bool(re.search(r"\d{1,2}[:：时点]|全天|[早晚]上?", text))
    if expected is AnswerType.PLACE:
        return holds_answer_type(expected, text)
    if expected is AnswerType.ANYTHING and COSTS.search(question.text):
        return bool(units & (MONEY | SHARES) or COST_GIVEN.search(text))
    return not question.asks_byline or bool(re.search(r"记者|通讯员|摄", text))


def counts_asked(question: Question, text: str) -> bool:
    """Whether the text counts by the measure word of the question (42项 for 有多少项). True where the question has none."""
    asked = COUNTED.search(question.normalized)
    return asked is None or _counts(asked[1], text)


def _counts(measure: str, text: str) -> bool:
    """Whether a number stands before the measure word: 42项, 一只."""
    return bool(re.search(rf"[\d{CN}余多]{measure}", normalize(text)))


def _gives_length_of_time(text: str) -> bool:
    """约70分钟, 8时至17时; not 每40分钟, nor the time of a clock."""
    plain = EVERY.sub("", normalize(text))
    units = {quantity.unit for quantity in extract_quantities(plain)} - {"时"}
    return bool(units & SPAN_OF_TIME or CLOCK_TIMES.search(plain) or re.search(r"工作日|[一半]个?[年月天周]", plain))


TAKEN_UP = re.compile(
    r"(采纳|答复|回应|批准|批复)了?(?:没有?|吗|么|吧)|(?:是否|有没有)(?:已经?|被|得到|[^,，。]{1,4}){0,3}(采纳|答复|回应|批准|批复)"
)
SUGGESTION = re.compile("建议|提案|提议|意见|主张|呼吁")


def asks_all_suggestions(question: Question, speaker: str | None) -> bool:
    """Whether the question asks for what the speaker suggests, whatever it is: 龚委员提了哪些建议."""
    if not speaker or speaker not in question.text:
        return False
    rest = SUGGESTION.sub("", question.text.replace(speaker, ""))
    return not content_bigrams(re.sub(r"委员|代表|常委|[提说讲]出?|(?<!哪)些", "", rest))


def asks_what_became(question: Question, speaker: str | None) -> str | None:
    """The word of a question that asks what became of a suggestion, or of what the speaker suggests: 采纳 of 建议采纳了没有."""
    match = TAKEN_UP.search(question.text)
    meant = SUGGESTION.search(question.text) or (speaker and speaker in question.text)
    return (match[1] or match[2]) if match and meant else None
