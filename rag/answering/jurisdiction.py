"""Whose rule an article is: the place, the body, the year and the group that it is for. One county's notice answers nothing
about another's, though it is written from the same template.

Places are known by their layout (a name before 县, at a title's head, in a signature), not from a list of all places: what a
county lies in is known only where a text says so (云溪省青岭县). An article that names no place may speak of any.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.short_places import unknown_place
from rag.datatypes import Article, Kind, Passage
from rag.question.analysis import Question
from rag.question.content import NO_NAME
from rag.text.days import without_edition
from rag.text.normalization import alnum_only, ends_sentence, normalize

# What follows a place's name, by how wide it is, the widest first.
LEVELS = (
    ("省", "自治区"),
    ("市", "自治州", "盟", "地区"),
    ("自治县", "县", "区", "旗"),
    ("镇", "乡", "街道"),
    ("村",),
)
LEVEL_OF = {word: level for level, words in enumerate(LEVELS) for word in words}
LEVEL_WORDS = "|".join(sorted(LEVEL_OF, key=len, reverse=True))
PLACE = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{2,6}}?)(?P<level>{LEVEL_WORDS})"
    r"(?!(?<=省)[下钱油电水时力心多了去略])(?![场民长里内级域直属值面价位份容外情务况貌道划际均])(?!政(?!府))(?!委(?!员会))(?!(?!(?P=level))[省市县区镇乡村])"
)
# What stands before a name without a mark between: 根据青岭县, 印发青岭县.
BEFORE_NAME = re.compile(
    r"^(?:请问?|想问|查询?|家?住|户[籍口]在?|来自|位于|老家|关于|根据|按照|依照|依据|参照|经|据|按|到|去|从|由|向|为|当|申请|办理|领取|报名|参加|"
    r"印发|公布|发布|调整|做好|加强|开展|实施|推进|规范|完善|提高|支持|下达|转发|修订|同意|批复|组织|今年|去年|明年|目前|本人|孩子|同?属|"
    r"全面|进一步|以及|或者?|及|比|\d*年度?|月|日|中共|共青团|[,.:;!?、\"'()《》〈〉“”‘’·\s])+(?=[\u4e00-\u9fff]{2})"
)
# What no name holds: where such a sign stands, the name begins behind it (记者从省财政厅 names no place).
NO_SIGN = re.compile(
    r"^.*[从到在由和与及将把被对向为是的了来自同昨往开召委联每次咱们回赴驻据让使并或以后前间实传上下内]"
)
# 行政村, 贫困县, 县级市: a kind of place, and no name.
KIND_OF_PLACE = re.compile(
    r"(?:行政|自然|中心|贫困|试点|示范|重点|[省市县副]级|直辖|特色|美丽|建制|所在|任何|其[他它]|周边|相邻|邻近|不同|[各两三几多某]个|部分|有关|"
    r"相关|城中|移民|计划单列|父老|市直|登录|听取|请示|经|拨打|配合|[一多每]年|脱贫|边境|民族|基层|偏远|先进|文明|国家|全国|百强|中小?学|[省市县区镇乡山农跨外城上超集]|哪一?个?|什么)$"
)
# 开发区, 服务区: a stretch of land or of a building.
KIND_OF_AREA = re.compile(
    r"(?:开发|经开|高新|经济|技术|产业|工业|保税|自贸|保护|核心|集聚|服务|办公|居住|生活|公共|作业|商业|风景|旅游|流域|库|疫|震|牧|林|矿|老|功能|试验|"
    r"合作|先行|缓冲|控制|影响|覆盖|种植|养殖|生产|主产|校|园|厂|街|社|小|地|灾|盲|误|战|安置|管控|封控|防范|等候|候诊|体验|聚集|停车|行政)$"
)
NOT_A_NAME = re.compile("市区|县城|城区|县域|全[省市县区镇乡村]|(?<![\u4e00-\u9fff]{2})[省市县区乡镇村]{2,}")
SHORT_NAME = 3  # signs
PART_OF_NAME = frozenset("大小上下东西南北中前后新老")  # 大东河镇 is not 东河镇
SIGNED = re.compile(r"(?:政府|局|委员会|委|厅|办公室|办公厅|中心|院|部|处|会)(?:文件)?\s*$")
DATE_BEHIND = re.compile(
    r"(?<!\s)\s*[\d〇○零一二三四五六七八九十]{4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日\s*[。.]?$"
)
OURS = re.compile("[我本][省市县区镇乡村](?![^，。]{0,4}《)")
HEADING_LENGTH, HEAD_LENGTH = 30, 120  # characters of a line that heads what follows; of a beginning that says for whom
LAST_LINES = 3  # among which a document is signed


@dataclass(frozen=True, slots=True)
class Place:
    """A place as a text names it; `level` is "" where it is named without (青岭 for 青岭县)."""

    name: str
    level: str

    def is_same(self, other: "Place") -> bool:
        """Whether both may be the same: another word before the one's name (据青岭县) does not matter, but for one that makes
        another name of it (大东河镇, 东河镇)."""
        if self.level and other.level and self.level != other.level:
            return False
        longer, shorter = sorted((self.name, other.name), key=len, reverse=True)
        before = longer.removesuffix(shorter)
        return longer == shorter or (longer.endswith(shorter) and not (len(before) == 1 and before in PART_OF_NAME))

    @property
    def text(self) -> str:
        return self.name + self.level


Chain = tuple[Place, ...]  # a place and those that it lies in, the widest first: 云溪省青岭县


def chains_in(text: str, surely: bool = False) -> list[Chain]:
    """The places that the text names, each with those that stand before it and hold it. `surely`: only short names that
    begin where something else ends, as running text needs."""
    plain = NOT_A_NAME.sub(lambda match: " " * len(match[0]), normalize(text))
    chains: list[list[Place]] = []
    end = -1
    for match in PLACE.finditer(plain):
        name = NO_SIGN.sub("", BEFORE_NAME.sub("", match["name"]))
        place = Place(name, match["level"])
        area = place.level == "区" and KIND_OF_AREA.search(name)
        if len(name) < 2 or area or NO_NAME.search(place.text) or KIND_OF_PLACE.search(name):
            continue
        begins = name != match["name"] or match.start() in (0, end) or not plain[match.start() - 1].isalnum()
        if surely and not (begins and len(name) <= SHORT_NAME):
            continue
        if match.start() == end and LEVEL_OF[match["level"]] > LEVEL_OF[chains[-1][-1].level] and name == match["name"]:
            chains[-1].append(place)
        else:
            chains.append([place])
        end = match.end()
    return [tuple(chain) for chain in chains]


@lru_cache(maxsize=4096)
def own_places(article: Article) -> tuple[Chain, ...]:
    """The places that the article is for: those of its title, else of its signature, of the ones whom it is written to, of what
    stands around its title, of its beginning."""
    for words in _heads(article):
        if chains := chains_in(words):
            return tuple(chains)
    return ()


def _heads(article: Article) -> Iterator[str]:
    yield article.title
    lines = [article.text[p.start : p.end].strip() for p in article.paragraphs]
    yield "\n".join(signature(lines))
    first = lines[0] if lines else ""
    yield first if len(first) <= HEADING_LENGTH and first.endswith(("：", ":")) else ""
    if OURS.search(article.title + article.text):
        return  # whose it is, its readers know
    yield "\n".join(filter(None, (article.kicker, article.subtitle, article.issuer)))
    began = re.sub(r"《[^《》]{0,80}》|（[^（）]{0,80}）", " ", "\n".join(lines)[:HEAD_LENGTH])
    yield next(("".join(p.text for p in chain) for chain in chains_in(began, surely=True)), "")


def signature(lines: Sequence[str]) -> list[str]:
    """The lines at an article's end that sign it: the name of a body, its date behind it or below."""
    names = (DATE_BEHIND.sub("", line) for line in lines[-LAST_LINES:])
    return [
        name
        for name in names
        if len(name) <= HEADING_LENGTH and SIGNED.search(name) and not re.search("[，。；]", name)
    ]


@lru_cache(maxsize=256)
def places_asked(question: Question) -> tuple[Chain, ...]:
    """The places that the question names in full."""
    return tuple(chain for run in question.runs for chain in chains_in(run))


def names_other_place(question: Question, text: str) -> bool:
    """Whether the text names a place as wide as one that the question names, and none of the question's: 青岭县每亩40元 for
    白沙县."""
    asked = [chain[-1] for chain in places_asked(question)]
    named = [place for chain in chains_in(text, surely=True) for place in chain] if asked else []
    beside = {place.level for place in named} & {place.level for place in asked}
    return bool(beside) and not any(_names(text, place, [(other,) for other in named]) for place in asked)


# ---------------------------------------------------------------- bodies

BODY = re.compile(
    r"[\u4e00-\u9fff]{1,20}?(?:委员会|[^\W\d](?<![布格结当大全时邮开])局(?![部面势限长])|[^\W\d]委(?![员托派任会])|[^\W\d](?<![事餐大客展乐舞门歌])厅(?!局))"
)
BODY_BEFORE = re.compile(
    r"^.*(?:[省县镇由向到去找问在给是请归的]|市(?!场)|区(?!域)|自治州|(?<![城农])[乡村](?!村))|^[和与跟及]"
)
SHORTEST_BODY = 3  # signs: 医保局


def bodies_in(text: str) -> list[str]:
    """The bodies that the text names, without the place before them: 人社局 of 青岭县人社局."""
    bodies = (BODY_BEFORE.sub("", BODY_BEFORE.sub("", match[0])) for match in BODY.finditer(normalize(text)))
    return [body for body in bodies if len(body) >= SHORTEST_BODY]


def is_same_body(one: str, other: str) -> bool:
    """Whether both may be the same: the one's signs stand in the other in their order (人社局, 人力资源和社会保障局)."""
    shorter, longer = sorted((one.replace("委员会", "委"), other.replace("委员会", "委")), key=len)
    signs = iter(longer)
    return shorter[-1] == longer[-1] and all(sign in signs for sign in shorter)


# ---------------------------------------------------------------- years

YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年(?!\d{1,2}月)度?|(?=[-—~～至到]{1,2}(?:19|20)\d{2}年)|(?=[〕\])]))")
ANY_YEAR = re.compile(r"(?<![\d〔\[(])((?:19|20)\d{2})(?!\d)")
# A year of the one who asks (我2020年退休), not of the rule.
OWN_YEAR = re.compile(
    r"(?:我们?|本人|他|她|孩子|父母|爸|妈|老人|家里?)[^，。？?]{0,8}(?:19|20)\d{2}年|"
    r"(?:19|20)\d{2}年[^，。？?]{0,6}(?:出生|生的|毕业|退休|入职|参加|购买|[买建装办盖]的|结婚|离职|入学|参军|退役|入伍|以[前后来]|之[前后]|[前后起底初末])"
)
RELATIVE = {-1: re.compile("去年|上年|同比"), 1: re.compile("明年|来年"), -2: re.compile("前年"), 2: re.compile("后年")}


def years_in(text: str) -> set[int]:
    """The years that a question or a title names, those between two of them too; of dates none."""
    plain = normalize(text)
    years = {int(year) for year in YEAR.findall(plain)}
    for first, last in re.findall(r"((?:19|20)\d{2})年?[-—~～至到]{1,2}((?:19|20)\d{2})年", plain):
        years.update(range(int(first), int(last) + 1))
    return years


def of_another_year(years: Set[int], article: Article) -> bool:
    """Whether the article is of another year than each that is asked about, and does not speak of it. One without a year in
    its title may be of any from its publication on, a report of none beyond."""
    titled = years_in(without_edition(article.title))
    dated = re.match(r"(?:19|20)\d{2}", article.published or "")
    own = titled or years_in(article.title) or ({int(dated[0])} if dated else set())
    text = normalize(article.text)
    named = {int(year) for year in ANY_YEAR.findall(text)}
    relative = {year + n for year in own for n, words in RELATIVE.items() if words.search(text)}
    if not own or years & (own | named | relative):
        return False
    if titled:
        return True
    known = own | named
    return min(years) < min(known) or (article.kind is not Kind.POLICY and max(years) > max(known))


COMPARED_WITH = re.compile(r"[比较同与](?:上年|(?:19|20)\d{2}年)")


def names_other_year(question: Question, text: str) -> bool:
    """Whether the text names years, and none that the question names: 2024年为500元 for 2026年."""
    asked = years_asked(question)
    named = years_in(COMPARED_WITH.sub(" ", normalize(text))) if asked else set()
    return bool(named) and not named & asked and not any(str(year) in normalize(text) for year in asked)


@lru_cache(maxsize=256)
def years_asked(question: Question) -> frozenset[int]:
    """The years that are asked about: none where one is that of who asks (我2020年退休)."""
    return frozenset() if OWN_YEAR.search(question.normalized) else frozenset(years_in(question.text))


# ---------------------------------------------------------------- groups

# Words of which a text about one is not about another.
APART = (
    ("博士", "硕士|研究生", "本科", "专科|大专"),
    ("初中", "高中"),
    ("城镇", "农村"),
    ("职工", "居民"),
    ("男(?:职工|性|方|子|生|教师)", "女(?:职工|性|方|子|生|教师)"),
    ("公办", "民办"),
    ("(?<!非)全日制", "非全日制"),
)


def names_other_group(question: Question, where: str, text: str) -> bool:
    """Whether one group of people is asked about (研究生), and another is named `where` it would be (本科), while the text
    nowhere has the question's own."""
    for words in APART:
        meant = [word for word in words if re.search(word, question.alnum_only)]
        if (
            len(meant) == 1
            and not re.search(meant[0], alnum_only(text))
            and re.search("|".join(words), alnum_only(where))
        ):
            return True
    return False


# ---------------------------------------------------------------- the question


NEAREST = 20  # articles that are asked whether they know a place


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question names that an article must be for: places, bodies, years."""

    question: Question
    places: tuple[Chain, ...]
    bodies: tuple[str, ...]
    years: frozenset[int]


def asked_of(question: Question, articles: Sequence[Article]) -> Asked:
    """What the question names; places by their short names too, where one of the articles has them in full."""
    articles = list({article.id: article for article in articles}.values())  # several hits may be of one
    chains = [*places_asked(question)]
    rest = question.normalized
    for place in (place for chain in chains for place in chain):
        rest = rest.replace(place.text, " ")
    own = {place for article in articles for chain in own_places(article) for place in chain[-1:]}
    for place in sorted(own, key=lambda place: -len(place.name)):
        if place.name in rest:
            rest = rest.replace(place.name, " ")
            chains.append((place,))
    if not chains:
        texts = [alnum_only(article.title + article.text) for article in articles]
        placed = [plain for article, plain in zip(articles, texts, strict=True) if own_places(article)]
        names = {unknown_place(question, plain) for plain in placed[:NEAREST]} - {None}
        known = "".join(texts)
        chains += [(Place(name, ""),) for name in names if name and name not in known]
    return Asked(question, tuple(chains), tuple(bodies_in(question.text)), years_asked(question))


def with_full_places(question: Question, articles: Sequence[Article]) -> str:
    """The question with each place in full that it names without its last word, where the articles know it: 银杉和白荻各补多少
    -> 银杉县和白荻县各补多少."""
    text = question.normalized
    places = {place for place in (chain[-1] for chain in asked_of(question, articles).places) if place.level}
    for place in sorted(places, key=lambda place: -len(place.name)):
        before, *behind = text.split(place.name)
        text = before + "".join((place.name if p.startswith(tuple(LEVEL_OF)) else place.text) + p for p in behind)
    return text


def is_anothers(asked: Asked, passage: Passage) -> bool:
    """Whether the passage's article is for another place, body, year or group than each that the question names."""
    own = own_places(passage.article)
    return (
        bool(asked.places and own and not any(_covers(own, chain, passage) for chain in asked.places))
        or (bool(asked.bodies) and _of_another_body(asked.bodies, passage))
        or (bool(asked.years) and of_another_year(asked.years, passage.article))
        or names_other_group(asked.question, passage.article.title, passage.article.title + passage.text)
    )


def whose(asked: Asked, article: Article) -> str | None:
    """The place that the article is for, where the question names several and this is one of them."""
    named = {chain[-1] for chain in asked.places}
    own = (chain[-1] for chain in own_places(article)) if len(named) > 1 else ()
    return next((place.text for place in own if any(place.is_same(other) for other in named)), None)


def _covers(own: Sequence[Chain], asked: Chain, passage: Passage) -> bool:
    """Whether the article is for the place that is asked about, or for one that the question says it lies in, or names it
    where it speaks for itself."""
    if any(chain[-1].is_same(place) for chain in own for place in asked):
        # 甲省's rule covers its counties; 甲省丙县's is another county's.
        return True
    article, place = passage.article, asked[-1]
    beside = article.kind is Kind.POLICY and all(chain[-1].level == place.level for chain in own)
    if not beside:
        return _names(article.text, place, own) or _names(article.title, place, own)
    lines = (article.text[p.start : p.end] for p in article.paragraphs)
    headings = "\n".join(line for line in lines if len(line) <= HEADING_LENGTH and not ends_sentence(line))
    return _names(f"{headings}\n{passage.text}", place, own)


def _names(text: str, place: Place, own: Sequence[Chain]) -> bool:
    """Whether the text names the place, in full or by its last two signs, and not as a part of the article's own."""
    plain = normalize(text)
    for chain in own:
        if not chain[-1].is_same(place):
            plain = plain.replace("".join(p.text for p in chain), " ")
    for other in sorted({p for chain in own for p in chain if not p.is_same(place)}, key=lambda p: -len(p.name)):
        plain = plain.replace(other.text, " ").replace(other.name, " ")
    ending = f"(?:{place.level}|(?!{LEVEL_WORDS}))" if place.level else ""
    return re.search(re.escape(place.name[-2:]) + ending, plain) is not None


def _of_another_body(bodies: Sequence[str], passage: Passage) -> bool:
    """Whether another body issued the article, or does what the passage says, and the article names none of those that are
    asked about."""
    article = passage.article
    lines = [article.text[p.start : p.end].strip() for p in article.paragraphs]
    issuers = bodies_in("\n".join([article.title, article.subtitle or "", article.issuer or "", *signature(lines)]))
    others = bool(issuers or bodies_in(passage.text))
    named = [*issuers, *bodies_in(article.text)] if others else []
    return others and not any(is_same_body(body, name) for body in bodies for name in named)
