"""The kind of thing that an answer must hold: a price, a date, a name, a list; and whether a text gives it.

Rules over the text alone; no model, no articles.
"""

import re
from enum import Enum, auto

from rag.question.content import YES_OR_NO, asks_byline
from rag.text.normalization import normalize
from rag.text.person_names import names_person
from rag.text.quantity_check import CN, extract_figures
from rag.text.units import MEASURES, MONEY, SHARES


class Expected(Enum):
    """The kind of thing that an answer must hold."""

    PHONE = auto()
    DATE = auto()
    CLOCK = auto()
    AMOUNT = auto()
    NUMBER = auto()
    PERSON = auto()
    PLACE = auto()
    LIST = auto()
    REASON = auto()
    ANYTHING = auto()


# Asked in this order: the first that matches counts.
ASKS: tuple[tuple[Expected, str], ...] = (
    (Expected.PHONE, r"电话|热线|号码|手机号|联系方式|怎么联系"),
    (Expected.CLOCK, r"(?<![提讲说出了共有哪])几点|首班|末班|营业时间|开放时间"),
    (
        Expected.DATE,
        r"什么时候|何时|哪天|哪一天|哪年|哪一年|几月|几号|什么时间|时间是|日期|截止|多久|期限|有效期|哪个月",
    ),
    (
        Expected.AMOUNT,
        r"多少钱|多少[万亿]*元|几块|几元|多贵|花多少|花了多少|"
        r"(?:价格|票价|费用|租金|工资|月薪|补贴|补助|金额|额度|收费|奖金|押金|学费)(?:标准|上限)?(?:一共|每月|每年|大概|到底|最高|最低|是|为|有|要|给|发|领|交|能)*(?:多少|几)|"
        r"(?:补|发|领|交|赔|奖|收)(?:贴|助|放|取|纳|偿|励)?了?多少",
    ),
    (
        Expected.NUMBER,
        r"多少|(?<!星期)(?<!周)(?<!礼拜)(?<!哪)几(?!乎|点|月|号)|比例|分之|数量|面积|人数|多大|多长|多高|几成|排名|第几|占比|增长率",
    ),
    (
        Expected.PERSON,
        r"谁|哪[一二两三四几]?位|哪个人|什么人|(?<!分别)(?<![都各])叫(?:什么|啥)(?!名堂|项目|活动)|姓名|何人",
    ),
    (Expected.LIST, r"(?:(?<![成首])都|各|分别)[从在]?(?:哪里|哪儿|什么地方)"),
    (Expected.PLACE, r"哪里|哪儿|在哪|什么地方|地址|地点|(?<!如)何处|哪个(?:城市|县|区|省|地方|村|镇|国家)|去哪"),
    (
        Expected.LIST,
        r"总结|概括|归纳|列举|梳理|哪些|哪几|什么(?:措施|建议|要求|条件|材料|内容|问题|困难|项目|服务|做法|办法|活动|特点|好处|政策)|"
        r"(?:条件|材料|措施|要求|内容|手续|流程|步骤|职责|任务|原则)(?:都|主要|各)?(?:是|有|包括)些?(?:什么|啥)|(?:需要|包括|准备|提交|带|备齐)些?(?:什么|啥)$|"
        r"怎么(?!回事|会|样)|怎样|如何|分别|[都各]叫(?:什么|啥)|几个方面|哪方面|哪[一二两三四五六七八九十]|列出|有何|(?:建议|提出?|说)了?(?:什么|啥)",
    ),
    (Expected.REASON, r"为什么|为何|原因|凭什么|怎么会|缘由"),
)
EVIDENCE_OF: dict[Expected, str] = {
    Expected.PHONE: r"\d{3,4}-?\d{7,8}|1[3-9]\d{9}|(?<!\d)1?\d{4,5}(?!\d|年|元|万|人|个)",
    Expected.CLOCK: r"\d{1,2}[:：时点]\d{0,2}|[一二三四五六七八九十]+[点时]|全天|24小时|早上|晚上|上午|下午",
    Expected.DATE: r"\d+\s*年|\d+\s*[月日天]|[一二三四五六七八九十两]+[年月天日周]|小时|今年|去年|明年|目前|近日|日前|长期|春|夏|秋|冬|季|分钟|世纪|时期|时代",
    Expected.AMOUNT: r"\d|[一二三四五六七八九十百千万亿]+[元块]|免费|折|%",
    Expected.NUMBER: r"\d|[一二三四五六七八九十百千万亿两双半多]+[个家项所人名次倍成年天条座户种部位级只类大]|分之|一半|第[一二三四五六七八九十]",
    # Somebody by name (`names_person`), or by what they are: 申请人, 居民, 县水务局.
    Expected.PERSON: r"[\u4e00-\u9fff]·|[A-Z][a-z]+|[人者员户民生师长家]|局|委|部门|单位|公司|政府|机构|组织|学校|医院|中心|集体|协会",
    Expected.PLACE: r"[省市县区镇乡村街路号楼厅馆校院国州洲城岛湾山河湖港]|[东南西北]部?|附近|境内|位于|在",
}


def expected_answer(question: str) -> Expected:
    """By the last clause that asks: what stands before it is what a follow-up leans on."""
    clauses = [clause for clause in re.split(r"[,;?!。]", normalize(question)) if clause.strip()]
    for clause in reversed(clauses):
        for kind, pattern in ASKS:
            if re.search(pattern, clause):
                return kind
    return Expected.ANYTHING


def holds_expected(expected: Expected, text: str) -> bool:
    """Whether the text holds anything of the kind expected. True for kinds that have no form of their own."""
    if expected is Expected.PERSON:
        return bool(re.search(EVIDENCE_OF[expected], text)) or names_person(text)
    pattern = EVIDENCE_OF.get(expected)
    return pattern is None or bool(re.search(pattern, normalize(text)))


NOT_A_COUNT = {"年", "月日", "日", "月", "第", "时", "届", "号码", "号"}
# What 多少人 and 几家 do not ask for, whatever is counted there.
MEASURED = NOT_A_COUNT | MEASURES
COUNTS = re.compile(r"(?:多少|(?<!哪)几)(?:[个人名位家户所座辆件项处](?!月|小时|工作日|百分点))")
COUNTED = re.compile(r"(?:多少|(?<!哪)几)([名家户所座辆件项处套间张条部台])")
SPAN_OF_TIME = {"年", "月日", "日", "月", "天", "小时", "分钟", "个月", "周", "时", "工作日", "季"}
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
    r"[百千万]分之(?:几|多少)|几成|占比|百分比|(?:比例|比率|利率|费率|税率|增速|增长率|增幅|降幅)(?:一共|大概|最高|最低|是|为|有|达到?|要)*(?:多少|几|多[大高低])"
)
SHARE_GIVEN = re.compile(r"%|‰|分之|\d成|[一二三四五六七八九两半]成|一半|半数|倍|翻番|\d[:∶比]\d|百分点|基点|bp")
A_KIND = re.compile(r"(?<!哪)几(?![年月天点号日时周岁元块成])([\u4e00-\u9fff])")
SUM = re.compile("投资|造价|耗资|预算|花费|[花用卖挣赚]了")  # never a share of something, nor 免费
COSTS = re.compile("(?:要|用|收|花|交|掏|出|给)钱|收费|免费")  # 要钱吗
COST_GIVEN = re.compile("[免钱费资担价]|无偿|优惠|补[助贴]")
NO_MONEY = re.compile(r"免费|无偿|不收|不用钱|折|全额")


def gives_expected(question: str, text: str) -> bool:
    """Whether an answer gives the kind of figure that the question asks for: a price, a count, a date, a telephone
    number. True for questions that ask for none. A date is no price, and a year no number of pupils."""
    expected = expected_answer(question)
    figures = extract_figures(text)
    units = {figure.unit for figure in figures}
    if expected is Expected.PHONE:
        return bool(PHONE.search(normalize(text)))
    if expected is Expected.AMOUNT:
        if SUM.search(question):
            return bool(units & MONEY)
        return bool(units & (MONEY | SHARES) or any(unit[:1] == "/" for unit in units) or NO_MONEY.search(text))
    if expected is Expected.NUMBER and AREA.search(question) and not AREA_GIVEN.search(normalize(text)):
        return False
    if expected is Expected.NUMBER and SHARE.search(normalize(question)):
        return bool(SHARE_GIVEN.search(normalize(text)))
    if expected is Expected.NUMBER and HOW_LONG.search(question):
        return _gives_length_of_time(text)
    if expected is Expected.NUMBER and (asked := A_KIND.search(normalize(question))) and _counts(asked[1], text):
        return True
    if expected is Expected.NUMBER:
        other = NOT_A_COUNT
        if COUNTS.search(question):
            units, other = {figure.unit for figure in extract_figures(CLOCK_TIME.sub("", text))}, MEASURED
        return bool(units - other) or bool(
            re.search(r"[两双半几数]|第[一二三四五六七八九十]|[一二三四五六七八九十][次轮遍]|多少(?!年)", text)
            and "几年" not in text
        )
    if expected is Expected.DATE and TERM.search(question) and not (units & LENGTH_OF_TIME or UNTIL.search(text)):
        return any(figure.unit == "年" and figure.value < EARLIEST_YEAR for figure in figures)
    if expected is Expected.DATE:
        # Asked 今年什么时候, 今年 is no answer.
        return bool(units & SPAN_OF_TIME) or any(match[0] not in question for match in WHEN.finditer(text))
    if expected is Expected.CLOCK:
        return bool(re.search(r"\d{1,2}[:：时点]|全天|[早晚]上?", text))
    if expected is Expected.PLACE:
        return holds_expected(expected, text)
    if expected is Expected.ANYTHING and COSTS.search(question):
        return bool(units & (MONEY | SHARES) or COST_GIVEN.search(text))
    return not asks_byline(question) or bool(re.search(r"记者|通讯员|摄", text))


def counts_asked(question: str, text: str) -> bool:
    """Whether the text counts by the measure word of the question (42项 for 有多少项). True where the question has none."""
    asked = COUNTED.search(normalize(question))
    return asked is None or _counts(asked[1], text)


def _counts(measure: str, text: str) -> bool:
    """Whether a number stands before the measure word: 42项, 一只."""
    return bool(re.search(rf"[\d{CN}余多]{measure}", normalize(text)))


def _gives_length_of_time(text: str) -> bool:
    """约70分钟, 8时至17时; not 每40分钟, nor the time of a clock."""
    plain = EVERY.sub("", normalize(text))
    units = {figure.unit for figure in extract_figures(plain)} - {"时"}
    return bool(units & SPAN_OF_TIME or CLOCK_TIMES.search(plain) or re.search(r"工作日|[一半]个?[年月天周]", plain))


def asks_items(question: str) -> bool:
    """Whether the question asks for all of several things (哪些, 什么材料), not how something is done."""
    return expected_answer(question) is Expected.LIST and not re.search("怎样|如何|怎么", question)


def is_yes_or_no(question: str) -> bool:
    """Whether the question asks whether something is so, and for nothing else besides."""
    return bool(YES_OR_NO.search(question.strip())) and expected_answer(question) is Expected.ANYTHING


def is_plain(question: str) -> bool:
    """Whether one sentence can be the whole answer: a date, a price, a count, a name, a place."""
    return expected_answer(question) in PLAIN


PLAIN = frozenset(
    {Expected.PHONE, Expected.DATE, Expected.CLOCK, Expected.AMOUNT, Expected.NUMBER, Expected.PERSON, Expected.PLACE}
)
