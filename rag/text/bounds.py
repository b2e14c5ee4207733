"""What stands around a number and changes what it says: bounds (以上, 不超过, 之前), a rate's denominator (每人每月), rise or fall,
by or to (提高到), its basis (税前, 同比, 首次).

Each is read from the clause that the number stands in, at most `WINDOW` signs before it. Names of bounds: "≥", ">", "≤", "<";
"满" and "起", which a statement may leave out; "约", "近" and "多", about so many; "几" (十几), "数" (数百); "前" and "后", of spans of time.
"""

import re
from fractions import Fraction

from rag.text.numerals import read_number

WINDOW = 18
_NOT = "(?:不(?:得|能|应当?|可以?|宜|要|会|再|准|许)?|未|没有?)"
_AMOUNT_WORDS = (
    "可以|可|达到|达|到|至|为|是|给予|发放|享受|补贴|补助|奖励|资助|贷款|支付|领取|提取|申请|处以|处|罚款|人民币|金额|额度|期限|时间|日期|一次性|"
    "再|能|按照|按|给|补|奖|报销|支持|缴纳|收取|标准|的|罚|扣|退|付|交|收|贷|借|领|发|返|免|减|停|休|住|用|带|买|存|报|了|每(?:人|户|月|年|日|天|次|亩|平方米|个|家|件|吨|名|位|批|笔|项|套|小时|车)"
)
_GAP = rf"(?:{_AMOUNT_WORDS}){{0,5}}$"
_NEAR = "(?:人民币)?$"
BEFORE = tuple(
    (bound, re.compile(pattern))
    for bound, pattern in (
        ("≥", rf"(?:大于|多于|高于)或?等于{_NEAR}"),
        ("≤", rf"(?:小于|少于|低于)或?等于{_NEAR}"),
        ("≤", rf"{_NOT}(?:超过|超出|高于|大于|多于|长于|晚于|迟于|超){_GAP}"),
        ("≥", rf"{_NOT}(?:低于|少于|小于|短于|早于){_GAP}|不下{_NEAR}"),
        ("≤", rf"(?:最高|最多|最长|最大|最晚|最迟|至多|上限|限额|顶格|封顶线?|≤){_GAP}"),
        ("≥", rf"(?:最低|最少|最短|最小|最早|至少|起码|下限|保底|≥){_GAP}"),
        ("<", rf"(?:低于|少于|小于|短于|早于|不足|不到|不满|未满|未达到?|不及|<)(?:{_AMOUNT_WORDS})?$"),
        (">", rf"(?:超过|超出|高于|大于|多于|长于|晚于|突破|>)(?:{_AMOUNT_WORDS})?$|(?<![赶反])(?:逾|超){_NEAR}"),
        (
            "约",
            rf"(?:大约|大概|大致|估计|左右)(?:为|有|是)?{_NEAR}|(?<![合预节条公契相违签邀制])约(?:为|有|是)?{_NEAR}",
        ),
        ("近", rf"(?:将近|接近){_NEAR}|(?<![附最临邻就靠亲])近{_NEAR}"),
        ("满", rf"(?<![未不圆美充])(?:年满|已满|届满|满|达到|达){_NEAR}"),
    )
)
BEFORE_A_DATE = (
    ("≤", re.compile(r"(?:截止|截至)(?:日期|时间|期限)?(?:为|是|到|至|于|:)*$|(?:延长|持续|开放|展期|推迟|有效期?|一直|施行|执行|保留)?[至到]$")),
    ("起", re.compile(r"(?:自|从|由|始于)$")),
)  # fmt: skip
AFTER = re.compile(
    r"(?:\((?:含|包括|(?P<without>不含))[^()]{0,6}\)|及其?|或者?)?"
    r"(?P<word>以上|以下|以内|之内|以外|之外|之前|以前|之后|以后|为止|截止|封顶|为限|左右|上下|起步|开始|多(?![次种家名少样项方数层元])|余(?![额款下名])"
    r"|内(?![容部蒙外科需涵资地])|前(?![来往后期身台景途置线列款沿进段辈]|提(?![交出供前]))|后(?![续期果台勤备来代])|起(?![草点诉动伏来到作用步])|止(?!于))(?:\((?P<less>不含)[^()]{0,6}\))?"
)
WORDS = {
    "以上": "≥", "以下": "≤", "以内": "≤", "之内": "≤", "内": "≤", "以外": ">", "之外": ">", "封顶": "≤", "为限": "≤", "左右": "约", "上下": "约",
    "起步": "≥", "多": "多", "余": "多", "之前": "前", "以前": "前", "前": "前", "之后": "后", "以后": "后", "后": "后", "起": "起", "开始": "起",
    "止": "≤", "为止": "≤", "截止": "≤",
}  # fmt: skip
CLAUSE_END = re.compile(r"[,;。!?、()\n“”]")
# What a rate counts by: the base that it is converted to, and its size in it.
TIME = {"日": ("日", 1), "天": ("日", 1), "周": ("日", 7), "星期": ("日", 7), "月": ("月", 1), "季度": ("月", 3), "季": ("月", 3), "年": ("月", 12),
        "年度": ("月", 12), "学年": ("月", 12), "小时": ("秒", 3600), "时": ("秒", 3600), "h": ("秒", 3600), "分钟": ("秒", 60), "min": ("秒", 60), "秒": ("秒", 1), "s": ("秒", 1),
        "学期": ("学期", 1), "次": ("次", 1), "晚": ("晚", 1)}  # fmt: skip
_THINGS = {"人": "名|位|生|孩", "户": "", "家": "", "亩": "", "公顷": "", "平方米": "平米|平方|m2", "立方米": "立方|方|m3", "升": "l", "吨": "t", "公斤": "千克|kg", "斤": "",
           "公里": "千米|km", "件": "", "台": "", "辆": "车", "套": "", "座": "", "间": "", "头": "", "只": "", "棵": "株", "床": "", "张": "", "餐": "顿", "班": "", "校": "",
           "村": "", "千瓦时": "度电|度|kwh", "项": "", "个": "", "所": "", "胎": "", "孔": "", "米": ""}  # fmt: skip
THING = {name: (thing, 1) for thing, names in _THINGS.items() for name in (thing, *filter(None, names.split("|")))}
_PER = "|".join(name + "(?![a-z])" * name.isascii() for name in sorted({*TIME, *THING} - {"时"}, key=len, reverse=True))
_TIMES = "月|季度|学期|小时|[年周天日]"
_COUNT = r"(?!千[米克瓦])(?:\d{1,6}(?:\.\d{1,2})?[百千万]?|[一二两三四五六七八九十百千万]{1,4}|半)"
# 月薪, 日均, 年利率: by what is paid, measured or taken; not 5月收入, 今年收入.
_RATED = "均|薪|租|供|费(?!用)|产(?!业)|息|利率|化|工资|收入|支出|消费|缴存?额|客流|处理|接待|用[水电气]"
EVERY = re.compile(
    rf"(?:[按逐]|每(?P<count>{_COUNT})?)个?(?P<each>{_PER})(?![份期照])|[一1]个?(?P<once>{_TIMES}|[人户])$|(?P<mean>[人户亩])均|"
    rf"(?<![\d零一二三四五六七八九十〇今去明当本上下全每半个元同次翌近历往来多少几学青中老成童壮])(?:(?P<rated>[日周月季年])(?={_RATED})|时(?=[速薪]))"
)
SLASH = re.compile(rf"(?:[/·]\(?(?:{_COUNT})?个?(?:{_PER})){{1,3}}|每(?:{_COUNT})?个?(?:{_PER})(?:每(?:{_PER}))?")
ONE = re.compile(rf"(?P<count>{_COUNT})?个?(?P<each>{_PER})")
RISE, FALL = (
    "增长|增加|提高|上升|上涨|上浮|上调|增幅|涨幅|扩大|盈利|顺差|盈余|净流入|翻|增|涨|(?<![公毫每/])升",
    "下降|减少|降低|下浮|下滑|下跌|下调|降幅|跌幅|缩减|缩小|亏损|逆差|赤字|净流出|减收|减征|减免|少收|便宜|优惠|让利|减|(?<!投)降|跌",
)
_THEN = f"(?:幅度?|了|约|近|超过?|不超过|不低于|达到?|为|人民币|(?:原来|原先|上年|去年|同期)的?|[每按]个?(?:{_PER})){{0,4}}$"
CHANGE = re.compile(rf"(?:(?P<rise>{RISE})|(?P<fall>{FALL}))(?P<to>[到至])?{_THEN}")
CHANGED_BY = re.compile(
    "(?:以上|以内|左右)?(?:的?(?:(?P<rise>增幅|涨幅)|(?P<fall>降幅|跌幅|优惠|折扣))|的(?:减免|让利))"
)
LEVEL = re.compile("按[^按]{0,12}$")
# Terms on which a number is given: words of one row contradict each other. "" is the row's usual case, which no word names.
BASES = (
    ("税前", "税后"), ("(?<!不)含税", "不含税"), ("预[付缴交收]", "后付|补[缴交]"), ("首付", "尾款|余款"), ("单程", "往返|双程"), ("同比", "环比"),
    ("毛重", "净重"), ("直径", "半径"), ("新增", "累计|总计"), ("首套", "二套"), ("提前", "推迟|延迟|延后|延长|顺延"), ("起付", "封顶"), ("", "农历|阴历|旧历"),
    ("线上", "线下"), ("进口", "出口"), ("存款", "贷款"), ("建筑面积", "使用面积|套内面积"), ("男(?!女)", "(?<![男子儿])女"), ("左侧", "右侧"), ("地上", "地下"), ("(?<!未)成年人|成人(?!教育)", "儿童|未成年人"),
    ("自付|自负|自费", "报销|医保支付"), ("退还|返还", "扣除|扣减|扣留"), ("免除|减免", "保留"), ("(?:个人|职工)(?=[缴负承])", "(?:单位|企业)(?=[缴负承])"), ("全票", "半票"),
    ("平时|平日", "节假日|休息日|周末"), ("前$", "后$"),
    ("(?<![最增])长$", "宽$", "(?<![最提新])高$", "深$", "厚$"),
    *((f"首个?{time}", f"每个?{time}", f"[次翌]{time}|第二个?{time}", f"[当本同]{time}") for time in ("次", "年", "月", "周", "日", "小时", "期", "套")),
)  # fmt: skip
BASIS = re.compile(
    "|".join(f"(?P<b{i}_{j}>{words})" for i, row in enumerate(BASES) for j, words in enumerate(row) if words)
)
USUAL = {row: 0 for row, words in enumerate(BASES) if not words[0]}
BEHIND = re.compile(r"\(([^()]{1,8})\)")
Per = frozenset[tuple[str, Fraction]]  # bases of TIME and THING with their counts
Basis = frozenset[tuple[int, int]]  # rows and columns of BASES


def window_before(plain: str, start: int) -> str:
    """What stands before `start` in its clause, at most WINDOW signs."""
    return CLAUSE_END.split(plain[max(0, start - WINDOW) : start])[-1]


def bound_before(before: str, is_date: bool) -> tuple[str, int]:
    """The bound that the words before a number name, and how many signs its name and what follows take; ("", 0) if none."""
    for bound, pattern in (*BEFORE, *(BEFORE_A_DATE if is_date else ())):
        if match := pattern.search(before):
            return bound, len(before) - match.start()
    return "", 0


def bound_after(plain: str, end: int, is_date: bool) -> tuple[str, int]:
    """The bound behind a number, and where its name ends; ("", end) if none. 前 and 后 of a date are ≤ and ≥."""
    match = AFTER.match(plain, end)
    if match is None:
        return "", end
    bound = WORDS[match["word"]]
    if match["without"] or match["less"]:
        bound = {"≤": "<", "≥": ">"}.get(bound, bound)
    if is_date:
        bound = {"前": "≤", "后": "≥"}.get(bound, bound)
    return bound, match.end()


def rate(before: str, plain: str, end: int) -> Per:
    """What a rate counts by, as bases with their counts: 每人每月500元, 500元/月, 月均500元; 每半年 is (月, 6)."""
    match = SLASH.match(plain, end)
    behind = ONE.finditer(match[0]) if match else ()
    return rates_in(before) | frozenset(_rated(one["count"], one["each"]) for one in behind)


def rates_in(text: str) -> Per:
    """What is spoken of by each: 每户, 按月, 年均."""
    names = ((m["count"], m["each"] or m["mean"] or m["once"] or m["rated"] or "时") for m in EVERY.finditer(text))
    return frozenset(_rated(count, name) for count, name in names)


def _rated(count: str | None, name: str) -> tuple[str, Fraction]:
    base, size = TIME.get(name) or THING[name]
    if count == "半":
        return base, Fraction(size, 2)
    number = read_number(count) or read_number(f"一{count}") if count else None
    return base, Fraction(number or 1) * size


def change(before: str, plain: str, end: int) -> str:
    """ "+" behind 增长 and before 的增幅, "-" behind 下降, with 到 where they lead to a level (降至); "到" where a level is told without
    them (按80%); else ""."""
    match = CHANGE.search(before) or CHANGED_BY.match(plain, end)
    if match is None:
        return "到" if LEVEL.search(before) else ""
    to = "到" if match.re is CHANGE and match["to"] else ""
    return ("+" if match["rise"] else "-") + to


def same_change(said: str, held: str) -> bool:
    """Whether rise, fall and level do not contradict each other: 提高到 is not 提高, nor 降到."""
    return said == held or not {said, held} <= {"+", "-", "+到", "-到"}


def basis(before: str, plain: str, end: int) -> Basis:
    """The terms on which a number is given: of each row of BASES the nearest word before it, or one in brackets behind."""
    behind = BEHIND.match(plain, end)
    found = [*BASIS.finditer(before), *(BASIS.finditer(behind[1]) if behind else ())]
    names = [match.lastgroup or "" for match in found]
    return frozenset({int(row): int(column) for row, column in (name[1:].split("_") for name in names)}.items())


def same_basis(said: Basis, held: Basis) -> bool:
    """Whether the terms of two numbers do not contradict each other."""
    one, other = USUAL | dict(said), USUAL | dict(held)
    return all(one[row] == other[row] for row in one.keys() & other.keys())


def same_rate(said: Per, held: Per) -> bool:
    """Whether two rates agree in what both give: by time, by thing."""
    for names in (TIME, THING):
        bases = {base for base, _ in names.values()}
        one, other = ({item for item in per if item[0] in bases} for per in (said, held))
        if one and other and not one <= other and not other <= one:
            return False
    return True
