"""Names of people as Chinese newspapers print them."""

import re
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓"
    "郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁"
    "仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰"
    "郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东殳沃利"
    "蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公岳佟佴苟仝亓冼缑亢况肖闫涂覃涂付代"
    "楚展战敬矫初鄢揭苌佘尧母苑雒靖缑英芦蒿虎谌谯赫郄郇隋顿颉鲜鹿修撒原员苗信衣阚苟辜区仉乜鄞尉斐亢库闪铁植蔄鞠练候呼由税缐粟"
)
COMPOUND_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "司徒",
    "令狐",
    "东方",
    "西门",
    "南宫",
    "端木",
    "宇文",
    "长孙",
    "亓官",
    "羊舌",
    "钟离",
    "淳于",
    "轩辕",
    "呼延",
    "澹台",
    "百里",
)
FIRST_SIGNS = SURNAMES | {surname[0] for surname in COMPOUND_SURNAMES}
HAN = "\u3400-\u9fff"
NAME = rf"(?:(?:{'|'.join(COMPOUND_SURNAMES)})[{HAN}]{{1,2}}|[{''.join(sorted(SURNAMES))}][{HAN}]{{1,2}}|[{HAN}]{{2,4}}·[{HAN}]{{2,6}})"
LONGEST_NAME = re.compile(NAME)
SHORTEST_NAME = re.compile(NAME.replace("{1,2}", "{1}"))
NOT_NAMES = re.compile(
    r"通知|公告|通告|建议|委员|代表|记者|简讯|要闻|消息|时评|关注|经济|安全|广告|公示|声明|启事|导读|评论|文化|教育"
)
MARKS = re.compile(
    r"本报|本刊|本台|见习|特约|实习|融媒体?|全媒体|首席|特派|记者|通讯员|评论员|摄影报道|摄影|文[/／]图|图[/／]文|整理|报道|供图|[□■○●◎◇◆▲△☆★⊙/／:：()（）]|\b文\b|摄"
)


COMMON_WORD = 20  # count in the dictionary's corpus (60 million words) from which a word is no rare given name
COMMON_GIVEN = 50  # the same for what follows a surname: 永康, 向晚 are given names too
NEVER_LAST = (
    "的了是在着们等个这那有为被把将对从到由及或按任费税款证表户制图站点"  # no given name ends so: 林长制, 空巢户
)


def has_name_shape(text: str) -> bool:
    """Whether the text could be a name, were it said of somebody: a surname and one or two characters more."""
    return bool(re.fullmatch(NAME, text)) and not NOT_NAMES.search(text)


@lru_cache(maxsize=4096)
def is_person_name(text: str) -> bool:
    """Whether the text is a name by itself: it has the shape of one, and is neither a word nor begins with one. A name
    that is a word too (高峰, 宁静) is none by itself; where its role says so, `has_name_shape` does."""
    if not has_name_shape(text) or text[-1] in NEVER_LAST:
        return False
    if "·" in text:
        return not all(is_word(part) for part in text.split("·"))
    if text.startswith(COMPOUND_SURNAMES) and len(text) > 2:
        return not word_count(text) or _is_tagged_person(text)
    first, *rest = (word for word, _ in tag_words(text))
    if not rest or first not in SURNAMES:
        return not is_word(first)  # 应急|车
    given_is_word = len(rest) == 1 and len(rest[0]) == 2 and word_count(rest[0]) >= COMMON_GIVEN
    return not given_is_word or _is_tagged_person(first) or _is_tagged_person(rest[0])  # 水|价格, but 李|胜利, 雷|玉兰


def is_word(text: str) -> bool:
    """Whether the dictionary has the text, and not as a rare person's name."""
    count = word_count(text)
    return count >= COMMON_WORD or (count > 0 and not _is_tagged_person(text))


def _is_tagged_person(text: str) -> bool:
    return all(tag.startswith("nr") for _, tag in tag_words(text))


def word_count(word: str) -> int:
    """How often the dictionary's corpus has the word; 0 for one that it does not know."""
    return int(_tagger().suggest_freq(word)) if _tagger().has_word(word) else 0


@lru_cache(maxsize=1024)
def tag_words(text: str) -> tuple[tuple[str, str], ...]:
    """The text's words with their parts of speech, as jieba tags them: n, v, …; nr for a person."""
    return tuple(_tagger().tag(text))


SURNAME_TAGS = ("p", "c", "u", "f")  # no surname is tagged so: prepositions, conjunctions, particles
GIVEN_TAGS = (*SURNAME_TAGS, "r", "m", "q", "y")  # nor the last sign of a name: and pronouns, numbers, measures


def person_at(text: str, start: int, opened: bool = False) -> str | None:
    """The name that begins at `start` of a sentence; None where none does, or where a word of the sentence runs across its
    ends (申请由社区……, 从市里……). `opened`: what stands before `start` is a word of its own (会长|安岚), whatever the
    dictionary makes of the two (长安)."""
    for match in (LONGEST_NAME.match(text, start), SHORTEST_NAME.match(text, start)):
        if match is None or not is_person_name(match[0]):
            continue
        words = tag_words(text[start:]) if opened else tag_words(text)
        offset = start if opened else 0
        ends = accumulate((len(word) for word, _ in words), initial=offset)
        inside = [
            (at, w, tag) for (w, tag), at in zip(words, ends, strict=False) if at < match.end() and at + len(w) > start
        ]
        crossing = [w for at, w, _ in inside if at < start or at + len(w) > match.end()]
        first, last = inside[0], inside[-1]
        spoken = len(first[1]) == 1 and first[2].startswith(SURNAME_TAGS)
        spoken = spoken or (
            len(last[1]) == 1 and last[1] != "和" and last[2].startswith(GIVEN_TAGS) and len(inside) > 1
        )
        if not spoken and not any(is_word(word) for word in crossing):
            return match[0]
    return None


def names_person(text: str) -> bool:
    """Whether a person's name stands anywhere in the text."""
    return any(text[start] in FIRST_SIGNS and person_at(text, start) for start in range(len(text) - 1))


def is_tagged_person(text: str, start: int) -> bool:
    """Whether the tagger itself takes the word at `start` of a sentence for a person's whole name."""
    words = tag_words(text)
    ends = accumulate((len(word) for word, _ in words), initial=0)
    return any(
        at == start and len(word) > 1 and tag.startswith("nr") for (word, tag), at in zip(words, ends, strict=False)
    )


@cache
def _tagger() -> Any:
    import rjieba  # a quarter of a second and 33 MB: only once a name is looked at

    return rjieba.Jieba()


def clean_names(text: str) -> str | None:
    """`本报记者 王 芳 通讯员 丁一鸣` -> `王芳、丁一鸣`; None where no name is left."""
    names: list[str] = []
    single = ""
    for word in re.split(r"[\s　、，,]+", MARKS.sub(" ", text)):
        if not word:
            continue
        if len(word) == 1:  # a name set with a space in it
            single += word
            if len(single) >= 2:
                names.append(single)
                single = ""
            continue
        names.append(word)
    return "、".join(names) or None
