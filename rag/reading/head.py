"""The facts above a document's text: its title, who gave it out, its number, its day, on lines of their own or behind labels.

What a line above the text says by itself; which of those that could be the title is it, their neighbours tell (`rag.reading.document`).
"""

import re
from collections.abc import Iterator
from enum import Enum, auto

from rag.reading.draft_article import DOCUMENT_TITLE_MIN, ITEM, is_document_title
from rag.reading.lines import CLOCK, DAY, DOCUMENT_NUMBER, FURNITURE, IMPRINT, Block
from rag.reading.website import is_site_line
from rag.text.normalization import HAN, ends_sentence

TITLE_MAX, SPOKEN_TITLE_MAX = 120, 60  # signs; a title that asks or calls is shorter
ISSUERS_MAX = 120


class HeadRole(Enum):
    """What a line above the text is by itself."""

    LABELS = auto()  # 发文机关：松溪市交通局　成文日期：2026年3月2日
    SITE = auto()  # the website's own
    NUMBER = auto()  # 松交发〔2026〕3号
    DATE = auto()
    CODE = auto()  # 11440100MB2C90856P/2023-00331: the number of a catalogue
    NOTE = auto()  # （2025年12月8日市政府常务会议通过）
    ISSUER = auto()  # one office or several
    TITLE = auto()  # whatever could be a title
    TEXT = auto()  # an item, a sentence, who is addressed: the text has begun


# 中华人民共和国国务院令 第506号: an order's number
ORDER = re.compile(
    rf"[{HAN}]{{2,40}}令\s{{0,2}}第?\s{{0,2}}[\d一二三四五六七八九十百]{{1,5}}\s{{0,2}}号|第\d{{1,4}}号令?"
)
CODE = re.compile(r"(?=[^\d]{0,12}\d)[A-Z0-9]{6,24}(?:[-/—][A-Z0-9-]{1,16}){0,2}", re.ASCII)
FULL_DATE = re.compile(rf"{DAY}{CLOCK}(?:\s?(?:印发|发布|公布|通过))?")
BRACKETED = re.compile(r"[（(][^（()）]*(?:[（(][^（()）]*[)）][^（()）]*)*[)）]")
OFFICE_END = r"(?:局|厅|部|委|署|院|会|办|室|处|府|所|站|社|中心|法院|检察院|公司|银行|门户|门户网站|公众号|联合会|指挥部|领导小组|学院|大学|中学|小学|医院)"
OFFICE = rf"[{HAN}]{{2,28}}?{OFFICE_END}(?:[（(][{HAN}、]{{2,30}}[)）])?"
OFFICES = re.compile(rf"{OFFICE}(?:(?>[\s、，,]{{1,4}}){OFFICE}){{0,19}}")
RED_HEAD = re.compile(
    rf"([{HAN}、（）()\s]{{1,100}}{OFFICE_END})\s?文件"
)  # the name of an office in red over its documents
LABELS = {
    "title": "标题|文件名称|公文标题|信息名称|文件标题",
    "issuer": "发文机关|发文单位|发文部门|发布机构|发布机关|发布单位|制发机关|制定机关|颁布单位|发布部门",
    "number": "发文字号|发文文号|公文文号|文件编号|文件号|发文号|文号|字号",
    "published": "成文日期|发文日期|印发日期|发布日期|发布时间|公布日期|生成日期|发文时间",
    "": "索引号|索引|主题分类|主题词|公文种类|体裁分类|体裁|信息分类|信息公开类别|公开类别|有效性|效力状态|时效性|生效日期|实施日期|施行日期|失效日期|废止日期|"
    "统一编号|文件状态|信息来源|来源|稿源|作者|撰稿|供稿|责任编辑|浏览次数|浏览量|阅读次数|访问量|点击数|更新时间|公开方式|公开范围|关键词|所属机构|字体",
}  # fmt: skip
LABEL = re.compile("|".join(f"({names})" for names in LABELS.values()))
LABELLED = re.compile(
    rf"(?:^|(?<=[\s　|；;]))[\[【（(]?(?P<label>{'|'.join(LABELS.values())})\s?[\]】]?\s?[:：]\s{{0,8}}"
)
# What begins a text: an item, a rule, a step, a question of an interview.
BEGINS_TEXT = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]|第[一二三四五六七八九十百\d]{1,5}[条章节编步款]|\d{1,2}[.．、\s](?!\d)|[①-⑳]|步骤|[问答QA][:：]|附[件：:])\s?\S?"
)
CELLS = re.compile(r"\S(?:\t|\s{2,}|　)\S")


# What a document's title ends with beyond what a newspaper's headline would (draft_article.POLICY_TITLE).
DOCUMENT_NAME = re.compile(
    r"(?:答复|复函|的函|纪要|指引|标准|清单|目录|名单|规则|章程|准则|规范|制度|计划|要点|问答|解答|流程|决定书)(?:[（(][^（）()]{0,30}[)）]){0,2}$"
)


def names_document(line: str) -> bool:
    """Whether the line is the title of an official document: 关于调整票价的通知, 关于票价问题的复函（节选）."""
    words = "".join(line.split())
    return is_document_title(words) or (len(words) >= DOCUMENT_TITLE_MIN and DOCUMENT_NAME.search(words) is not None)


def read_labels(line: str) -> list[tuple[str, str]]:
    """What stands behind the labels of a line as (fact, words); the fact is empty for what is no fact of an article. Nothing where the
    line does not begin with a label."""
    found = list(LABELLED.finditer(line))
    if not found or found[0].start() > 0:
        return []
    ends = [match.start() for match in found[1:]] + [len(line)]
    return [(_fact(m["label"]), line[m.end() : end].strip(" 　|；;】）)")) for m, end in zip(found, ends, strict=True)]


def _fact(label: str) -> str:
    return next(fact for fact, names in LABELS.items() if label in names.split("|"))


def head_role(block: Block) -> HeadRole:
    text = block.text
    for role, holds in _by_form(text):
        if holds:
            return role
    if is_text(text):
        return HeadRole.TEXT
    return HeadRole.TITLE


def _by_form(text: str) -> Iterator[tuple[HeadRole, object]]:
    labels = read_labels(text)
    yield HeadRole.LABELS, any(fact for fact, _ in labels)
    yield (
        HeadRole.SITE,
        is_site_line(text)
        or (len(text) <= TITLE_MAX and FURNITURE.search(text) and not (ends_sentence(text) or names_document(text))),
    )
    yield HeadRole.LABELS, labels or (IMPRINT.fullmatch(text) and not FULL_DATE.fullmatch(text))
    yield HeadRole.NUMBER, DOCUMENT_NUMBER.fullmatch(text) or ORDER.fullmatch(text)
    yield HeadRole.DATE, FULL_DATE.fullmatch(text)
    yield HeadRole.CODE, CODE.fullmatch(text)
    yield HeadRole.NOTE, len(text) <= TITLE_MAX and BRACKETED.fullmatch(text)
    yield HeadRole.ISSUER, is_offices(text) or (RED_HEAD.fullmatch(text) and not names_document(text))


def is_offices(text: str) -> bool:
    """Whether the line names offices and nothing else."""
    return len(text) <= ISSUERS_MAX and OFFICES.fullmatch(text) is not None


def is_text(text: str) -> bool:
    """Whether the line can only be text: an item, a sentence, a row of a table, who is addressed."""
    if (
        BEGINS_TEXT.match(text)
        or ITEM.match(text)
        or "。" in text
        or len(text) > TITLE_MAX
        or text.endswith(("；", ";", "，", ",", "：", ":"))
    ):
        return True
    if names_document(text):
        return False
    return CELLS.search(text) is not None or (ends_sentence(text) and len(text) > SPOKEN_TITLE_MAX)
