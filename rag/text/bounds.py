"""What stands around a number and changes what it says: bounds (以上, 不超过, 之前), a rate's denominator (每人每月), rise or fall.

Each is read from the clause that the number stands in, at most `WINDOW` signs before it. Names of bounds: "≥", ">", "≤", "<";
"满" and "起", which a statement may leave out; "约", "近" and "多", about so many; "几" (十几), "数" (数百); "前" and "后", of spans of time.
"""

import re

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
        ("≤", rf"{_NOT}(?:超过|超出|高于|大于|多于|长于|晚于|迟于|超){_GAP}"),
        ("≥", rf"{_NOT}(?:低于|少于|小于|短于|早于){_GAP}|不下{_NEAR}"),
        ("≤", rf"(?:最高|最多|最长|最大|最晚|最迟|至多|上限|限额|顶格|≤){_GAP}"),
        ("≥", rf"(?:最低|最少|最短|最小|最早|至少|起码|下限|≥){_GAP}"),
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
    r"(?:\((?:含|包括|不含)[^()]{0,6}\)|及其?|或者?)?"
    r"(?P<word>以上|以下|以内|之内|以外|之外|之前|以前|之后|以后|为止|截止|封顶|为限|左右|上下|起步|开始|多(?![次种家名少样项方数层元])|余(?![额款下名])"
    r"|内(?![容部蒙外科需涵资地])|前(?![来往后期身台景途置线列款沿进段辈]|提(?![交出供前]))|后(?![续期果台勤备来代])|起(?![草点诉动伏来到作用步])|止(?!于))"
)
WORDS = {
    "以上": "≥", "以下": "≤", "以内": "≤", "之内": "≤", "内": "≤", "以外": ">", "之外": ">", "封顶": "≤", "为限": "≤", "左右": "约", "上下": "约",
    "起步": "≥", "多": "多", "余": "多", "之前": "前", "以前": "前", "前": "前", "之后": "后", "以后": "后", "后": "后", "起": "起", "开始": "起",
    "止": "≤", "为止": "≤", "截止": "≤",
}  # fmt: skip
CLAUSE_END = re.compile(r"[,;。!?、()\n“”]")
TIME = {"日": "日", "天": "日", "周": "周", "星期": "周", "月": "月", "季度": "季", "季": "季", "年": "年", "年度": "年", "学年": "年", "小时": "小时",
        "学期": "学期", "次": "次", "晚": "晚"}  # fmt: skip
THING = {"人": "人", "名": "人", "位": "人", "生": "人", "户": "户", "家": "家", "亩": "亩", "公顷": "公顷", "平方米": "平方米", "平米": "平方米", "平方": "平方米",
         "立方米": "立方米", "吨": "吨", "公斤": "公斤", "斤": "公斤", "公里": "公里", "件": "件", "台": "台", "辆": "辆", "车": "辆", "套": "套", "座": "座",
         "间": "间", "头": "头", "只": "只", "株": "株", "棵": "株", "床": "床", "张": "张", "餐": "餐", "顿": "餐", "班": "班", "校": "校", "村": "村", "度": "度",
         "千瓦时": "度", "项": "项", "个": "个", "所": "所", "孩": "人", "胎": "胎", "孔": "孔", "米": "米"}  # fmt: skip
_PER = "|".join(sorted({*TIME, *THING}, key=len, reverse=True))
EVERY = re.compile(rf"(?:每|按|逐)(?:一)?(?:个)?(?P<each>{_PER})(?![份期照])|(?P<mean>人|户|日|月|年|亩)均")
SLASH = re.compile(rf"(?:[/·](?:{_PER})){{1,3}}|每(?:个)?(?:{_PER})(?:每(?:{_PER}))?")
ONE = re.compile(_PER)
RISE, FALL = (
    "增长|增加|提高|上升|上涨|上浮|上调|增幅|涨幅|扩大|盈利|顺差|盈余|净流入|增",
    "下降|减少|降低|下浮|下滑|下跌|下调|降幅|跌幅|缩减|缩小|亏损|逆差|赤字|净流出|减",
)
CHANGE = re.compile(rf"(?:(?P<rise>{RISE})|(?P<fall>{FALL}))(?:幅度)?(?:了|约|近|超过?|不超过|不低于|达到?|为){{0,2}}$")


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
    if is_date:
        bound = {"前": "≤", "后": "≥"}.get(bound, bound)
    return bound, match.end()


def rate(before: str, plain: str, end: int) -> frozenset[str]:
    """What a rate counts by: 每人每月500元, 500元/月, 月均500元."""
    found = {match["each"] or match["mean"] for match in EVERY.finditer(before)}
    if match := SLASH.match(plain, end):
        found |= set(ONE.findall(match[0]))
    return frozenset(TIME.get(name) or THING[name] for name in found)


def change(before: str) -> str:
    """ "+" behind 增长, "-" behind 下降; "" where the number is a level (降至) or neither."""
    match = CHANGE.search(before)
    return "" if match is None else "+" if match["rise"] else "-"


def same_rate(said: frozenset[str], held: frozenset[str]) -> bool:
    """Whether two rates agree in what both give: by time, by thing."""
    for group in (set(TIME.values()), set(THING.values())):
        one, other = said & group, held & group
        if one and other and not one <= other and not other <= one:
            return False
    return True
