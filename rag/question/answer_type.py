"""The kind of thing that an answer must hold: a price, a date, a name, a list; and whether a text gives it.

Rules over the text alone; no model, no articles.
"""

import re
from enum import Enum, auto

from rag.question.content import YES_OR_NO
from rag.text.normalization import normalize
from rag.text.person_names import names_person


class AnswerType(Enum):
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
ASKS: tuple[tuple[AnswerType, str], ...] = (
    (AnswerType.PHONE, r"电话|热线|号码|手机号|联系方式|怎么联系"),
    (AnswerType.CLOCK, r"(?<![提讲说出了共有哪])几点|首班|末班|营业时间|开放时间"),
    (
        AnswerType.DATE,
        r"什么时候|何时|哪天|哪一天|哪年|哪一年|几月|几号|什么时间|时间是|日期|截止|多久|期限|有效期|哪个月",
    ),
    (
        AnswerType.AMOUNT,
        r"多少钱|多少[万亿]*元|几块|几元|多贵|花多少|花了多少|"
        r"(?:价格|票价|费用|租金|工资|月薪|补贴|补助|金额|额度|收费|奖金|押金|学费)(?:标准|上限)?(?:一共|每月|每年|大概|到底|最高|最低|是|为|有|要|给|发|领|交|能)*(?:多少|几)|"
        r"(?:补|发|领|交|赔|奖|收)(?:贴|助|放|取|纳|偿|励)?了?多少",
    ),
    (
        AnswerType.NUMBER,
        r"多少|(?<!星期)(?<!周)(?<!礼拜)(?<!哪)几(?!乎|点|月|号)|比例|分之|数量|面积|人数|多大|多长|多高|几成|排名|第几|占比|增长率",
    ),
    (
        AnswerType.PERSON,
        r"谁|哪[一二两三四几]?位|哪个人|什么人|(?<!分别)(?<![都各])叫(?:什么|啥)(?!名堂|项目|活动)|姓名|何人",
    ),
    (AnswerType.LIST, r"(?:(?<![成首])都|各|分别)[从在]?(?:哪里|哪儿|什么地方)"),
    (AnswerType.PLACE, r"哪里|哪儿|在哪|什么地方|地址|地点|(?<!如)何处|哪个(?:城市|县|区|省|地方|村|镇|国家)|去哪"),
    (
        AnswerType.LIST,
        r"总结|概括|归纳|列举|梳理|哪些|哪几|什么(?:措施|建议|要求|条件|材料|内容|问题|困难|项目|服务|做法|办法|活动|特点|好处|政策)|"
        r"(?:条件|材料|措施|要求|内容|手续|流程|步骤|职责|任务|原则)(?:都|主要|各)?(?:是|有|包括)些?(?:什么|啥)|(?:需要|包括|准备|提交|带|备齐)些?(?:什么|啥)$|"
        r"怎么(?!回事|会|样)|怎样|如何|分别|[都各]叫(?:什么|啥)|几个方面|哪方面|哪[一二两三四五六七八九十]|列出|有何|(?:建议|提出?|说)了?(?:什么|啥)",
    ),
    (AnswerType.REASON, r"为什么|为何|原因|凭什么|怎么会|缘由"),
)
EVIDENCE_OF: dict[AnswerType, str] = {
    AnswerType.PHONE: r"\d{3,4}-?\d{7,8}|1[3-9]\d{9}|(?<!\d)1?\d{4,5}(?!\d|年|元|万|人|个)",
    AnswerType.CLOCK: r"\d{1,2}[:：时点]\d{0,2}|[一二三四五六七八九十]+[点时]|全天|24小时|早上|晚上|上午|下午",
    AnswerType.DATE: r"\d+\s*年|\d+\s*[月日天]|[一二三四五六七八九十两]+[年月天日周]|小时|今年|去年|明年|目前|近日|日前|长期|春|夏|秋|冬|季|分钟|世纪|时期|时代",
    AnswerType.AMOUNT: r"\d|[一二三四五六七八九十百千万亿]+[元块]|免费|折|%",
    AnswerType.NUMBER: r"\d|[一二三四五六七八九十百千万亿两双半多]+[个家项所人名次倍成年天条座户种部位级只类大]|分之|一半|第[一二三四五六七八九十]",
    # Somebody by name (`names_person`), or by what they are: 申请人, 居民, 县水务局.
    AnswerType.PERSON: r"[\u4e00-\u9fff]·|[A-Z][a-z]+|[人者员户民生师长家]|局|委|部门|单位|公司|政府|机构|组织|学校|医院|中心|集体|协会",
    AnswerType.PLACE: r"[省市县区镇乡村街路号楼厅馆校院国州洲城岛湾山河湖港]|[东南西北]部?|附近|境内|位于|在",
}


def answer_type_of(question: str) -> AnswerType:
    """By the last clause that asks: what stands before it is what a follow-up leans on."""
    clauses = [clause for clause in re.split(r"[,;?!。]", normalize(question)) if clause.strip()]
    for clause in reversed(clauses):
        for kind, pattern in ASKS:
            if re.search(pattern, clause):
                return kind
    return AnswerType.ANYTHING


def holds_answer_type(expected: AnswerType, text: str) -> bool:
    """Whether the text holds anything of the kind expected. True for kinds that have no form of their own."""
    if expected is AnswerType.PERSON:
        return bool(re.search(EVIDENCE_OF[expected], text)) or names_person(text)
    pattern = EVIDENCE_OF.get(expected)
    return pattern is None or bool(re.search(pattern, normalize(text)))


def asks_items(question: str) -> bool:
    """Whether the question asks for all of several things (哪些, 什么材料), not how something is done."""
    return answer_type_of(question) is AnswerType.LIST and not re.search("怎样|如何|怎么", question)


def is_yes_or_no(question: str) -> bool:
    """Whether the question asks whether something is so, and for nothing else besides."""
    return bool(YES_OR_NO.search(question.strip())) and answer_type_of(question) is AnswerType.ANYTHING


# Kinds of which one sentence can be the whole answer: a date, a price, a count, a name, a place.
PLAIN = frozenset(
    {
        AnswerType.PHONE,
        AnswerType.DATE,
        AnswerType.CLOCK,
        AnswerType.AMOUNT,
        AnswerType.NUMBER,
        AnswerType.PERSON,
        AnswerType.PLACE,
    }
)
