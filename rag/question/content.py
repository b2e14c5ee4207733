"""What a question says: its content, the names in it, whom it asks about, whether it leans on what was said before.

Rules over the text alone; no model, no articles.
"""

import re
from decimal import Decimal

from rag.text.normalization import alnum_only, normalize, share_held
from rag.text.person_names import NAME, is_person_name, is_tagged_person
from rag.text.quantity_check import extract_quantities, read_number
from rag.text.units import ASKED_SHARE

FILLERS = re.compile(
    r"请问|我想问一?下?|想问一?下?|咨询一?下?|请教|麻烦|你好|您好|我想知道|想了解一?下?|能不能告诉我|告诉我|听说|报纸上?说?|文章[里中]?|报道[里中]?|"
    r"什么时候|什么时间|什么地方|什么样|什么|哪些|哪几[个项条]?|哪里|哪儿|哪个|哪位|哪一?[年天月项家所]|多少钱|多少|多久|多大|多长|几点|几[个项条家名位次]?|"
    r"怎么样|怎么办|怎么|怎样|如何|为什么|为何|是谁|谁|是否|是不是|有没有|能不能|可不可以|可以|能否|有何|何时|何处|"
    r"具体|主要|一共|总共|到底|究竟|现在|目前|分别|方面|以及|还是|吗|呢|吧|啊|呀|嘛|了|的|是|有|在|和|与|对|被|把|给|我们?|你们?|要|会|能|就|都|也|这|那|个"
)


def with_plain_share(question: str) -> str:
    """The question with 多少 for 万分之几 and 几成: the part is how it is asked, not what about."""
    return ASKED_SHARE.sub("多少", question)


def content_runs(question: str) -> list[str]:
    """What is left of the question without question words and fillers: runs of normalised characters."""
    plain = re.sub(r"[^\w\s]|_", " ", with_plain_share(normalize(question)))
    return [run for run in FILLERS.sub(" ", plain).split() if alnum_only(run)]


def content_bigrams(question: str) -> list[str]:
    """Character bigrams of the content runs (a run of one character counts as itself), each once, in order."""
    grams = [run[i : i + 2] for run in content_runs(question) for i in range(max(1, len(run) - 1))]
    return list(dict.fromkeys(grams))


def words_held(words: str, text: str) -> float:
    """The share of the content bigrams of some words that stand in the text; 0 where they have no content."""
    return share_held(content_bigrams(words), alnum_only(text))


MANY = 99
ASKS_SPEAKER = re.compile(
    r"(?:谁|哪位|哪个人|哪一?位委员)[^,，。]{0,6}(?:提|建议|说|讲|主张)|(?:谁|哪位)的(?:建议|提案|主张)|什么身份|什么职务|担任|任职|哪个(?:民主)?党派|全名|(?:单位|职务|身份)是"
)
YES_OR_NO = re.compile(
    r"[吗吧][?？。\s]*$|是不是|是否|有没有|能不能|可不可以|对吗|真的|[了过]没(?:有)?[?？\s]*$|不[?？\s]*$|^.*已经.*了"
)


IDENTITY = re.compile(
    r"(?:干|做)(?:什么|啥)(?:工作)?的|是(?:哪个|什么|啥)单位|(?:哪个|什么|啥)单位的|来自哪|是(?:什么|啥)人|(?:什么|啥)身份"
)
WROTE = re.compile(
    r"(?:哪[个位名]?|谁|什么人)(?:记者|通讯员)?(?:采写|撰写|写|整理|拍摄?|摄)的|(?:哪[个位名]|什么)(?:记者|通讯员)(?![证站团])|(?:记者|作者|署名|通讯员)(?:是|叫)(?:谁|什么|哪)"
)


def asks_identity(question: str) -> bool:
    """Whether the question is about who somebody is: 沈若溪是干什么的."""
    return bool(IDENTITY.search(question))


WHO = re.compile(rf"^(?P<name>{NAME})(?:到底|究竟)?(?:是谁|(?:是|在|来自|干|做).*)[?？。]?$")


IS_WHO = re.compile(r"是谁[?？啊呀呢。\s]*$")


def person_asked_about(question: str) -> str | None:
    """The name in 任静是谁, 任静是干什么的; None in a question about another thing. What is asked 是谁 and nothing more is a
    person, though its name is a word too (高峰是谁)."""
    match = WHO.match(question.strip())
    if match is None:
        return None
    name = match["name"]
    asked = IS_WHO.search(question) and is_tagged_person(name, 0)
    return name if asked or (is_person_name(name) and ("是谁" in question or asks_identity(question))) else None


def asks_byline(question: str) -> bool:
    """Whether the question is about who wrote an article or took its picture."""
    return bool(WROTE.search(question))


def without_byline(question: str) -> str:
    """Who wrote something, without what only says so: 这篇写代办员的文章是谁写的 -> 代办员. As it is where nothing is left."""
    if not asks_byline(question):
        return question
    rest = re.sub(rf"[这那]一?篇|(?:{WROTE.pattern})", "", question)
    rest = re.sub(r"^写|的?(?:文章|报道|评论|新闻|通讯|稿[子件]|照片|图片?)|[是由的?？]+$", "", rest).strip()
    return rest if content_bigrams(rest) else question


def asks_speaker(question: str) -> bool:
    """Whether the question is about who suggests something: their name, office, party."""
    return bool(ASKS_SPEAKER.search(question))


SPEAKERS = re.compile(
    r"哪(?:(?P<count>[二两三四五六])(?:[位名](?:(?:政协)?委员|(?:人大)?代表)?|个(?:委员|代表|人))|[几些][位名个]?(?:(?:政协)?委员|(?:人大)?代表(?!性)))"
    r"(?:都|也|还|曾)?(?:提(?![前取交高升供])|建议|说|讲|主张|呼吁|关注)"
)


def asks_speakers(question: str) -> int:
    """How many speakers the question asks for (哪两位委员都提到……); many for 哪些委员, 0 where it asks for no more than one."""
    match = SPEAKERS.search(normalize(question))
    if match is None:
        return 0
    return int(read_number(match["count"]) or 0) if match["count"] else MANY


ASKS_WHETHER = re.compile(YES_OR_NO.pattern + r"|么[?？\s]*$|(.)不\1|还是")  # of a date or a price too


REFERENCE = re.compile(
    r"^(?:那么?|这|还有|另外|其中|其|他们?|她们?|它们?|该|此|上述|前者|后者|第[一二三四五六]|剩下|具体|然后|再)|呢[？?。\s]*$|(?:他|她|它|这个|那个|上面|刚才|该|其)(?:们|的|是|有|由|在|项|条)"
)
CONNECTS = re.compile(r"^(?:那么?|还有|另外|再|然后)(?![他她它个些家种条项位])")
PRONOUN = re.compile(r"[他她它其该此这]|前者|后者|上述|第[一二三四五六\d]|那[个些家种条项位]")
SMALL_TALK = re.compile(
    r"^(?:你好|您好|嗨|哈喽|hello|hi|在吗|谢谢|多谢|再见|拜拜|早上好|晚上好|你是谁|你叫什么|你是什么|你会什么|你能做什么|讲个?笑话|唱首?歌)[，,。！!？?~～\s]*$"
    r"|(?:写|作|编)(?:一)?[首篇个段](?:诗|作文|文章|代码|程序|故事|小说|歌|情书)|讲(?:一)?个(?:笑话|故事)|翻译成|帮我写|今天天气|股票推荐|彩票号码",
    re.IGNORECASE,
)


def refers_back(question: str) -> bool:
    """Whether a word of the question points at what was said before: 那…, 他的…, …呢."""
    return bool(REFERENCE.search(question.strip()))


def only_connects(question: str) -> bool:
    """Whether what points back is no more than a word that goes on (那…), no pronoun for something said before."""
    return bool(CONNECTS.search(question.strip())) and not PRONOUN.search(question)


def is_small_talk(question: str) -> bool:
    return bool(SMALL_TALK.search(question.strip())) or not alnum_only(question)


PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|"
    "台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
PLACE_NAME = re.compile(
    rf"{PROVINCES}|[\u4e00-\u9fff]{{2,4}}?(?:省|市|县|区|镇|乡|村|州)(?!场|民|长|委|里|内|政|级|域|直|属|区|值|面|价|位|容|外)"
)
QUOTED = re.compile(r"[《“\"]([^》”\"]{2,30})[》”\"]")
NO_NAME = re.compile(
    r"[我本全各该这那哪某几每城当外两一乡农超]+(?:省|市|县|区|镇|乡|村|州)$|社区|地区|小区|园区|山区|辖区|景区|灾区|疫区|街区|城区|市区|县区|特区|新区|校区|厂区|片区|城镇|乡镇|农村|自治|郊区|集市|超市|股市|上市|门市|楼市|县市"
)


def names_in(question: str) -> list[str]:
    """Places, organisations and quoted titles that the question names, in their shortest telling form."""
    plain = normalize(question)
    text = " ".join(content_runs(question))
    names = [m[1] for m in QUOTED.finditer(plain)]
    for match in PLACE_NAME.finditer(text):
        if not NO_NAME.search(match[0]):
            names.append(re.sub(r"(?:省|市|县|区|镇|乡|村|州)$", "", match[0])[-3:])
    return list(dict.fromkeys(names))


def age_in(question: str) -> Decimal | None:
    """The age that the question speaks of; None where it speaks of none, or of several."""
    ages = {
        quantity.value
        for quantity in extract_quantities(question)
        if quantity.unit == "岁" and quantity.low == quantity.high
    }
    return ages.pop() if len(ages) == 1 else None
