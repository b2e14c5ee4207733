"""How a question is put together: what only says how or where to answer, the questions asked in one, the two things that it
sets side by side.
"""

import re

from rag.question.answer_type import ASKS, AnswerType, answer_type_of
from rag.question.content import content_bigrams
from rag.text.normalization import alnum_only

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
    return bool(re.search(SUM_UP, question)) and answer_type_of(question) is AnswerType.LIST


def without_order(question: str) -> str:
    """The question without 总结一下 at its beginning, which no text that answers it says."""
    rest = re.sub(f"^{SUM_UP}", "", question)
    return rest if content_bigrams(rest) else question


def without_frame(question: str) -> str:
    """The question without what only says where to look: 根据甲公司2023年的财务报告，增长了多少 -> 甲公司2023年增长了多少. Of a
    summary the topic alone (未来展望), which the passages that tell it name; whose it is stands in every one or in none
    (docs/experiments.md#summaries). As it is where little is left."""
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
    means = [one for one in means if len(alnum_only(one)) >= 2]
    return means if len(means) > 1 else []


COMPARES = re.compile(
    r"分别|各(?:是|有(?!关)|能|自|要|补|出|多少|几)|哪[一个家篇条件座种项边类]{1,2}更(?![新换改正名])|哪[个家篇条件](?:多|少|大|小|高|低|早|晚|先|快|在前)|不同|区别|相比|对比|差多少|多多少|少多少|都(?:提|说)"
)


def is_comparison(question: str) -> bool:
    """Whether the question sets two things side by side, of which different articles may tell."""
    return bool(COMPARES.search(question))


LEAD = r"^(?P<lead>(?:[^。?？,，]{0,2}[我\d][^。?？]{1,17}|[^。?？]{5,20})[,，])?"  # 我66岁，; three names are a list: 甲，乙和丙
TWO = LEAD + r"(?P<one>[^,，。?？和与跟及、]{2,20})(?:和|与|跟|以及|、)(?P<other>[^,，。?？和与跟及、都各分]{2,24}?)"
BOTH = r"这?两[家位人个篇者件份条]"
# 甲和乙各有什么动静
EACH = re.compile(
    TWO + r"(?:都(?![^，,]*[，,](?!分别|各))|各自?|分别|两[家位人个篇者])+(?P<rest>.{2,})$"
)  # but not 甲和乙都有，……, which is asked of who has both
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
# 甲县和乙县的补贴是多少: of each, though nothing says so
TWO_PLACES = re.compile(
    LEAD
    + r"(?P<one>[\u4e00-\u9fff]{2,6}(?P<kind>[省市县区镇乡村]))(?:和|与|跟|以及|、)(?P<other>[\u4e00-\u9fff]{2,6}?(?P=kind))"
    + r"(?P<rest>(?![^?？]{0,20}(?:之间|交界|合并|联合|共同|一起|距离|相距|共建|签|往返|来往|[在到]哪|哪[个里儿]))[^省市县区镇乡村].{3,})$"
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
    elif match := TWO_PLACES.match(plain):
        rest = match["rest"]
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
