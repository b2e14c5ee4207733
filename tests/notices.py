"""Invented notices, whose headings begin as surnames do, and invented pages of speeches: whether a page is read as what it is.

    python -m tests.notices [--seed 7] [--each 30] [--half unseen]

The words of the half `develop` and of the half `unseen` are different ones: the rules were made on the first.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.datatypes import Article
from rag.errors import UserError
from rag.reading.files import read_articles

HALVES = ("develop", "unseen")
COUNTIES = (("云屏", "松溪", "芦川", "枫桥", "青湾"), ("澄河", "雁门", "石梁", "桐浦", "白芷"))
MATTERS = (
    ("独居老人探访", "旧衣回收", "自行车停放", "农机租用", "校服补助", "灶具更换"),
    ("护河员聘用", "早餐车入场", "果树保险", "图书漂流", "水表更换", "临时遮雨棚搭设"),
)
# Headings by their length in signs; nearly all begin with a surname.
HEADINGS: tuple[dict[int, tuple[str, ...]], ...] = (
    {
        2: ("范围", "程序", "费用", "申请", "管理", "时限", "方式", "单位", "时间", "金额", "项目", "应急", "高度", "范畴", "和平", "宁静", "标准", "条件", "材料"),
        3: ("申请人", "管理费", "应急车", "高龄者", "党支部", "车船税", "受理点", "水电费"),
        4: ("申请条件", "补贴标准", "时间安排", "管理办法", "应急措施", "费用承担", "受理单位", "申报材料"),
    },
    {
        2: ("安排", "计划", "文件", "余额", "经费", "水费", "路线", "温度", "党员", "强化", "从业", "全面", "严禁", "花费", "高龄", "常见", "常规", "成果", "平台", "车辆", "安全", "黎明", "陈述", "祝福", "对象", "地点"),
        3: ("田长制", "程序图", "路线图", "空巢户", "双职工", "应付款", "经办人", "养护费", "高中生", "申领表", "联系人"),
        4: ("经费来源", "车辆停放", "安全须知", "申领程序", "从业要求", "实施方案", "服务指南", "收费规定", "办理流程", "党员带头"),
    },
)  # fmt: skip
SENTENCES = (
    ("本县户籍的常住居民均可办理", "每户每年{n}元", "由居住地的社区服务站受理", "自{m}月{d}日起施行", "申请人持身份证到窗口登记，工作人员当场核对",
     "建议居民提前{d}天预约", "市人大代表和居民代表到场监督", "逾期未办的，视为放弃"),
    ("凡在本县居住满{m}年的家庭可以报名", "每件收取{n}元，由经办人开具收据", "县城管局负责日常检查", "每周一至周五上午办理",
     "请提前备好证件，窗口不再代为复印", "办结后{d}个工作日内通知本人", "对有困难的家庭上门服务", "代表建议和群众意见一并公布"),
)  # fmt: skip
SURNAMES = ("王李张沈顾陆高程任安金方", "赵周吴秦滕柳邬乔佟乜仇鄢温常费范")
GIVEN = (("若溪", "岚", "清和", "培元", "向晚", "一苇", "思源", "鸣", "静", "小满"), ("雁南", "若谷", "春和", "启明", "文韬", "晓棠", "方", "映雪", "砚", "知秋"))  # fmt: skip
RARE = (("欧阳明远", "司马青", "阿依古丽·买买提"), ("上官云", "诸葛知行", "巴特尔·那顺", "夏侯砚", "令狐晓棠"))
ROLES = (
    ("市政协委员", "市人大代表", "市政协常委、市商务局副局长"),
    ("县政协委员、县医院院长", "县人大代表", "县政协委员"),
)
TOPICS = (
    ("让小店开得更久", "给老桥做一次体检", "校门口要有等候区", "把厨余垃圾用起来", "社区食堂要办得长"),
    ("给渡口装上路灯", "别让老手艺断了线", "乡村小学要有音乐课", "夜班公交再晚一点", "让盲道真正走得通"),
)
SPEECHES = (
    ("目前全市有这样的地方{n}处，群众意见不少。", "建议：一要摸清底数，建立台账。二要每年检查{m}次，结果向社会公布。"),
    ("近年来这件事进展不快，去年只办成{m}件。", "为此建议由县里拨出{n}万元，用{m}年时间分批解决，先易后难。"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what it is: `speakers` in order; a notice has none and is one article, whose text holds all of `lines`."""

    layout: str
    text: str
    speakers: tuple[str, ...]
    lines: tuple[str, ...]


class _Words:
    """One half's words, and the dice."""

    def __init__(self, rng: random.Random, half: str) -> None:
        self.rng, self.half = rng, HALVES.index(half)

    def sentence(self) -> str:
        return self._filled(self.rng.choice(SENTENCES[self.half]))

    def speech(self) -> list[str]:
        return [self._filled(line) for line in SPEECHES[self.half]]

    def _filled(self, line: str) -> str:
        dice = self.rng
        return line.format(n=dice.randint(2, 90) * 10, m=dice.randint(2, 9), d=dice.randint(2, 28))

    def headings(self) -> list[str]:
        words = HEADINGS[self.half]
        lengths = self.rng.choice(((2,), (2, 3), (2, 3, 4), (4,), (3,)))
        pool = [word for length in lengths for word in words[length]]
        return self.rng.sample(pool, min(len(pool), self.rng.randint(3, 7)))

    def title(self) -> str:
        kind = self.rng.choice(("通知", "公告", "通告", "公示"))
        return f"关于{self.rng.choice(MATTERS[self.half])}有关事项的{kind}"

    def office(self) -> str:
        return f"{self.rng.choice(COUNTIES[self.half])}县{self.rng.choice(('民政局', '城市管理局', '水务局'))}"

    def names(self, count: int) -> list[str]:
        made = [s + g for s in SURNAMES[self.half] for g in GIVEN[self.half]]
        names = self.rng.sample(made, count)
        if self.rng.random() < 0.5:
            names[self.rng.randrange(count)] = self.rng.choice(RARE[self.half])
        return names


# ---------------------------------------------------------------- ten layouts of a notice


def _sections(words: _Words, stop: str = "。") -> list[tuple[str, list[str]]]:
    return [(h, [words.sentence() + stop for _ in range(words.rng.randint(1, 2))]) for h in words.headings()]


def _joined(sections: list[tuple[str, list[str]]], before: str = "\n", after: str = "\n", indent: str = "") -> str:
    return "".join(
        f"{before}{head}{after}" + "".join(f"{indent}{line}\n" for line in lines) for head, lines in sections
    )


def headings_alone(words: _Words) -> str:
    return f"{words.title()}\n" + _joined(_sections(words), before="")


def numbered(words: _Words) -> str:
    marks = words.rng.choice(
        (["一", "二", "三", "四", "五", "六", "七", ""], ["1. ", "2. ", "3. ", "4. ", "5. ", "6. ", "7. "])
    )
    sections = [
        ((mark + "、" if len(mark) == 1 else mark) + head, lines)
        for mark, (head, lines) in zip(marks, _sections(words), strict=False)
    ]
    return f"{words.title()}\n" + _joined(sections)


def with_colons(words: _Words) -> str:
    return f"{words.title()}\n\n" + _joined([(f"{h}：", lines) for h, lines in _sections(words)], before="")


def blank_lines(words: _Words) -> str:
    gap = "\n" * words.rng.randint(1, 3)
    return f"{words.title()}\n\n" + _joined(_sections(words), before=gap, after="\n\n")


def without_full_stops(words: _Words) -> str:
    gap = words.rng.choice(("", "\n"))
    return f"{words.title()}\n{gap}" + _joined(_sections(words, stop=""), before=gap)


def after_wide_blanks(words: _Words) -> str:
    sections = [
        ("　　" + words.rng.choice((h, "　".join(h) if len(h) == 2 else h)), lines) for h, lines in _sections(words)
    ]
    return f"　　{words.title()}\n\n" + _joined(sections, before="", indent="　　")


def in_columns(words: _Words) -> str:
    """Wrapped at a fixed width, as a column of print is."""
    text = f"{words.title()}\n"
    for head, lines in _sections(words):
        whole = "".join(lines) + "".join(words.sentence() + "。" for _ in range(4))
        text += f"\n{head}\n" + "".join(f"{whole[i : i + 20]}\n" for i in range(0, len(whole), 20))
    return text


def questions(words: _Words) -> str:
    ask = words.rng.choice(("{}是什么？", "问：{}怎么定？", "{}"))
    tell = words.rng.choice(("答：{}", "{}"))
    sections = [(ask.format(h), [tell.format("".join(lines))]) for h, lines in _sections(words)]
    return f"{words.rng.choice(MATTERS[words.half])}政策问答\n\n" + _joined(sections)


def table_like(words: _Words) -> str:
    gap = words.rng.choice(("　", "  ", "\t", "："))
    rows = [f"{head}{gap}{''.join(lines)}\n" for head, lines in _sections(words, stop="")]
    people = [f"{name}{gap}{words.office()}局长\n" for name in words.names(2)] if words.rng.random() < 0.5 else []
    return f"{words.title()}\n\n" + "".join(rows + people)


def signed(words: _Words) -> str:
    day = f"2026年{words.rng.randint(1, 12)}月{words.rng.randint(1, 28)}日"
    opening = f"各乡镇人民政府：\n\n现将有关事项通知如下。{words.sentence()}。\n"
    return f"{words.title()}\n\n{opening}" + _joined(_sections(words)) + f"\n{words.office()}\n\n{day}\n"


NOTICES: tuple[Callable[[_Words], str], ...] = (
    headings_alone, numbered, with_colons, blank_lines, without_full_stops, after_wide_blanks, in_columns, questions, table_like, signed,
)  # fmt: skip

# ---------------------------------------------------------------- pages of speeches


def _speeches(
    words: _Words, line: Callable[[str, str], str], body: Callable[[str, str, list[str]], list[str]]
) -> tuple[str, list[str]]:
    count = words.rng.randint(2, 5)
    names = words.names(count)
    roles = [words.rng.choice(ROLES[words.half]) for _ in names]
    topics = words.rng.sample(TOPICS[words.half], count)
    text = ""
    for name, role, topic in zip(names, roles, topics, strict=True):
        paragraphs = body(name, role, words.speech())
        text += f"\n{topic}\n{line(name, role)}\n" + "".join(f"　　{p}\n" for p in paragraphs)
    return text, names


def _named_in_text(name: str, role: str, speech: list[str]) -> list[str]:
    first, second = speech
    return [f"{first}{role}{name}{second}"]


def _plain(name: str, role: str, speech: list[str]) -> list[str]:
    return speech


COLLECTION = "同心聚力谋发展\n——市政协全会大会发言摘登\n"
SPEECH_PAGES: dict[str, Callable[[_Words], tuple[str, list[str]]]] = {
    "name alone, its role in the text": lambda w: _headed("", _speeches(w, lambda n, r: n, _named_in_text)),
    "name alone below a collection's headline": lambda w: _headed(COLLECTION, _speeches(w, lambda n, r: n, _plain)),
    "names alone, several of the same make": lambda w: _headed("", _speeches(w, lambda n, r: n, _plain)),
    "name with its role in brackets": lambda w: _headed(COLLECTION, _speeches(w, lambda n, r: f"{n}（{r}）", _plain)),
    "role before the name": lambda w: _headed("", _speeches(w, lambda n, r: f"{r} {n}：", _plain)),
    "role below the name": lambda w: _headed("", _speeches(w, lambda n, r: f"{n}\n{r}", _plain)),
    "name set with a blank": lambda w: _headed(COLLECTION, _speeches(w, lambda n, r: "　".join(n) if len(n) == 2 else n, _plain)),
    "note of the author": lambda w: _headed("", _speeches(w, lambda n, r: n, lambda n, r, s: [*s, f"（作者系{r}）"])),
}  # fmt: skip


def _headed(head: str, page: tuple[str, list[str]]) -> tuple[str, list[str]]:
    return head + page[0], page[1]


# ---------------------------------------------------------------- making and scoring


def notices(seed: int, each: int, half: str) -> Iterator[Page]:
    """`each` notices of every layout."""
    for make in NOTICES:
        for number in range(each):
            text = make(_Words(random.Random(f"{seed} {make.__name__} {number}"), half))
            yield Page(make.__name__, text, (), _body_lines(text))


def _body_lines(text: str) -> tuple[str, ...]:
    """The lines below the title, the signature and its date left out."""
    lines = [line.strip() for line in text.split("\n") if line.strip()][1:]
    signed = re.fullmatch(r"\d{4}年\d+月\d+日", lines[-1])
    return tuple(lines[:-2] if signed else lines)


def speech_pages(seed: int, each: int, half: str) -> Iterator[Page]:
    for layout, make in SPEECH_PAGES.items():
        for number in range(each):
            text, names = make(_Words(random.Random(f"{seed} {layout} {number}"), half))
            yield Page(layout, text, tuple(names), ())


@dataclass(frozen=True, slots=True)
class Score:
    """Faults by layout: notices in more than one piece or in none, speakers of a page that are none, speakers not found,
    lines of a notice that no article holds."""

    torn: Counter[str]
    invented: Counter[str]
    lost: Counter[str]
    dropped: Counter[str]


def read(text: str) -> list[Article]:
    try:
        return read_articles(text, "page.txt")
    except UserError:
        return []


def score(pages: Iterator[Page], show: Callable[[str], object] = lambda _: None) -> Score:
    found = Score(Counter(), Counter(), Counter(), Counter())
    for page in pages:
        articles = read(page.text)
        speakers = [article.speaker for article in articles if article.speaker]
        told = "".join(
            c
            for a in articles
            for c in f"{a.kicker} {a.title} {a.subtitle} {a.issuer} {a.number} {a.text}"
            if not c.isspace()
        )
        torn = not page.speakers and len(articles) != 1
        invented = [name for name in speakers if name not in page.speakers]
        lost = [name for name in page.speakers if name not in speakers]
        dropped = [line for line in page.lines if "".join(line.split()) not in told]
        for counter, faults in zip(counters(found), (torn, len(invented), len(lost), len(dropped)), strict=True):
            counter[page.layout] += faults
        if torn or invented or lost or dropped:
            faults = f"{len(articles)} articles, invented {invented}, lost {lost}, dropped {dropped}"
            show(f"--- {page.layout}: {faults}\n{page.text}")
    return found


def counters(found: Score) -> tuple[Counter[str], ...]:
    return found.torn, found.invented, found.lost, found.dropped


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=30, help="pages of each layout")
    parser.add_argument("--half", choices=HALVES, default=HALVES[1])
    parser.add_argument("--show", type=int, default=0, help="show so many pages that are read wrongly")
    args = parser.parse_args()
    shown: list[str] = []
    for name, pages in (("notices", notices), ("speeches", speech_pages)):
        found = score(pages(args.seed, args.each, args.half), shown.append)
        for layout in [*found.torn, "all"]:
            counts = [counter.total() if layout == "all" else counter[layout] for counter in counters(found)]
            print(
                f"{name:9}{layout:42}torn {counts[0]:3}  invented {counts[1]:3}  lost {counts[2]:3}  dropped {counts[3]:3}"
            )
    random.Random(0).shuffle(shown)
    print("\n".join(shown[: args.show]))


if __name__ == "__main__":
    main()
