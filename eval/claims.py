"""The figures, dates and names that a text states, read apart from the product's own check and sharing no code with it.

Figures and dates are looked for with their neighbours (eval.neighbours). Names are people and
offices known from the source's head matter, people beside a title or a verb of saying, and organisations and places by
their endings. A text is backed when all that it states stands in the words that it cites.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from eval.neighbours import IDIOMS, unbacked_quantities

HAN_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
HAN_TENS = {"十": 10, "百": 100, "千": 1000}
HAN_MYRIADS = {"万": 10**4, "亿": 10**8}
NUMERAL = "零〇一二两三四五六七八九十百千万亿"
UNITS = (
    "个|位|名|人|家|项|条|元|岁|倍|次|部|所|户|座|台|件|届|期|公里|千米|米|亩|公顷|吨|公斤|小时|分钟|秒|天|周|年|月|级|批|套|张|辆|类|种|大|县|"
    "市|区|镇|村|点|时|分|度|支|艘|架|列|层|栋|间|例|起|场|轮|步|环|等奖|单元|平方|立方|万|亿|%"
)
DIGITS = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
PERCENT_HAN = re.compile(rf"百分之([{NUMERAL}]+(?:点[{NUMERAL}]+)?|{DIGITS})")
TENTHS = re.compile(rf"([{NUMERAL}]|\d(?:\.\d)?)成(?![为立果功都长分员效就本品绩人语年交份套形型因])")
YEAR = re.compile(r"((?:1[6-9]|20)\d{2})(?:年|(?=[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)))|([〇零一二三四五六七八九]{4})年")
MONTH_DAY = re.compile(
    rf"(?<!\d)(\d{{1,2}}|[{NUMERAL}]{{1,3}})月(?:份)?(?:(\d{{1,2}}|[{NUMERAL}]{{1,3}})[日号])?|"
    r"(?:(?<=\d{4})|(?<=-))[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"
)
DAY = re.compile(rf"(?<![\d月{NUMERAL}])(\d{{1,2}}|[{NUMERAL}]{{1,3}})[日号](?!常|趋|益|前|后|线|楼|文)")
ARABIC = re.compile(rf"({DIGITS})([百千万亿]*)(%|个百分点)?")
DATE = re.compile(r"[月日号]|\d{4}年|:")
HAN = re.compile(rf"([{NUMERAL}]+)(?:点([{NUMERAL}]+))?")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a text states, each in one canonical spelling."""

    quantities: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


# ---- figures and dates -------------------------------------------------------------------------------------------


def quantities_in(text: str) -> frozenset[str]:
    """Every number in the text but those of dates: `46000`, `30%`, `0.5`. Chinese 一 alone counts nothing."""
    rest, _ = _cut_dates(_fold(text))
    rest, shares = _cut_shares(rest)
    return frozenset(shares | _arabic(rest) | _chinese(ARABIC.sub("#", rest)))


def _fold(text: str) -> str:
    return re.sub(r"(?<=\d)\s+(?=\d)|[ \t\u3000]", " ", unicodedata.normalize("NFKC", text)).replace(" ", "")


def _cut_dates(text: str) -> tuple[str, set[str]]:
    """The text without its dates, and the dates."""
    dates: set[str] = set()

    def month_day(match: re.Match[str]) -> str:
        month, day = match[1] or match[3], match[2] or match[4]
        if not 1 <= _small(month) <= 12 or not 0 <= _small(day or "0") <= 31:
            return match[0]
        dates.add(f"{_small(month)}月" + (f"{_small(day)}日" if day else ""))
        return "#"

    def single_day(match: re.Match[str]) -> str:
        if not 1 <= _small(match[1]) <= 31:
            return match[0]
        dates.add(f"{_small(match[1])}日")
        return "#"

    def year(match: re.Match[str]) -> str:
        dates.add(f"{match[1] or ''.join(str(HAN_DIGITS[c]) for c in match[2])}年")
        return "#"

    without_months = MONTH_DAY.sub(month_day, text)
    without_years = YEAR.sub(year, re.sub(r"((?:1[6-9]|20)\d{2})#", r"\1年#", without_months))
    return DAY.sub(single_day, without_years), dates


def _small(numeral: str) -> int:
    return int(numeral) if numeral.isdigit() else int(_han_value(numeral))


def _cut_shares(text: str) -> tuple[str, set[str]]:
    """The text without 百分之三十 and 三成, and what they are in percent."""
    shares: set[str] = set()

    def percent(match: re.Match[str]) -> str:
        shares.add(_spell(_value(match[1])) + "%")
        return "#"

    def tenths(match: re.Match[str]) -> str:
        shares.add(_spell(_value(match[1]) * 10) + "%")
        return "#"

    return TENTHS.sub(tenths, PERCENT_HAN.sub(percent, text)), shares


def _arabic(text: str) -> set[str]:
    found = set()
    for digits, scale, percent in ARABIC.findall(text):
        value = Decimal(digits.replace(",", ""))
        for unit in scale:
            value *= HAN_TENS.get(unit) or HAN_MYRIADS[unit]
        found.add(_spell(value) + ("%" if percent else ""))
    return found


def _chinese(text: str) -> set[str]:
    """Numbers in Chinese numerals: with two signs or more, or before a unit of counting."""
    plain = IDIOMS.sub("#", text)
    found = set()
    for match in HAN.finditer(plain):
        whole, fraction = match[1], match[2]
        counted = re.match(UNITS, plain[match.end() :]) is not None
        is_number = len(whole) > 1 or fraction or ((counted and whole in HAN_DIGITS) or (whole == "十" and counted))
        if is_number and (value := _value(match[0])) > 1:
            found.add(_spell(value))
    return found


def _value(numeral: str) -> Decimal:
    if re.fullmatch(DIGITS, numeral):
        return Decimal(numeral.replace(",", ""))
    whole, _, fraction = numeral.partition("点")
    decimals = "".join(str(HAN_DIGITS.get(c, 0)) for c in fraction)
    return _han_value(whole) + (Decimal(f"0.{decimals}") if decimals else 0)


def _han_value(numeral: str) -> Decimal:
    """三百二十 -> 320, 四万六千 -> 46000, 二〇二五 -> 2025."""
    if all(c in HAN_DIGITS for c in numeral):
        return Decimal("".join(str(HAN_DIGITS[c]) for c in numeral) or "0")
    total = section = digit = 0
    for c in numeral:
        if c in HAN_DIGITS:
            digit = HAN_DIGITS[c]
        elif c in HAN_TENS:
            section += (digit or 1) * HAN_TENS[c]
            digit = 0
        else:
            total = (total + section + digit or 1) * HAN_MYRIADS[c]
            section = digit = 0
    return Decimal(total + section + digit)


def _spell(value: Decimal) -> str:
    return format(value.normalize(), "f")


# ---- names -------------------------------------------------------------------------------------------------------

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "唐罗薛雷贺倪汤殷毕郝邬安常乐于时傅齐康伍余顾孟黄穆萧尹姚邵汪毛狄米明戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季麻贾路江童颜郭"
    "梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房丁邓洪包左石崔龚程邢陆翁荀甄家封靳段焦牧车侯全班仇宫宁栾甘厉祖武符刘景詹"
    "龙叶司黎白蒲邰从索赖卓蔺屠蒙池乔闻党翟谭贡姬申冉雍桑桂牛边尚农温庄晏柴瞿阎连习容向古易廖耿欧岳游关肖"
)
OFFICES = "委员|常委|代表|主任|局长|市长|县长|镇长|乡长|村长|区长|书记|会长|院长|教授|校长|处长|科长|部长|厅长|经理|董事长|医生|记者|通讯员"
SAYING = "表示|介绍|建议|指出|认为|提出|强调|说|告诉|透露|称"
NOT_GIVEN = (
    "高度|高质|高效|高标|方面|方式|方案|方向|关于|关系|关心|关注|金额|金融|全面|全体|全市|全县|全省|全国|全程|全力|任何|任务|时间|时候|"
    "和|计划|管理|文化|文件|程度|路径|万|水平|安全|常|明确|明显|家长|家庭|家里|车辆|农村|农业|农民|温度|包括|向|从|于|连续|席|班|时|"
    "花|党|边|武|古|水|云|乐|白|易|容易|明|管|封|房|祖|左右|单位|石油|宁|应|闻|索|池|章程|项目|游|许多|何时|何|钟|路"
)
PERSON = re.compile(
    rf"(?:{OFFICES})([{SURNAMES}][\u4e00-\u9fff]{{1,2}})|"
    rf"(?<![\u4e00-\u9fff])([{SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=委员|{SAYING})"
)
ENDING = (
    "委员会|人民政府|管理局|服务中心|中心|研究院|研究会|研究所|医院|大学|学院|学校|中学|小学|幼儿园|公司|集团|协会|联盟|银行|法院|检察院|"
    "派出所|博物馆|图书馆|合作社|基金会|公安局|[^\\W\\d_]局|街道|自治区|自治州|[省市县镇乡村]"
)
# Words that stand before a name without being part of it, and generic heads that name nobody.
BREAKS = re.compile(
    r"[^\u4e00-\u9fff]|建议|推动|要求|负责|组织|联合|支持|成立|通过|委托|根据|按照|鼓励|引导|推进|加快|建立|建设|设立|完善|依托|围绕|提高|"
    "影响|保障|确保|提升|获取|增强|增加|改善|优化|加强|促进|改进|推广|成为|属于|作为|助力|维持|纳入|整合|统筹|牵头|以及|或者|还有|包括|其中|位于|来自|据了解|目前|表示|举行|召开|参加|联系|协调|指导|培育|打造|发展|实施|开展|帮助|"
    r"主任|局长|委员|书记|主席|代表|记者|会长|院长|校长|[在受由向到对和与及为把将据从于的是了以有等并让使给至被按每该各本全多个家所已可因此这那则即]"
)
GENERIC = re.compile(
    "(?:我|全|本|各|该|省|市|县|区|乡|城|农|一|两|三|每|有关|相关|当地|基层|国家|中央|有限|股份|主管|社区|公立|民办|定点|中小|龙头|重点|上市|外地|"
    "行政|居|自然|美丽|新|老|大|小)*(?:省|市|县|镇|乡|村|学校|医院|公司|企业|中心|集团|街道|城市|政府|协会|银行|大学|中学|小学|幼儿园|委员会|"
    "服务中心|人民政府|合作社|当局|布局|格局|结局|全局|大局|时局|邮局|联盟|乡镇|城镇|村镇|超市|城乡|乡村|农村)"
)
ORGANISATION = re.compile(rf"[\u4e00-\u9fff]{{1,12}}?(?:{ENDING})(?![民场长级容政域里貌情况委])")


def names_in(text: str, known: Iterable[str] = ()) -> frozenset[str]:
    """The `known` names that occur in the text, the people beside an office or a verb of saying, and whatever ends as
    an organisation or a place does. A person is given by surname and the next sign, so that 王春林建议 is read as 王春."""
    folded = _fold(text)
    people = {(a or b)[:2] for a, b in PERSON.findall(folded) if not re.match(NOT_GIVEN, a or b)}
    bodies = {
        m
        for piece in BREAKS.split(_cut_dates(folded)[0])
        for m in ORGANISATION.findall(piece)
        if not GENERIC.fullmatch(m)
    }
    return frozenset({name for name in known if name and _fold(name) in folded} | people | bodies)


def is_backed_name(name: str, backing: str) -> bool:
    """Whether the name stands in the backing; up to three signs before it may be another word's (推广云河市 -> 云河市)."""
    folded = _fold(backing)
    return any(name[i:] in folded for i in range(min(4, len(name) - 1)) if len(name) - i >= min(3, len(name)))


# ---- what a text states without backing --------------------------------------------------------------------------


def unbacked(text: str, backing: Sequence[str], question: str = "", known: Iterable[str] = ()) -> Claims:
    """What the text states that the backing (quotes, and the cited articles' head matter) does not.

    A name may also come from the question; a figure or a date may not: it must be the source's.
    """
    joined = "\n".join(backing)
    with_question = f"{joined}\n{question}"
    quantities = unbacked_quantities(text, joined)
    dates = frozenset(quantity for quantity in quantities if DATE.search(quantity))
    return Claims(
        quantities - dates,
        dates,
        frozenset(name for name in names_in(text, known) if not is_backed_name(name, with_question)),
    )
