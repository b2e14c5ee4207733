"""Does a figure stand in the words that an answer cites, with what stands beside it? No part of the product's own reader.

There are no quantities here. Both texts are brought into one spelling, numerals by cn2an; then each number must be found
again with the same neighbours: the signs behind it (元, 公顷, 个月), the words that bound it on either side (不超过, 以上, 之前),
what it is counted for (每月), and the number that it hangs on (3月 of 3月5日). Units are compared as written, not converted:
2公顷 for 30亩 is reported, and so is 5天 for 一周. The first look of a person is what such a report is for.
"""

import re
import unicodedata
import warnings
from dataclasses import dataclass

import cn2an

from rag.datatypes import Span

NUMERAL = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿"
RUN = re.compile(rf"[{NUMERAL}]{{1,24}}(?:点[{NUMERAL[:11]}]{{1,8}})?")
SCALED = re.compile(
    r"(\d{1,20}(?:\.\d{1,8})?)([万亿]{1,2}|千(?![米克瓦]))(?:(\d{1,8})(千万|百万|千|百)|(\d)(?![\d万千百]))?"
)
SHARED_SCALE = re.compile(r"(\d{1,12}(?:\.\d{1,8})?)至(\d{1,12}(?:\.\d{1,8})?)([万亿])")
ABOUT = re.compile(
    r"(?<![零一二两三四五六七八九])(十?)(一二|两三|二三|三四|三五|四五|五六|六七|七八|八九)([十百千万]?)(?![零一二三四五六七八九])"
)
# Words in which a numeral counts nothing.
IDIOMS = re.compile(
    "统一|唯一|一体|一些|一定|一起|一同|一样|一般|一直|一边|一方面|一律|一切|一旦|一系列|进一步|同一|万一|十分(?!之)|千万要|百姓|百花|千家万户|"
    "万家|一窗|一网|一站|一码|一键|一次性|一线|一流|第三方|三农|五育|两手|一手|一心|一号工程|亿万|千方百计|百分点|三位一体|队伍|大陆|陆续"
)
CLOCK = re.compile(r"(上午|早上|下午|晚上)?(?<![\d.])(\d{1,2})[点时](半)?(?![\d间候])")
LARGE = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
# One spelling for what documents write in several, in this order.
SPELLINGS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"人民币|大约(?=\d)", lambda m: "约" if m[0] == "大约" else ""),
        (r"(?<=\d),(?=\d{3}(?!\d))", ""),
        (r"周岁", "岁"),
        (r"(?<=[\d个])(?:整)?(?:日历|自然)(?=[日天])", ""),
        (r"千米|km", "公里"),
        (r"千克|kg", "公斤"),
        (r"平米|平方(?![公米厘])|m2", "平方米"),
        (r"(?<!半)个?钟头", "小时"),
        (r"(?<=\d)(?:块钱?|圆)", "元"),
        (r"摄氏度|°c", "度"),
        (r"(?<=\d)个(?=小时|工作日|星期|百分点|基点)", ""),
        (r"(?<=\d)(?:名|位)", "人"),
        (r"(?<=[\d年月日号天时元%人岁度])(?:[—–~～―-]{1,2}|到)(?=\d)", "至"),
        (r"(?<=\d)号(?=[^线楼])", "号"),
        (r"月份", "月"),
        (r"末(?=[前之以])", "底"),
    )
)
BEHIND = tuple(
    (mark, re.compile(pattern))
    for mark, pattern in (
        ("≥", r"\(?(?:及|含)?[^,。;()\d]{0,2}\)?以上|起步"), ("≤", "(?:及|或)?以下|(?:之|以)?内(?![容部蒙])|封顶"), ("前", "(?:之|以)?前(?!来|往|期)|截止|止|为止"),
        ("后", "(?:之|以)?后(?!续|期)"), ("约", "左右|上下"), ("多", "多(?![种次])|余(?!额)"), ("起", "起(?!步|来)"),
    )
)  # fmt: skip
_NO = "(?:不(?:得|能|应|可|会)?|未|没有?)"
_GAP = "(?:[补贴助奖罚款可达为是到给予发收按付额度标准交了]|每[人户月年日天次亩]){0,6}$"
BEFORE = tuple(
    (mark, re.compile(pattern))
    for mark, pattern in (
        ("≤", rf"(?:{_NO}(?:超过|高于|多于|大于|长于|晚于|超)|最高|最多|至多|上限|最长){_GAP}"),
        ("≥", rf"(?:{_NO}(?:低于|少于|小于|短于)|至少|最少|最低|起码|不下){_GAP}"),
        ("<", "(?:低于|少于|小于|不足|不到|不满|未满)$"), (">", "(?:超过|高于|多于|大于|突破|逾|超)了?$"), ("约", "(?<![预节签])约$|大概$"),
        ("近", "(?<![附最临])近$"), ("-", "(?:零下|(?<![自担])负|(?<![a-z\\d)%])-)$"), ("第", "第$"), ("几", "[几数]$"), ("至", r"\d[^\d,。;]{0,4}至$"),
        ("前", "(?:截止|截至)(?:日期|时间)?(?:为|是|到|至)?$"),
    )
)  # fmt: skip
SOFT = {"起"}
EVERY = re.compile("(?:每|按)(?:个)?(人|户|月|年|日|天|次|亩|公顷|平方米|立方米|周|件|吨)|(人|户|月|年)均")
SLASH = re.compile("^[/](?:(人|户|月|年|日|天|次|亩|平方米)[·]?)(月|年)?")
TIMES = set("月年日天次周")
_TO = "(了|[到至])?(?:每[人户月年日天次亩]){0,2}$"
CHANGES = (re.compile(f"(?:增长|提高|上升|上涨|增加|升){_TO}"), re.compile(f"(?:下降|降低|减少|下跌|降){_TO}"))
# Words before a number, or in brackets behind it, of which one of a row says another thing than the rest.
CONTRARY = tuple(
    tuple(row.split())
    for row in (
        "税前 税后", "不含税 含税", "预付 后付", "首付 尾款", "首次 每次", "首小时 每小时", "首年 次年 每年 当年", "次月 每月 当月", "同比 环比", "新增 累计", "提前 推迟",
        "单程 往返", "起付 封顶", "保底 封顶", "毛重 净重", "直径 半径", "高 宽", "男 女", "农历", "前 后 倒数第", "年薪 月薪", "年利率 月利率", "日消费 月消费", "日均 周均 月均",
    )
)  # fmt: skip
NUMBER = re.compile(r"\d{1,30}(?:\.\d{1,12})?(?:/\d{1,6})?")
# Signs that are a whole unit by themselves; of others (公-, 平-, 个-) the second sign belongs to it.
WHOLE = set("元角人户家件次项岁年月日天时分秒米克吨亩度成折倍%‰所座台部条章级季号版届期套张辆棵株周页点:")
PARTS_OF_GE = set("县市省区镇乡村月工小百星基国")
COUNTED = set("所家项件座处条名种")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text in its one spelling, with its neighbours."""

    text: str
    behind: str
    marks: frozenset[str]
    each: frozenset[str]
    change: int  # 1 behind 增长, -1 behind 下降, 2 and -2 behind 增长到 and 下降到
    of: str
    chain: tuple[str, ...]  # the numbers that it hangs on, nearest first: 3 and 2026 of 2026年3月5日
    start: int  # of the first of these
    inner: bool  # another number hangs on it
    written: str
    terms: tuple[str, ...]  # of each row of CONTRARY the word that stands beside it, or ""


def unbacked_quantities(text: str, backing: str) -> frozenset[str]:
    """Each number of the text as spelled here, with the sign behind it, that the backing has nowhere with the same neighbours."""
    held = numbers_in(spell(backing, articles=True))
    return frozenset(
        number.written
        for number in numbers_in(spell(text, articles=False))
        if not number.inner and not any(_same(number, other) for other in held)
    )


def spell(text: str, articles: bool) -> str:
    """The text in one spelling, numbers in digits. `articles`: 一 of 一次 as 1 too."""
    folded = unicodedata.normalize("NFKC", re.sub("[\u2460-\u249b]", "·", text)).lower().replace("○", "〇")
    plain = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc") or c == "\n")
    plain = re.sub(r"(?<!\d)[^\S\n]+|[^\S\n]+(?!\d)", "", plain)
    plain = re.sub(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", r"\1年\2月\3日", plain)
    plain = IDIOMS.sub(lambda m: "#" * len(m[0]), re.sub(r"第(?=[一二三四]季度)", "", plain))
    plain = ABOUT.sub(_about, plain)
    plain = RUN.sub(lambda m: _digits(m, articles), plain.replace("一半", "50%"))
    for pattern, written in SPELLINGS:
        plain = pattern.sub(written, plain)
    plain = re.sub(r"(\d{1,4}(?:\.\d{1,6})?)(?=至\d{1,4}(?:\.\d{1,6})?[%‰])", r"\1%", plain)
    plain = SHARED_SCALE.sub(_shared, plain)
    plain = SCALED.sub(_scaled, plain)
    plain = re.sub(r"(百|千|万|\d{1,6})分之(\d{1,9}(?:\.\d{1,6})?)", _share, plain)
    plain = re.sub(r"(\d{1,9}(?:\.\d{1,6})?)(‰|成(?![为立果功都员就本])|折)", _tenths, plain)
    plain = re.sub(r"(?<=\d)日(?=[以之]?内)", "天", plain)
    return CLOCK.sub(_clock, plain)


def _about(match: "re.Match[str]") -> str:
    ten, pair, scale = match.groups()
    return f"{ten}{pair[0]}{scale}至{ten}{pair[1]}{scale}"


def _clock(match: "re.Match[str]") -> str:
    half_of_day, hour, half = match.groups()
    late = half_of_day in ("下午", "晚上") and int(hour) < 12
    return f"{int(hour) + 12 * late}:{'30' if half else '00'}"


def _digits(match: "re.Match[str]", articles: bool) -> str:
    run = match[0]
    after = match.string[match.end() : match.end() + 1]
    if (run in LARGE and after == "分") or (run == "一" and not articles and after not in set("年岁倍成折亩季")):
        return run
    if (
        len(run) == 1
        and not (after in WHOLE or after in set("个两半名位县市省镇乡村公平立口门批种类季至到~—-"))
        and not match.string[: match.start()].endswith(("第", "分之", "至", "到", "—", "~"))
    ):
        return run
    if len(run) == 4 and not set(run) & set("十百千万亿"):
        return "".join(str("〇一二三四五六七八九".find(c)) if c != "零" else "0" for c in run)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = cn2an.cn2an(run, "normal")
    except (ValueError, KeyError):
        return run
    return f"{value:g}" if isinstance(value, float) else str(value)


def _short(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".")


def _shared(match: "re.Match[str]") -> str:
    low, high, scale = match.groups()
    return f"{low}{scale}至{high}{scale}" if float(low) < float(high) else match[0]


def _scaled(match: "re.Match[str]") -> str:
    digits, scale, more, its, spoken = match.groups()
    size = _size(scale)
    value = float(digits) * size + (int(more) * _size(its) if more else 0) + (int(spoken) * size / 10 if spoken else 0)
    return _short(value)


def _size(scale: str) -> int:
    size = 1
    for sign in scale:
        size *= LARGE[sign]
    return size


def _share(match: "re.Match[str]") -> str:
    whole, part = match.groups()
    return f"{_short(float(part) * 100 / LARGE[whole])}%" if whole in LARGE else f"{part}/{whole}"


def _tenths(match: "re.Match[str]") -> str:
    size = {"‰": 0.1, "成": 10}.get(match[2][0])
    return match[0] if size is None else f"{_short(float(match[1]) * size)}%"


def numbers_in(plain: str) -> list[Number]:
    """The numbers in order; 3 of 3月5日 is `inner`, since 5 hangs on it."""
    found: list[Number] = []
    for match in NUMBER.finditer(plain):
        lead = plain[max(0, match.start() - 3) : match.start()]
        if re.match(r"[.、)](?!\d)", plain[match.end() :]) and re.search(r"(?:^|\n)\(?$", lead):
            continue  # the number of a line of a list
        hangs = found and re.search(r"\d[年月:章条]$", plain[: match.start()]) is not None
        found.append(_number(plain, Span(match.start(), match.end()), found[-1] if hangs else None))
    return found


def _number(plain: str, span: Span, on: Number | None) -> Number:
    start = on.start if on else span.start
    clause = re.split("[,;。!?、\n]", plain[max(0, start - 16) : start])[-1]
    left = re.split(r"\d", clause)[-1]
    behind = re.sub("[,;。!?、\n“”()].*", "", plain[span.end : span.end + 8], flags=re.S)
    unit = re.match(
        r"[a-z]+[23]?|[^\d]{0,4}?(?=以|之|及|内|前|后|左|多|余|起|止|为|上下|封|/|每|·|至|截|$)|[^\d]{1,2}", behind
    )
    rest = plain[span.end + (1 if behind[:1] in WHOLE else len(unit[0] if unit else "")) :][:10]
    marks = {mark for mark, pattern in BEHIND if pattern.match(rest)}
    if behind[:1] not in ("日", "月", "年"):
        marks = {mark.replace("起", "≥") for mark in marks}
    marks |= {next((mark for mark, pattern in BEFORE if pattern.search(clause if mark == "至" else left)), "")} - {""}
    if rest[:1] == "至" or behind[:1] == "至":
        marks.add("至")
    each = {match[1] or match[2] for match in EVERY.finditer(left)}
    if slash := SLASH.match(rest):
        each |= {name for name in slash.groups() if name}
    changes = ((sign, pattern.search(left)) for sign, pattern in zip((1, -1), CHANGES, strict=True))
    change = next((sign * (2 if match[1] in ("到", "至") else 1) for sign, match in changes if match), 0)
    beside = left + "".join(re.findall(r"^[^()]{0,8}\(([^()\d]{1,8})\)", plain[span.end : span.end + 20]))
    of = re.search("([\u4e00-\u9fff]{2})的$", left)
    shown = behind if behind[:1] != "至" else re.sub(r"^至\d[\d.]*", "", plain[span.end : span.end + 24])
    if more := re.match("[多余](?![种次额])", shown):
        marks, shown = marks | {"多"}, shown[more.end() :]
    text = re.sub(r"^0+(?=\d)", "", plain[span.start : span.end])
    return Number(
        text, shown, frozenset(marks), frozenset(name.replace("天", "日") for name in each), change, of[1] if of else "",
        (on.text, *on.chain) if on else (), start, bool(re.match(r"[年月:章条]\d", plain[span.end :])), plain[start : span.end] + shown[: 1 if shown[:1] in WHOLE else 2],
        tuple(next((w for w in row if (beside.endswith(w) if len(w) == 1 and w not in "男女" else w in beside)), "") for row in CONTRARY),
    )  # fmt: skip


def _same(said: Number, held: Number) -> bool:
    if (
        said.text != held.text
        or (said.change and held.change and said.change != held.change)
        or not _same_behind(said.behind, held.behind)
    ):
        return False
    if not _same_marks(said.marks - SOFT, held.marks - SOFT) or any(
        a != b for a, b in zip(said.chain, held.chain, strict=False)
    ):
        return False
    times, things = (said.each & TIMES, held.each & TIMES), (said.each - TIMES, held.each - TIMES)
    if any(one and other and not one & other for one, other in (times, things)):
        return False
    if any(
        one != other and ((one and other) or "农历" in (one, other))
        for one, other in zip(said.terms, held.terms, strict=True)
    ):
        return False
    return not (said.of and held.of and said.of != held.of and said.behind[:1] == "%")


def _same_marks(said: frozenset[str], held: frozenset[str]) -> bool:
    """The same words on either side; 约 may be said of 近 and 多, which say more."""
    return said == held or (said == {"约"} and held <= {"近", "多"})


def _same_behind(said: str, held: str) -> bool:
    """The signs behind two numbers: alike where they are a unit; a number alone agrees with any."""
    one, other = said[:2], held[:2]
    if not one or not (one[0].isalnum() or one[0] in "%‰"):
        return other[:1] not in ("%", "‰")
    if one[0] != other[:1]:
        general = {one[0], other[:1]} - {"个"}
        return len(general) == 1 and general <= COUNTED and not {one[1:], other[1:]} & PARTS_OF_GE
    if one[0] == "个":
        parts = {one[1:], other[1:]} & PARTS_OF_GE
        return not parts or one[1:] == other[1:]
    if one[0] in "年月":
        mine, its = (re.match("[上中下]旬|初|底|[上下]半", text[1:]) for text in (said, held))
        return mine is None or (its is not None and mine[0] == its[0])
    if one[0] in WHOLE:
        return not {one, other} & {"人次"} or one == other
    return one == other and (said[:3] == "千瓦时") == (held[:3] == "千瓦时")
