"""What a question asks for, read off its words: its content, the kind of answer it expects, its parts.

Rules over the text alone; no model, no articles.
"""

import re
from collections.abc import Sequence
from enum import Enum, auto

from rag.figures import CN, extract_figures, read_number, unsupported_figures
from rag.names import NAME, is_person_name
from rag.text import bare, is_question, normalize, share_held


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
        r"多少|(?<!星期)(?<!周)(?<!礼拜)(?<!哪)几(?!乎|点|月|号)|比例|百分之|数量|面积|人数|多大|多长|多高|几成|排名|第几|占比|增长率",
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
        r"(?:条件|材料|措施|要求|内容|手续|流程|步骤|职责|任务|原则)(?:都|主要|各)?(?:是|有|包括)些?(?:什么|啥)|(?:需要|包括|准备|提交)些?(?:什么|啥)$|"
        r"怎么(?!回事|会|样)|怎样|如何|分别|[都各]叫(?:什么|啥)|几个方面|哪方面|哪[一二两三四五六七八九十]|列出|有何|(?:建议|提出?|说)了?(?:什么|啥)",
    ),
    (Expected.REASON, r"为什么|为何|原因|凭什么|怎么会|缘由"),
)
EVIDENCE_OF: dict[Expected, str] = {
    Expected.PHONE: r"\d{3,4}-?\d{7,8}|1[3-9]\d{9}|(?<!\d)1?\d{4,5}(?!\d|年|元|万|人|个)",
    Expected.CLOCK: r"\d{1,2}[:：时点]\d{0,2}|[一二三四五六七八九十]+[点时]|全天|24小时|早上|晚上|上午|下午",
    Expected.DATE: r"\d+\s*年|\d+\s*[月日天]|[一二三四五六七八九十两]+[年月天日周]|小时|今年|去年|明年|目前|近日|日前|长期|春|夏|秋|冬|季|分钟|世纪|时期|时代",
    Expected.AMOUNT: r"\d|[一二三四五六七八九十百千万亿]+[元块]|免费|折|%",
    Expected.NUMBER: r"\d|[一二三四五六七八九十百千万亿两双半多]+[个家项所人名次倍成年天条座户种部位级只类大]|百分之|一半|第[一二三四五六七八九十]",
    Expected.PERSON: NAME + r"|[\u4e00-\u9fff]·|[A-Z][a-z]+",
    Expected.PLACE: r"[省市县区镇乡村街路号楼厅馆校院国州洲城岛湾山河湖港]|[东南西北]部?|附近|境内|位于|在",
}
FILLERS = re.compile(
    r"请问|我想问一?下?|想问一?下?|咨询一?下?|请教|麻烦|你好|您好|我想知道|想了解|能不能告诉我|告诉我|听说|报纸上?说?|文章[里中]?|报道[里中]?|"
    r"什么时候|什么时间|什么地方|什么样|什么|哪些|哪几[个项条]?|哪里|哪儿|哪个|哪位|哪一?[年天月项家所]|多少钱|多少|多久|多大|多长|几点|几[个项条家名位次]?|"
    r"怎么样|怎么办|怎么|怎样|如何|为什么|为何|是谁|谁|是否|是不是|有没有|能不能|可不可以|可以|能否|有何|何时|何处|"
    r"具体|主要|一共|总共|到底|究竟|现在|目前|分别|方面|以及|还是|吗|呢|吧|啊|呀|嘛|了|的|是|有|在|和|与|对|被|把|给|我们?|你们?|要|会|能|就|都|也|这|那|个"
)


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
    pattern = EVIDENCE_OF.get(expected)
    return pattern is None or bool(re.search(pattern, normalize(text) if expected is not Expected.PERSON else text))


NOT_A_COUNT = {"年", "月日", "日", "月", "第", "时", "届"}
# What 多少人 and 几家 do not ask for, whatever is counted there.
MEASURED = NOT_A_COUNT | {
    "元",
    "美元",
    "%",
    "pp",
    "岁",
    "倍",
    "亩",
    "吨",
    "公里",
    "平方米",
    "平方公里",
    "米",
    "公斤",
    "折",
    "天",
    "小时",
    "分钟",
    "个月",
}
COUNTS = re.compile(r"(?:多少|(?<!哪)几)(?:[个人名位家户所座辆件项处](?!月|小时|工作日|百分点))")
COUNTED = re.compile(r"(?:多少|(?<!哪)几)([名家户所座辆件项处套间张条部台])")
SPAN_OF_TIME = {"年", "月日", "日", "月", "天", "小时", "分钟", "个月", "周", "时"}
LENGTH_OF_TIME = {"天", "日", "小时", "分钟", "个月", "周"}
EARLIEST_YEAR = 1000  # a smaller number of 年 is a length of time
HOW_LONG = re.compile(r"(?:几|多少)个?(?:年|天|月|小时|分钟|周|工作日)|期限?(?:是|有|为)?多长|多长时间")
TERM = re.compile(r"期限(?!.*(?:什么时候|何时|哪[天日年]))|有效期|多久(?!了)")
SOON = r"工作日|当[日天场]|即[时日]|立即|随时"  # a day, or how long it takes
UNTIL = re.compile(
    SOON
    + r"|每[日天周月季年]|[至到]\s*\d|[起止满]|(?:\d[日月年]|月底|年底|之)前|\d\s*[—~～-]+\s*\d|长期|永久|逾期|全年"
)
PHONE = re.compile(r"\d{3,4}-?\d{7,8}|1[3-9]\d{9}|(?:热线|电话|拨打?|致电)[^。，]{0,6}1?\d{4,5}")
AREA = re.compile("面积|占地多少|占多大")
AREA_GIVEN = re.compile(r"亩|公顷|平方|平米|m2|%|分之|倍|[\d一二三四五六七八九]成")
SUM = re.compile("投资|造价|耗资|预算")  # never a share of something
COSTS = re.compile("(?:要|用|收|花|交|掏|出|给)钱|收费|免费")  # 要钱吗
COST_GIVEN = re.compile("[免钱费资担价]|无偿|优惠|补[助贴]")
MONEY = re.compile(r"免费|无偿|不收|不用钱|折|全额")


def gives_expected(question: str, text: str) -> bool:
    """Whether an answer gives the kind of figure that the question asks for: a price, a count, a date, a telephone
    number. True for questions that ask for none. A date is no price, and a year no number of pupils."""
    expected = expected_answer(question)
    figures = extract_figures(text)
    units = {figure.unit for figure in figures}
    if expected is Expected.PHONE:
        return bool(PHONE.search(normalize(text)))
    if expected is Expected.AMOUNT:
        shares = set() if SUM.search(question) else {"%", "折", "成"}
        return bool(units & ({"元", "美元"} | shares) or MONEY.search(text))
    if expected is Expected.NUMBER and AREA.search(question) and not AREA_GIVEN.search(normalize(text)):
        return False
    if expected is Expected.NUMBER and HOW_LONG.search(question):
        return bool(units & SPAN_OF_TIME or re.search(r"工作日|[一半]个?[年月天周]", text))
    if expected is Expected.NUMBER:
        return bool(units - (MEASURED if COUNTS.search(question) else NOT_A_COUNT)) or bool(
            re.search(r"[两双半几数]|第[一二三四五六七八九十]|[一二三四五六七八九十][次轮遍]|多少(?!年)", text)
            and "几年" not in text
        )
    if expected is Expected.DATE and TERM.search(question) and not (units & LENGTH_OF_TIME or UNTIL.search(text)):
        return any(figure.unit == "年" and figure.value < EARLIEST_YEAR for figure in figures)
    if expected is Expected.DATE:
        return bool(units & SPAN_OF_TIME) or bool(
            re.search(SOON + r"|今年|去年|明年|目前|近年|日前|近日|昨|长期", text)
        )
    if expected is Expected.CLOCK:
        return bool(re.search(r"\d{1,2}[:：时点]|全天|[早晚]上?", text))
    if expected is Expected.PLACE:
        return holds_expected(expected, text)
    if expected is Expected.ANYTHING and COSTS.search(question):
        return bool(units & {"元", "%", "折"} or COST_GIVEN.search(text))
    return not asks_byline(question) or bool(re.search(r"记者|通讯员|摄", text))


def counts_asked(question: str, text: str) -> bool:
    """Whether the text counts by the measure word of the question (42项 for 有多少项). True where the question has none."""
    asked = COUNTED.search(normalize(question))
    return asked is None or bool(re.search(rf"[\d{CN}余多万亿]{asked[1]}", normalize(text)))


def content_runs(question: str) -> list[str]:
    """What is left of the question without question words and fillers: runs of normalised characters."""
    plain = re.sub(r"[^\w\s]|_", " ", normalize(question))
    return [run for run in FILLERS.sub(" ", plain).split() if bare(run)]


def content_bigrams(question: str) -> list[str]:
    """Character bigrams of the content runs (a run of one character counts as itself), each once, in order."""
    grams = [run[i : i + 2] for run in content_runs(question) for i in range(max(1, len(run) - 1))]
    return list(dict.fromkeys(grams))


def content_coverage(question: str, text: str) -> float:
    """The share of the question's content bigrams that stand in the text; 0 where it has no content."""
    return share_held(content_bigrams(question), bare(text))


ITEM_MARK = re.compile(r"^\s*[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．]\s*")
REPEATS = 0.9  # share of a text's content that a question holds which it only repeats


def only_repeats(question: str, text: str) -> bool:
    """Whether the text says nothing that the question does not say itself: a heading, the same or another question."""
    if ASKS_WHETHER.search(question.strip()):
        return False
    if is_question(text):
        return True
    repeats = content_coverage(ITEM_MARK.sub("", text), question) >= REPEATS
    return repeats and not unsupported_figures(text, question)


SUM_UP = r"请?(?:总结|概括|归纳|梳理)一?下?"
FRAME = re.compile(
    r"^(?:结合|根据|依据|按照)(?P<of>[^,，。?？《》]{0,40})(?:报告|材料|资料|文章|报道)(?:内容)?[,，](?:"
    + SUM_UP
    + r")?其?|^"
    + SUM_UP
)
REPORT_KIND = re.compile(
    r"的?(?:上述|以上|以下|给出|给定|年度|财务|审计|工作|社会责任|公司|治理|环境|可持续发展|责任|与|和|的)*$"
)


def asks_summary(question: str) -> bool:
    """Whether the question asks to sum up what may stand in several places: 总结其未来展望."""
    return bool(re.search(SUM_UP, question)) and expected_answer(question) is Expected.LIST


def without_order(question: str) -> str:
    """The question without 总结一下 at its beginning, which no text that answers it says."""
    rest = re.sub(f"^{SUM_UP}", "", question)
    return rest if content_bigrams(rest) else question


def without_frame(question: str) -> str:
    """The question without what only says where to look: 根据甲公司2023年的财务报告，增长了多少 -> 甲公司2023年增长了多少. Of a
    summary the topic alone (未来展望), which the passages that tell it name; whose it is stands in every one or in none
    (docs/experiments.md). As it is where little is left."""
    match = FRAME.match(question)
    if not match:
        return question
    whose = "" if asks_summary(question) else REPORT_KIND.sub("", match["of"] or "")
    rest = whose + question[match.end() :]
    return rest if len(content_bigrams(rest)) >= 3 else question


def split_parts(question: str) -> list[str]:
    """The questions that were asked in one: `A是多少？B由谁负责？` -> both; a single one stays whole."""
    pieces = [
        p.strip()
        for p in re.split(r"(?<=[？?])|[；;]|(?:，|,)(?=(?:另外|还有|以及|同时|并且|顺便))", question)
        if p.strip("？? ")
    ]
    asking = [p for p in pieces if re.search("|".join(pattern for _, pattern in ASKS) + r"|吗|[？?]|什么|是否", p)]
    return asking if len(asking) > 1 and all(len(content_bigrams(p)) >= 2 for p in asking) else [question]


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


def person_asked_about(question: str) -> str | None:
    """The name in 任静是谁, 任静是干什么的; None in a question about another thing."""
    match = WHO.match(question.strip())
    who = match is not None and is_person_name(match["name"]) and ("是谁" in question or asks_identity(question))
    return match["name"] if match and who else None


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
TAKEN_UP = re.compile(
    r"(采纳|答复|回应|批准|批复)了?(?:没有?|吗|么|吧)|(?:是否|有没有)(?:已经?|被|得到|[^,，。]{1,4}){0,3}(采纳|答复|回应|批准|批复)"
)
SUGGESTION = re.compile("建议|提案|提议|意见|主张|呼吁")


def asks_all_suggestions(question: str, speaker: str | None) -> bool:
    """Whether the question asks for what the speaker suggests, whatever it is: 龚委员提了哪些建议."""
    if not speaker or speaker not in question:
        return False
    rest = SUGGESTION.sub("", question.replace(speaker, ""))
    return not content_bigrams(re.sub(r"委员|代表|常委|[提说讲]出?|(?<!哪)些", "", rest))


def asks_speakers(question: str) -> int:
    """How many speakers the question asks for (哪两位委员都提到……); many for 哪些委员, 0 where it asks for no more than one."""
    match = SPEAKERS.search(normalize(question))
    if match is None:
        return 0
    return int(read_number(match["count"]) or 0) if match["count"] else MANY


def asks_what_became(question: str, speaker: str | None) -> str | None:
    """The word of a question that asks what became of a suggestion, or of what the speaker suggests: 采纳 of 建议采纳了没有."""
    match = TAKEN_UP.search(question)
    meant = SUGGESTION.search(question) or (speaker and speaker in question)
    return (match[1] or match[2]) if match and meant else None


# 那12家都开在哪里, 25家馆子叫什么: each of so many things by its name or place
NAMES_OF = re.compile(
    r"(?P<each>[那这])?(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3})(?P<unit>[家所名位座处户]|个(?!月|工作日|小时|星期|季度))"
    r"(?:(?!名单)[^,，。]){0,12}?(?:(?:(?P<all>都|各|分别|具体)[^,，。]{0,4})?(?:在|到)(?:哪[里儿]|什么地方|哪几?个?(?:街道|社区|区|县|镇|村|地方))|(?P<name>叫(?:什么|啥)|名字|是谁|(?:分别|都)(?:是|有)(?:谁|哪)))"
)


# 托管班在哪20个社区, 那3座渔港是哪三座
WHICH_OF = re.compile(
    r"哪(?P<count>\d{1,3}|[三四五六七八九十]{1,3})(?P<unit>[家所座处户]|个(?=社区|村|县|区|镇|街道|小区|学校|企业|单位))"
)


def asks_names_of(question: str) -> tuple[int, str] | None:
    """How many things the question asks the names or places of, with their measure word; None where it does not."""
    plain = normalize(question)
    match = WHICH_OF.search(plain)
    if match is None:
        match = NAMES_OF.search(plain)
        if match is None or not (match["each"] or match["all"] or match["name"]):
            return None
    count = read_number(match["count"])
    return None if count is None or count < 3 else (int(count), match["unit"])


# 如何通过债务重组、大规模融资和重大投资来……
NAMES_MEANS = re.compile(
    r"(?:怎样|怎么|如何)通过(?P<means>[^,，。;；?？]{4,80}?)(?:[,，]?来(?!自)|[,，]?以(?!及|来|后)|从而)"
)
BETWEEN_MEANS = re.compile(r"、|以及|[和与及并]")
DONE = re.compile(r"^(?:进行|实施|开展|推行|采用|采取|增加|加强|制定|成立|完成|推出|建立)了?")


def means_named(question: str) -> list[str]:
    """The means that a question names one by one (如何通过甲、乙和丙来……): of each is to be told. Empty where it names
    fewer than two."""
    match = NAMES_MEANS.search(question)
    means = [DONE.sub("", one.strip()) for one in BETWEEN_MEANS.split(match["means"])] if match else []
    means = [one for one in means if len(bare(one)) >= 2]
    return means if len(means) > 1 else []


def asks_items(question: str) -> bool:
    """Whether the question asks for all of several things (哪些, 什么材料), not how something is done."""
    return expected_answer(question) is Expected.LIST and not re.search("怎样|如何|怎么", question)


ASKS_WHETHER = re.compile(YES_OR_NO.pattern + r"|么[?？\s]*$|(.)不\1|还是")  # of a date or a price too


def is_yes_or_no(question: str) -> bool:
    """Whether the question asks whether something is so, and for nothing else besides."""
    return bool(YES_OR_NO.search(question.strip())) and expected_answer(question) is Expected.ANYTHING


COMPARES = re.compile(
    r"分别|各(?:是|有|能|自|要|补|出|多少|几)|哪[一个家篇条件座种项边类]{1,2}更(?![新换改正名])|哪[个家篇条件](?:多|少|大|小|高|低|早|晚|先|快|在前)|不同|区别|相比|对比|差多少|多多少|少多少|都(?:提|说)"
)


def is_comparison(question: str) -> bool:
    """Whether the question sets two things side by side, of which different articles may tell."""
    return bool(COMPARES.search(question))


LEAD = r"^(?P<lead>(?:[^。?？,，]{0,2}[我\d][^。?？]{1,17}|[^。?？]{5,20})[,，])?"  # 我66岁，; three names are a list: 甲，乙和丙
TWO = LEAD + r"(?P<one>[^,，。?？和与跟及、]{2,20})(?:和|与|跟|以及|、)(?P<other>[^,，。?？和与跟及、都各分]{2,24}?)"
BOTH = r"这?两[家位人个篇者件份条]"
# 甲和乙各有什么动静
EACH = re.compile(TWO + r"(?:都|各自?|分别|两[家位人个篇者])+(?P<rest>.{2,})$")
# 甲和乙，哪个多；甲和乙差多少，各是多少钱；甲和乙的净利润，哪家公司的净利润更高；甲和乙哪座先通车
BESIDE = re.compile(
    TWO
    + rf"(?:{BOTH})?"
    + r"(?:(?:分别|各自)(?P<done>[^,，。?？]{2,20}))?(?<![在去到于])[,，]?(?:相比[,，]?)?"
    + r"(?:哪一?[个家篇条件座项种边者](?P<of>(?:(?![有在是])[\u4e00-\u9fff]){0,12}?)"
    + r"(?:更?(?P<how>多|少|大|高|低|贵|便宜|(?<![局校县科院处])长|短)(?:一?[些点]|[了呢的])?"
    + r"|(?P<when>更[早晚]|先(?![进锋生])|[早晚](?=[?？。,，]|$)|在[前后])(?P<act>[^,，。?？]{0,6}))"
    + r"|相?差了?多少)"
    + r"(?:[,，]\s*(?:各自?|分别)(?P<rest>[^,，。?？]{2,}))?[?？。]?$"
)
COMPARE = re.compile(r"(^|[,，])请?(?:比较|对比)(?:一下)?")
# 哪家公司的净利润: 净利润
KIND_OF = re.compile(r"^(?:(?:公司|单位|企业|机构|学校|医院|城市|地方|部门)的?|[区县市桥楼人事](?:的|$))")
HOW_MUCH = {
    "多": "有多少", "少": "有多少", "大": "有多大", "长": "有多长", "短": "有多长", "贵": "多少钱", "便宜": "多少钱",
}  # fmt: skip
# 甲跟乙这两个文件，有效期各到什么时候
LAST_OF_EACH = re.compile(
    TWO
    + rf"(?:{BOTH}[^,，。?？]{{0,3}})?"
    + r"[,，](?P<topic>[^,，。?？]{0,8}?)(?:各自?|分别)(?P<rest>[^,，。?？]{2,})[?？。]?$"
)
# What stands before is a question or a frame of its own.
ASKS_ALREADY = re.compile(r"吗|哪|什么|能|可以|怎|多少|^关于|^对于?")
RESPECTIVE_YEARS = re.compile(r"在(\d{4}年)[和与](\d{4}年)(?=分别)|(?<=分别)在(\d{4}年)[和与](\d{4}年)")
ORGANISATION = re.compile(r".*(?:公司|集团|中心|医院|学校|大学|银行)")


def split_each(question: str) -> list[str]:
    """`甲和乙各有什么动静？` -> 甲有什么动静？, 乙有什么动静？, both with the clause before them (我妈82岁，); `甲和乙哪个早` ->
    甲是什么时候？, 乙是什么时候？; a question of another make stays whole."""
    plain = COMPARE.sub(r"\1", question.strip(), count=1)
    years = RESPECTIVE_YEARS.search(plain)
    without_years = plain.replace(years[0], "") if years else plain
    year = ["", ""]
    if match := BESIDE.match(plain):
        rest = f"{match['done'] or ''}{_how_much(match)}？"
    elif (match := LAST_OF_EACH.match(plain)) and not any(map(ASKS_ALREADY.search, (match["one"], match["other"]))):
        rest = ("的" + match["topic"] if match["topic"] else "") + match["rest"] + "？"
    elif match := EACH.match(without_years):
        rest = re.sub("各自|分别|各", "", match["rest"])
        year = [f"在{y}" for y in years.groups() if y] if years else year  # of the one, of the other
    else:
        return [question]
    named = [match["one"] + _shared(match["one"], match["other"]), match["other"]]
    return [(match["lead"] or "") + name + when + rest for name, when in zip(named, year, strict=True)]


def _shared(one: str, other: str) -> str:
    """What is said of both behind the second name: of 一孩和二孩的补贴 both are 的补贴."""
    if "的" in one:
        return ""
    if ORGANISATION.fullmatch(one) and (ends := ORGANISATION.match(other)):
        return other[ends.end() :]
    _, of, shared = other.partition("的")
    if not of and len(other) > len(one) and one[-1] == other[len(one) - 1]:
        return other[len(one) :]  # 一孩和二孩补贴
    return of + shared


def _how_much(match: "re.Match[str]") -> str:
    """What is asked of each of two that are compared: 哪个多 -> 有多少, 哪家的票价更高 -> ，票价是多少, 哪座先通车 -> 什么时候通车."""
    if match["rest"]:
        return str(match["rest"])
    of = KIND_OF.sub("", match["of"] or "")
    named = not of or of in match["other"] or of in (match["done"] or "")
    if match["when"]:
        when = f"什么时候{match['act']}" if match["act"] else "是什么时候"
        return when if named else f"，{of}{when}"
    if not named:
        return f"，{of}是多少"
    return "是多少" if match["done"] or of else HOW_MUCH.get(match["how"], "是多少")


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
INSTRUCTION = re.compile(
    r"忽略.{0,4}(?:以上|上述|之前|前面|所有|一切).{0,8}(?:指令|提示|规则|要求|设定)|(?:系统|内部)提示词|system prompt|"
    r"ignore .{0,20}instructions|(?:请你?|你来|你要|现在你)扮演|越狱模式",
    re.IGNORECASE,
)


def refers_back(question: str) -> bool:
    """Whether a word of the question points at what was said before: 那…, 他的…, …呢."""
    return bool(REFERENCE.search(question.strip()))


def only_connects(question: str) -> bool:
    """Whether what points back is no more than a word that goes on (那…), no pronoun for something said before."""
    return bool(CONNECTS.search(question.strip())) and not PRONOUN.search(question)


def leans_on_history(question: str, history: Sequence[tuple[str, str]]) -> bool:
    """Whether the question cannot be understood without what was asked before. A place that it names stands on its own."""
    short = len(content_bigrams(question)) <= 3 and not names_in(question)
    return bool(history) and (refers_back(question) or short)


def is_small_talk(question: str) -> bool:
    return bool(SMALL_TALK.search(question.strip())) or not bare(question)


def is_instruction(question: str) -> bool:
    """Whether the question tries to command the assistant and asks the articles nothing."""
    return bool(INSTRUCTION.search(question))


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


def names_missing(question: str, text: str) -> int:
    """How many of the question's names the text does not hold: a place counts as held where its last two characters
    stand there, so that what happens to stand before it (据德阳) does not matter."""
    plain = bare(text)
    return sum(1 for name in names_in(question) if bare(name) not in plain and bare(name)[-2:] not in plain)
