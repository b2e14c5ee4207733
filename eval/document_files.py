"""Official documents as the files that offices keep: a record's title, issuer, number, date and text, printed in many ways.

The records are ../shared/evaldata/documents. A file is made of one in a layout: the facts above the text or behind it, bare or with
labels, between blank lines or none, with what a website prints around a text or without. The website's words are others in the half
that rules are developed on and in the half that is only scored.
"""

import hashlib
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.data import read_records
from eval.metrics import normalise
from rag.datatypes import Kind

SETS = ("guangzhou_policies", "state_council_and_ministry")
HALVES = ("develop", "held")
HAN = "\u3400-\u9fff〇"
NUMBER = re.compile(rf"[{HAN}]{{2,14}}[〔\[（(【﹝]\d{{4}}[〕\]）)】﹞]第?\d+号")
# A title that says itself that it is one of a document. A guide of an office is told in the number's place; what neither says is a
# document's nor begins as a report is not scored.
DOCUMENT = re.compile(r"(?:通知|公告|通告|通报|意见|决定|办法|细则|规定|方案|条例|批复|答复|复函|的函|纪要|指引|标准)(?:[（(][^（）()]*[）)])?$")  # fmt: skip
GUIDES = ("（政务指引）", "（政务问答）", "（办事指引）", "（年度通告）")
REPORT = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日[，,]|近日|日前")
# What the records' own websites print around the text.
SITE = re.compile(
    r"关注\s*·.*|(?:您?当前(?:所在)?的?位置|首页 >).*|.*【字体.*|[- ]+|.*-->|【.{2,6}】《.*》.*\d{4}-\d{2}-\d{2}|点击查看.*|.* - .*门户网站|网站大数据.*|字号|[0-9A-Z]{12,20}/\d{4}-\d{5}"
)
SIGNED = re.compile(rf"(?<=[。”）)\d])([{HAN}]{{2,40}}?(?:部|局|委|厅|院|会|室|司))(\d{{4}}年\d{{1,2}}月\d{{1,2}}日)")
BREAKS = re.compile(
    r"(?<=[。；：）)\d])(?=[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十百]{1,4}[章条]|附件\d?[:：]?|[（(]此件|抄送[:：])"
)
ADDRESSED = re.compile(r"^([^。]{2,160}?[：:])")
WEBSITE = {
    "develop": (
        ("当前位置：首页 > 政务公开 > 政策文件", "无障碍阅读　长者模式", "打印本页　分享到：微信 微博"),
        ("【字体：大 中 小】", "浏览次数：318次"),
        ("分享到：", "扫一扫在手机打开当前页", "上一篇：没有了", "关闭窗口", "主办：松溪市人民政府办公室", "网站地图 | 联系我们 | 粤ICP备05000001号"),
    ),
    "held": (
        ("您现在的位置：网站首页 >> 信息公开 >> 法规公文 >> 正文", "设为首页 | 加入收藏 | 登录 | 注册", "【我要打印】 【我要纠错】"),
        ("字号：[ 大 中 小 ]　打印　收藏", "访问量：20,418"),
        ("【打印】 【关闭】", "分享至：QQ空间 新浪微博", "下一篇：没有了", "返回顶部", "版权所有：芦川市人民政府　网站标识码：3300000025", "微信扫一扫 关注我们"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """A document as its record gives it. `number` and `date` are empty where it gives none; `stated` is what stands in the number's
    place. `kind` is None where the record does not tell it."""

    id: str
    title: str
    issuer: str
    number: str
    stated: str
    date: str
    text: str
    kind: Kind | None

    @property
    def half(self) -> str:
        """`held` is for scoring only; by the id, as the questions of eval.real_policies are halved."""
        return HALVES[hashlib.sha256(f"score only\0{self.id}".encode()).digest()[0] % 2 == 0]


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file, and what is to be read off it. `number` and `date` are empty where the file does not say them; `furniture`: lines that
    belong to no text; `body`: the sentences that must be kept."""

    record: Record
    layout: str
    text: str
    number: str
    date: str
    furniture: tuple[str, ...]
    body: tuple[str, ...]


def read_document_records(root: Path) -> dict[str, list[Record]]:
    """The records by data set; a data set that is absent is left out."""
    paths = {name: root / "documents" / f"{name}.jsonl" for name in SETS}
    return {name: read_records(path, lambda r, n, name=name: _record(r, f"{name}/{n - 1}")) for name, path in paths.items() if path.is_file()}  # type: ignore[misc]  # fmt: skip


def _record(values: Mapping[str, Any], id: str) -> Record:
    title, stated = str(values["title"]), str(values.get("doc_no") or "")
    junk = max((n for n in range(len(stated)) if title.endswith(stated[:n])), default=0)  # 议制度的批复国函〔2013〕19号
    stated = stated[junk:]
    number = stated if NUMBER.fullmatch(stated) else ""
    document = number or DOCUMENT.search(title) or stated in GUIDES
    kind = Kind.POLICY if document else Kind.NEWS if REPORT.match(str(values["text"])) else None
    return Record(
        id, title, str(values["issuer"]), number, stated, str(values.get("date") or ""), str(values["text"]), kind
    )


def make_files(record: Record) -> Iterator[MadeFile]:
    """The record in every layout of its set: a text with line ends as it is, one on a single line as it is or typed, by chance."""
    for layout in LAYOUTS:
        yield make_file(record, layout)


def make_file(record: Record, layout: str) -> MadeFile:
    dice = random.Random(f"{record.id} {layout}")
    text = record.text
    if "\n" not in text and dice.random() < 0.5:
        text = typed(text, record.title)
    if layout == "closing":
        text = without_closing(text)
    top, under, bottom = WEBSITE[record.half]
    page = LAYOUTS[layout](_Facts(record, _day(record.date, dice), top, under, bottom), text)
    printed = tuple(line for lines in (top, under, bottom) for line in lines if line in page)
    site = tuple(line.strip() for line in record.text.split("\n") if SITE.fullmatch(line.strip()))
    number = record.number if normalise(record.number) in normalise(_head(page, record)) else ""
    told = record.date if layout not in ("bare", "numbered") else ""
    return MadeFile(record, layout, page, number, told, printed + site, tuple(_sentences(text)))


def _head(page: str, record: Record) -> str:
    """The lines that are no running text, where a number is the document's own; on a single line what stands behind its title."""
    lines = page.split("\n")
    behind = (line[line.find(record.title) + len(record.title) :][:40] for line in lines if record.title in line)
    return "\n".join([line for line in lines if len(line) <= 60 and "。" not in line] + list(behind))


def _sentences(text: str) -> Iterator[str]:
    lines = [line.strip() for line in text.split("\n")]
    signed = {i for i, line in enumerate(lines) if re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日(?:印发)?", line)}
    for i, line in enumerate(lines):
        if not SITE.fullmatch(line) and not {i, i + 1, i + 2} & signed:
            yield from filter(None, re.split(r"[。；]", line.removesuffix("字号")))


def typed(text: str, title: str) -> str:
    """A text of one line with the line ends that its writer made: title, addressee, items, annexes, signature."""
    text = text.removesuffix("字号")
    head = ""
    if text.startswith(title):
        head, text = title + "\n", text[len(title) :]
    text = SIGNED.sub(r"\n\1\n\2\n", ADDRESSED.sub(r"\1\n", text, count=1))
    return head + re.sub(r"\n{2,}", "\n", BREAKS.sub("\n", text)).strip()


def without_closing(text: str) -> str:
    """The text up to where it is signed: another signature comes below it."""
    found = SIGNED.search(text) or re.search(r"(?:\n[^\n。]{2,60}){1,4}\n\d{4}年\d{1,2}月\d{1,2}日", text)
    return text[: found.start()].rstrip() if found and found.start() > len(text) // 2 else text


def _day(date: str, dice: random.Random) -> str:
    year, month, day = date.split("-") if date else ("", "", "")
    return dice.choice((date, f"{year}年{int(month)}月{int(day)}日")) if date else ""


# ---------------------------------------------------------------- layouts


@dataclass(frozen=True, slots=True)
class _Facts:
    record: Record
    day: str
    top: tuple[str, ...]
    under: tuple[str, ...]
    bottom: tuple[str, ...]


def _joined(*parts: str, gap: str = "\n") -> str:
    return gap.join(filter(None, parts))


def _lines_above(facts: _Facts, text: str) -> str:
    record = facts.record
    return _joined(record.title, record.issuer, record.stated, facts.day, text)


def _blank_lines(facts: _Facts, text: str) -> str:
    record = facts.record
    body = _joined(*(f"　　{line}" for line in text.split("\n")), gap="\n\n")
    return _joined(record.title, record.issuer, record.number, facts.day, body, gap="\n\n")


def _website(facts: _Facts, text: str) -> str:
    record = facts.record
    credit = _joined(f"发布日期：{facts.day}" if facts.day else "", f"来源：{record.issuer}", gap="　")
    number = f"发文字号：{record.number}" if record.number else ""
    return _joined(*facts.top, record.title, credit, number, *facts.under, text, *facts.bottom)


def _catalogue(facts: _Facts, text: str) -> str:
    record = facts.record
    labelled = (
        ("索引号", "000014349/2026-00031"), ("发文机关", record.issuer), ("标题", record.title), ("发文字号", record.number),
        ("发布日期", facts.day), ("主题分类", "城乡建设、环境保护"),
    )  # fmt: skip
    rows = (f"{label}：{value}" for label, value in labelled if value)
    return _joined(facts.top[0], *rows, record.title, facts.under[0], text, facts.bottom[0])


def _closing(facts: _Facts, text: str) -> str:
    record = facts.record
    return _joined(record.title, record.number, text, record.issuer, facts.day)


def _bare(facts: _Facts, text: str) -> str:
    return _joined(facts.record.title, text, gap="\n\n")


def _numbered(facts: _Facts, text: str) -> str:
    """The red head: the office's own name, the number, the title."""
    record = facts.record
    head = f"{record.issuer}文件" if record.number else ""
    return _joined(head, record.number, record.title, text, *facts.bottom[:1])


LAYOUTS: dict[str, Callable[[_Facts, str], str]] = {
    "lines_above": _lines_above, "blank_lines": _blank_lines, "website": _website, "catalogue": _catalogue,
    "closing": _closing, "bare": _bare, "numbered": _numbered,
}  # fmt: skip
