"""Article -> what its text tells of its own validity: since when, until when, what it repeals and amends.

Chinese documents say it in few forms (自……起施行，有效期五年；《……》同时废止), but the same words also tell of other documents, of
certificates and of deadlines. So a sentence counts only where what stands before the date is the document itself: nothing, 本办法,
以上标准, 现予公布, or its own title. Everything else is told of something else, and what is not told stays unknown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.datatypes import NOT_TOLD, Article, Kind
from rag.reading.document_names import names_in
from rag.spans import Span
from rag.text.days import Stretch, add_months, read_days
from rag.text.normalization import Normalized, alnum_only, normalize_with_offsets
from rag.text.numerals import read_number
from rag.validity import Named, State, Told, Validity

NATURES = {Kind.PROPOSAL: State.SUGGESTION, Kind.NEWS: State.REPORT, Kind.FEATURE: State.REPORT, Kind.CAPTION: State.REPORT}  # fmt: skip

# ---------------------------------------------------------------- what speaks of the document itself

OUTLINE = re.compile(
    r"^(?:第[一二三四五六七八九十百零〇\d]{1,6}条|[(（]?[一二三四五六七八九十\d]{1,3}[)、.．]|附则[:]?|其他[:]?|(?:施行|执行|实施|生效)?(?:日期|时间|期限)[:])+"
)
DOCUMENT = (
    "办法|通知|规定|细则|条例|意见|方案|公告|通告|决定|政策|标准|措施|规程|规范|制度|指引|指南|要点|章程|规则|法|令|文件|文|批复|函|目录|名录|要求|计划|"
    "预案|规划|清单|导则|程序|纲要|条件|协议|公约|守则|价格|价目表?|费率|待遇|定额|说明|流程|机制|补贴|项目"
)
# 本, and then no place, person or time.
SELF = rf"本(?!(?:[市省县区州旗镇乡村街人院校年月周次地届轮期息级行身科着来]|公司|单位|企业|部门))[\u4e00-\u9fff]{{0,14}}(?:{DOCUMENT})(?:\([^()]{{1,12}}\))?"
WHAT_IS_ABOVE = rf"(?:上述|以上|前述|新的?|(?:调整|修订|修改|提高|新修订|降低)[之以]?后的?|此次|这次)[\u4e00-\u9fff]{{0,12}}?(?:{DOCUMENT})"
ADVERBS = r"(?:均|统一|一律|正式|并|也|都|应|将|从)*"
ISSUED_NOW = r"(?:现|兹|特)?予以?(?:公布|发布|印发|颁布|公告)|现(?:将|印发|公布|发布|转发|下发|颁布)|印发给你们"
IS_SELF = re.compile(rf"(?:{SELF}|(?:^|(?<=[,、:()])){WHAT_IS_ABOVE}){ADVERBS}$")
BEGINS_SELF = re.compile(rf"(?:{SELF}|{WHAT_IS_ABOVE})")
IS_ISSUED = re.compile(rf"(?:{ISSUED_NOW})[^。;《]{{0,24}}[,、]?{ADVERBS}$|^\([^()]*(?:公布|发布|印发),?$")
OWN_TITLE = re.compile(rf"《([^《》]+)》(?:\([^()]*\))?,?该?(?:{DOCUMENT})?{ADVERBS}$")
# 新标准 without its document: 月最低工资标准均从7月1日起执行.
IS_ITS_RATE = re.compile(rf"(?:标准|价格|费率|政策|待遇|限额|比例){ADVERBS}$")

# ---------------------------------------------------------------- dates of it

TAKES_EFFECT = r"(?:正式|开始|全面|统一|依法|同步)?(?P<verb>施行|执行|实施|实行|生效|试行|启用|适用)(?!的)"
EFFECT = re.compile(
    rf"(?:(?P<since>自|从|由|于)(?P<when>[^,。;《》]{{2,36}}?)|(?P<bare>即日|[\d一二〇]{{4}}年[^,。;《》至]{{1,12}}?))(?:\(含(?:当日|本日|当天)?\))?(?:零时|0时)?(?:起|开始|后){{0,2}}{TAKES_EFFECT}"
)
# The rule itself begins with the day: 自2026年4月1日起，……调整为每月650元.
ADJUSTS = re.compile("调整|提高|降低|恢复|取消|停止|暂停|启用")  # in a title
FROM_THEN = re.compile(
    r"^(?:经[^,。;]{2,24},|现?决定)?(?:自|从)(?P<when>[^,。;《》]{4,24}?)起,(?![^。;]{0,60}(?:[日月底]止|为止|截止|报名|申报|受理))"
)
EVENT = re.compile(
    r"^(?:本[\u4e00-\u9fff]{1,10}?)?(?:正式)?(?:印发|发布|公布|颁布|下发|发文|签发|公告|发出|印送|颁发|登报|成文|签署|刊发)(?:之)?(?:日|时|当日|之后)?"
)
BY_THIS = re.compile(rf"本(?:{DOCUMENT})(?:正式)?(?:印发|发布|公布|颁布|下发)")
LATER = re.compile(
    r"(?:起)?(?:满|第)?(?P<n>[\d一二两三四五六七八九十百]{1,5})(?P<unit>个月|月|日|天)(?:后|之后|以后|期满)?(?:的次日)?$"
)
AT_ONCE = re.compile(r"^(?:即日|今日|当日|本日|发布当日)$")
VAGUE = re.compile(r"[初旬中底末]$|学期|学年度?$")

LENGTH = r"(?P<n>[\d一二两三四五六七八九十半]{1,4})(?P<unit>周?年|个月|月|日|天)"
TERM = re.compile(
    r"(?P<subject>(?:(?:有效|施行|实施|执行|试行|适用|政策|试点)(?:期限?|时限|时间)|有效期间))(?:[:为是]|暂?定为?|共|一般)*(?P<told>[^。;\n]{1,48})"
)
LENGTH_TOLD = re.compile(
    rf"^(?:自[^,。;]{{2,24}}起)?[,:]?(?:计算)?(?:暂定)?{LENGTH}(?!.{{0,2}}(?:以上|以下|以内|不等|至))"
)
TRIED_FOR = re.compile(rf"(?:试行|暂行|施行|执行|实施)(?:期限?)?(?:暂定|为|暂行)?{LENGTH}(?![\d内以])")
UNTIL = re.compile(
    r"(?:(?:执行|施行|实施|实行|有效|试行|适用)(?:期限?)?(?:到|至|截至)|(?:^|,|起|日)(?:截?至|到|—|-|~))(?P<when>[^,。;]{3,20}?)"
    r"(?:止|(?:自动|自行|即行)?(?:失效|废止|终止)|停止执行|(?:施行|执行|实施|有效)|(?=[,。;]|$))"
)
UNTIL_THEN = re.compile(r"(?:止|前|\(含[^()]{0,6}\))?(?:自动失效|失效|废止|有效)?")
ENDLESS = re.compile(r"^(?:长期|永久)")
WITHDRAWN = re.compile(
    r"^[\[【(](?:本文|此件|该文件|文件)?(?:已|全文)?(?:失效|废止|停止执行)[\]】)]$|^(?:有效性|效力状态|时效性|文件状态|是否有效|状态)[::](?:已?失效|已?废止|无效|否)$"
)
TRIAL = re.compile("试行")
LONGEST = 600  # signs: a longer sentence, as dictation has, is read in parts

# ---------------------------------------------------------------- what it does to others

ENDS = re.compile(
    r"(?P<verb>(?:同时|即行|即|相应|随之|一并|自行|予以|现予|正式|全文){0,4}(?:废止|失效|作废|停止执行|终止执行|停止施行|不再执行|停止使用))(?=[。;,)\n]|$)"
)
# What stands before it is told of something else.
ANOTHER_CLAUSE = re.compile(r"(?:施行|执行|实施|实行|生效|试行|废止|为准|[年月日])[,;]")
ENDS_NOTHING = re.compile(r"(?:未|不|不得|没有|是否|如|若|被|已经?|尚未|拟|将)(?:自[^,。;]{1,20}起)?(?:同时|予以)?$")
BASED_ON = re.compile(r"(?:根据|按照|依据|依照|参照|按|执行|参见|适用|遵照)$")
PART_OF = re.compile(r"^(?:\([^()]{1,40}\))?(?:中?的?第[^,。;、]{1,10}[条款项]|中(?:的|有关|关于)|有关|相关|附件)")
FORMER = re.compile(
    r"原(?!件|告|地|因|则|合同|协议)(?:有|来|先|定)?[^,。;《》证件章据卡牌]{1,16}?(?:停止执行|废止|作废|不再执行|终止执行|停止施行)(?=[。;,]|$)"
    r"|(?:此前|以前|以往|之前|原有?|过去|我[市省县区]|本[市省县区])[^。;《》]{0,24}(?:规定|办法|文件|政策|标准|通知)[^。;《》]{0,12}(?:不一致|不相?符|有?抵触|不同|冲突|相悖)[^。;《》]{0,6},[^。;《》]{0,4}(?:以|按照?)(?:本|此)[\u4e00-\u9fff]{1,10}(?:为准|执行)"
)
# In a title that says so: the rate of before ends where another is put for it (由每人3元调整为4元).
PUT_FOR = re.compile(
    r"[由从][^,。;《》]{0,16}\d[^,。;《》]{0,8}(?:调整|提高|降低|上调|下调|增加|减少|变更|改)[为到至][^,。;《》]{0,16}\d[^,。;《》]{0,8}"
)
AMENDS = re.compile(r"(?:关于)?(?:修改|修订|调整|补充|修正)《[^《》]{2,60}》")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of the squeezed text."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class _Effect:
    """A day from which something holds; `formal`: that the document itself is it."""

    day: date | None
    span: Span
    formal: bool
    fixed: bool  # told as a date, not from the day of issue
    until: Told | None = None


def read_validity(article: Article) -> Validity:
    """What the article's own text tells of its validity, but for what staff have ruled; `superseded`, which other articles tell, is
    left open."""
    if nature := NATURES.get(article.kind):
        return Validity(nature=nature)
    told = _Reader(article, squeezed(article.text)).read()
    if article.effective:
        told = replace(told, effective=_ruled(article.effective))
    if article.expires:
        told = replace(told, expires=_ruled(article.expires), unread=None, withdrawn=None)
    return told


def _ruled(day: str) -> Told | None:
    return None if day == NOT_TOLD else Told(date.fromisoformat(day), None)


def squeezed(text: str) -> Normalized:
    """The text normalised, without the blanks that lay it out (2026 年 1 月), line ends kept."""
    plain = normalize_with_offsets(text)
    kept = [i for i, sign in enumerate(plain.text) if sign == "\n" or not sign.isspace()]
    return Normalized("".join(plain.text[i] for i in kept), (*(plain.offsets[i] for i in kept), plain.offsets[-1]))


class _Reader:
    def __init__(self, article: Article, plain: Normalized) -> None:
        self.article, self.plain = article, plain
        self.issued = _issued(article, plain)
        self.written = self.issued.day if self.issued else None
        sentences = re.finditer(rf"[^。;!\n]{{1,{LONGEST}}}", plain.text)
        self.sentences = [_Sentence(match[0], match.start()) for match in sentences]
        self.effects = [list(self._effects(sentence)) for sentence in self.sentences]

    def read(self) -> Validity:
        effects = [effect for told in self.effects for effect in told]
        effect = _chosen(effects)
        effective = Told(effect.day, effect.span) if effect and effect.day else None
        expires, unread = (effect.until, None) if effect and effect.until else self._end(effective)
        tried = any(TRIAL.search(self.article.text, *effect.span) for effect in effects if effect.formal)
        return Validity(
            issued=self.issued,
            effective=effective,
            expires=expires,
            unread=unread,
            trial=tried or bool(TRIAL.search(self.article.title)),
            withdrawn=self._withdrawn(),
            repeals=tuple(self._repeals()),
            amends=tuple(self._amends()),
            former=self._former(),
        )

    def _span(self, sentence: _Sentence, start: int, end: int) -> Span:
        return self.plain.to_source(Span(sentence.start + start, sentence.start + end))

    # ------------------------------------------------------------ since when

    def _effects(self, sentence: _Sentence) -> Iterator[_Effect]:
        text = sentence.text
        for match in EFFECT.finditer(text):
            head = OUTLINE.sub("", text[: match.start()])
            formal = self._is_self(head) or bool(BY_THIS.match(match["when"] or ""))
            if not formal and not (IS_ITS_RATE.search(head) and "《" not in head):
                continue
            first, _, last = re.sub(r"起(?=[至到])", "", match["when"] or match["bare"]).partition("至")
            day, fixed = self._day(first.removesuffix("起"))
            span = self._span(sentence, match.start(), match.end())
            ends = self._last_day(last) if last else None
            yield _Effect(day, span, formal, fixed, Told(ends, span) if ends else None)
        plain = OUTLINE.sub("", text)
        if ADJUSTS.search(self.article.title) and (then := FROM_THEN.match(plain)):
            before = len(text) - len(plain)
            day, fixed = self._day(then["when"])
            yield _Effect(day, self._span(sentence, before, before + then.end() - 1), False, fixed)

    def _is_self(self, head: str) -> bool:
        """Whether what stands before a date in its sentence is the document itself."""
        if not head or IS_ISSUED.search(head):
            return True
        if named := OWN_TITLE.search(head):
            return alnum_only(named[1]) in alnum_only(self.article.title)
        return bool(IS_SELF.search(head) or (head.endswith(",") and BEGINS_SELF.match(head)))

    def _day(self, words: str) -> tuple[date | None, bool]:
        """The day that the words between 自 and 起 mean, and whether they tell it by itself."""
        if AT_ONCE.match(words):
            return self.written, False
        if event := EVENT.match(words):
            return self._after(words[event.end() :]), False
        days = read_days(words, self.written)
        if len(days) != 1 or days[0].span.start > 2 or VAGUE.search(words):
            return None, False
        return (days[0].first, True) if days[0].span.end == len(words) else (None, False)

    def _after(self, rest: str) -> date | None:
        """So many days after the issue: 公布之日起30日后."""
        rest = rest.removeprefix("起")
        if self.written is None or not rest:
            return self.written
        later = LATER.match(rest)
        number = read_number(later["n"]) if later else None
        if later is None or number is None:
            return None
        count = int(number)
        return add_months(self.written, count) if "月" in later["unit"] else self.written + timedelta(days=count)

    # ------------------------------------------------------------ until when

    def _end(self, effective: Told | None) -> tuple[Told | None, Span | None]:
        """The last day, or the words on it that give none."""
        unread = None
        for n in range(len(self.sentences)):
            for span, day in self._ends(n, effective):
                if day is not None:
                    return Told(day, span), None
                unread = unread or span
        return None, unread

    def _ends(self, n: int, effective: Told | None) -> Iterator[tuple[Span, date | None]]:
        """What the n-th sentence tells of the document's last day; None for words that give no day."""
        sentence = self.sentences[n]
        text = sentence.text
        takes_effect, follows = (
            any(effect.formal for effect in self.effects[i]) if i >= 0 else False for i in (n, n - 1)
        )
        for match in TERM.finditer(text):
            head = OUTLINE.sub("", text[: match.start()])
            own = IS_SELF.search(re.sub("的$", "", head)) or (takes_effect and re.search(r"[,起行施]$", head))
            if (own or (not head and (follows or takes_effect))) and not ENDLESS.match(match["told"]):
                yield self._span(sentence, match.start(), match.end()), self._last_told(match["told"], effective)
        if not takes_effect and not ("《" not in text and BEGINS_SELF.match(OUTLINE.sub("", text))):
            return
        tried = TRIED_FOR.search(text)
        if tried and not text[: tried.start()].endswith("期"):
            yield self._span(sentence, tried.start(), tried.end()), _ends_after(effective, tried)
        for match in UNTIL.finditer(text):
            if day := self._last_day(match["when"]):
                yield self._span(sentence, match.start(), match.end()), day

    def _last_told(self, told: str, effective: Told | None) -> date | None:
        """The last day by the words behind 有效期: 五年, 至2027年12月31日, 自印发之日起三年."""
        if length := LENGTH_TOLD.match(told):
            begins = effective
            if since := re.match(r"自(?P<when>[^,。;]{2,24}?)起", told):
                day, _ = self._day(since["when"])
                begins = Told(day, None) if day else None
            return _ends_after(begins, length)
        words = re.split("[至到]", told)[-1] if re.search("[至到]", told) else re.split(r"[-—~]", told)[-1]
        return self._last_day(re.split(r"[,。;]", words)[0])

    def _last_day(self, words: str) -> date | None:
        """The last day of the one date that the words are."""
        days = read_days(words, self.written)
        ends = len(days) == 1 and days[0].span.start <= 1 and UNTIL_THEN.fullmatch(words[days[0].span.end :])
        return days[0].last if ends else None

    def _withdrawn(self) -> Span | None:
        """Where a line says that the document holds no more."""
        for line in re.finditer(r"[^\n]+", self.plain.text):
            if WITHDRAWN.match(line[0]):
                return self.plain.to_source(Span(*line.span()))
        return None

    # ------------------------------------------------------------ what it does to others

    def _repeals(self) -> Iterator[Named]:
        for line in re.finditer(r"[^。!\n]+", self.plain.text):
            for match in ENDS.finditer(line[0]):
                before = line[0][max(0, match.start() - LONGEST) : match.start()]
                if ENDS_NOTHING.search(before):
                    continue
                other = max((clause.end() for clause in ANOTHER_CLAUSE.finditer(before)), default=0)
                around = before[other:]
                first = line.start() + match.start() - len(around)
                for named in names_in(around):
                    if BASED_ON.search(around[: named.span.start]) or PART_OF.match(around[named.span.end :]):
                        continue
                    told = Span(first + named.span.start, line.start() + match.end())
                    yield replace(named, span=self.plain.to_source(told))

    def _amends(self) -> Iterator[Named]:
        for match in AMENDS.finditer(self.plain.text):
            for named in names_in(match[0]):
                yield replace(named, span=self.plain.to_source(Span(*match.span())))

    def _former(self) -> Span | None:
        match = FORMER.search(self.plain.text)
        if match is None and ADJUSTS.search(self.article.title):
            match = PUT_FOR.search(self.plain.text)
        return self.plain.to_source(Span(*match.span())) if match else None


def _chosen(effects: list[_Effect]) -> _Effect | None:
    """The day on which the document takes effect, of all that its text tells: what is told of the document itself before what is
    told of a rate in it, a date before a day counted from the issue; nothing where its parts begin on different days."""
    formal = [effect for effect in effects if effect.formal]
    told = [effect for effect in formal if effect.fixed] or formal or effects
    return told[0] if len({effect.day for effect in told}) == 1 else None


def _ends_after(begins: Told | None, length: "re.Match[str]") -> date | None:
    """The last day of a term that begins then: five years from 8 September end on 7 September."""
    unit, halves = length["unit"], length["n"] == "半"
    number = 6 if halves and "年" in unit else read_number(length["n"])
    if begins is None or number is None:
        return None
    if unit in ("日", "天"):
        return begins.day + timedelta(days=int(number) - 1)
    return add_months(begins.day, int(number) * (12 if "年" in unit and not halves else 1)) - timedelta(days=1)


ISSUED_LINE = re.compile(
    r"^(?:[\u4e00-\u9fff()、]{2,40}?)?(?P<day>(?:19|20|二〇|二零|一九)[^,。;:]{6,12}日)(?:\((?:此件|公开)[^()]*\))?$"
)
ISSUED_BY_ORDER = re.compile(r"\((?P<day>(?:19|20)\d{2}年\d{1,2}月\d{1,2}日)[^()]{0,60}(?:公布|发布|印发)")


def _issued(article: Article, plain: Normalized) -> Told | None:
    """The day on which it was signed, else its own date."""
    for pattern in (ISSUED_LINE, ISSUED_BY_ORDER):
        for line in re.finditer(r"[^\n]+", plain.text):
            match = pattern.search(line[0])
            days: list[Stretch] = read_days(match["day"], None) if match else []
            if match and len(days) == 1 and days[0].first == days[0].last:
                start = line.start() + match.start("day")
                return Told(days[0].first, plain.to_source(Span(start, start + len(match["day"]))))
    try:
        return Told(date.fromisoformat(article.published or ""), None)
    except ValueError:
        return None
