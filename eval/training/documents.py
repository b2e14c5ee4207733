"""Questions made by rule from official documents, which carry no copyright: figures, dates, bodies, conditions, lists.

Each rule finds a clause of a known build and asks for one part of it, in several everyday forms; the answer is that part
word for word. The 37 city policies and a part of the State Council's documents are kept for measuring and never read here.
"""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.data import read_records
from eval.training.examples import Asking, Example
from rag.answering.prompts import NumberedText

HAN = "\u4e00-\u9fff"
NUMBER = r"(?:\d[\d,.]*|[一二三四五六七八九十百千]+)"
UNIT = (
    r"(?:万亿元|亿元|万元|美元|元|%|％|个百分点|亿斤|万吨|亿吨|吨|公斤|万人次|万人|亿人|人次|名|人|万户|户|亿亩|万亩|亩|万公里|公里|平方公里|"
    r"平方米|立方米|万套|套|倍|亿千瓦|万千瓦|千瓦|周岁|岁|个工作日|个月|学时|小时|分钟|周|天|年|家|所|项|个|份|次|米|辆|台|艘|级|篇|页)"
)
MORE = r"(?:以上|以下|以内|左右|之内|以外)?"
QUANTITY = re.compile(rf"约?(?P<number>百分之[一二三四五六七八九十点〇零]+|\d[\d,.]*)(?P<unit>{UNIT}?){MORE}")
DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月|\d{4}年(?:底|末|初)?")
CLAUSE = re.compile(r"[^，。；：！？]+")
INCLUDES = re.compile(
    rf"(?:^|[，。；：])(?P<before>[{HAN}“”]{{3,30}}?)(?P<verb>主要包括|包括|主要有|分为|由)(?P<items>[{HAN}（）“”]{{2,20}}(?:、[{HAN}（）“”]{{2,20}}){{2,9}}(?:(?:和|及|以及)[{HAN}（）“”]{{2,20}})?)(?:组成|等)?(?=[，。；])"
)
GOAL = re.compile(r"(?:^|[，。；：])为了?(?P<goal>[^，。；]{8,60})，(?=根据|经|特|现|制定|国务院|我部|决定|我局)")
FORCE = re.compile(r"自(?P<date>\d{4}年\d{1,2}月\d{1,2}日|发布之日|公布之日|印发之日)起(?P<verb>施行|实施|执行|生效)")
BODY = re.compile(
    rf"由(?P<body>[{HAN}、]{{2,18}}?(?:部门|机关|机构|人民政府|委员会|国务院|部|局|厅|委|院|银行|办公室))"
    rf"(?P<act>(?:负责|组织|批准|制定|统一|核定|审批|决定|牵头|审核|规定|另行)[{HAN}、]{{2,26}})(?=[，。；])"
)
LIMIT = re.compile(
    rf"(?:^|[，。；：])(?P<before>[{HAN}、（）]{{4,30}}?)应当?(?:自|在|于)(?P<limit>[^，。；]{{0,20}}?{NUMBER}(?:个工作日|个月|日|天|小时|年)内)"
    rf"，?(?P<act>[{HAN}、]{{3,24}})(?=[，。；])"
)
TO_WHOM = re.compile(
    rf"(?:^|[，。；：])(?P<before>[{HAN}、（）]{{2,24}}?)(?:应当|可以|须|要)?向(?P<to>[{HAN}]{{2,18}}?(?:部门|机关|机构|人民政府|委员会|部|局|厅|院|法院))"
    rf"(?P<act>(?:申请|备案|报告|提出|申报|提交|缴纳|办理|登记|报送)[{HAN}]{{0,16}})(?=[，。；])"
)
PENALTY = re.compile(
    r"(?:^|[，。；：\s])(?P<case>[^，。；：]{5,40})的，(?P<result>(?:应当?|可以?|不得|必须|要|由|予以|不予|责令|处|给予|依法|按照?|取消|撤销|吊销|没收|暂停)[^。；]{4,90})(?=[。；])"
)
DEFINED = re.compile(rf"(?:本[{HAN}]{{2,4}})?所称的?(?P<word>[{HAN}“”]{{2,14}}?)，?是?指(?P<meaning>[^。]{{8,110}})。")
MAY = re.compile(
    rf"(?:^|[，。；：])(?P<who>[{HAN}、]{{2,16}}?)(?P<modal>不得|可以|严禁)(?P<act>[{HAN}、]{{4,24}})(?=[，。；])"
)
BASIS = re.compile(
    r"(?:根据|依据|按照)(?P<basis>《[^》]{4,40}》(?:[和、及]《[^》]{4,40}》)*)[^。；]{0,30}，(?:特?制定|经)"
)
LISTED = re.compile(
    r"(?P<lead>[^。；：]{2,60}?)(?:下列|以下|如下)(?P<noun>[^：，。]{0,10})(?:，(?P<rest>[^：。]{2,20}))?：\s*(?:[（(]?[一1][）)]?[、.．]?)"
)
ITEM = re.compile(r"^[（(]?(?P<number>[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．]\s*")
NUMERALS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五", "十六"]
LONGEST_LIST = 320
MOST_ALIKE = 4
STARTS = re.compile(
    r"^(?:第[一二三四五六七八九十百]+条|[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+[、.]|其中|同时|并|且|以及|和|或者?)\s*"
)
VAGUE = re.compile(
    "其|该|上述|前款|此|这|他们|我们|它|本条|比上年|比去年|必要时|每|今年|去年|总|也|都|已|将|正在|证明|必须|应当|需要|就|又|还|到|自|我部|从|"
    "至少|不|有|是|一个|第|平均|才|仍|均|各|并|对|在|以|经|如|但|而|或|与|及|为|因|由|一九|二〇|二十"
)
ACTOR = re.compile(
    r"(?:单位|个人|部门|机构|企业|公司|人员|申请人|机关|政府|委员会|局|厅|者|人|学校|医院|学生|职工|居民|农民)$"
)


@dataclass(frozen=True, slots=True)
class Found:
    questions: tuple[str, ...]
    answer: str
    kind: str


def _clean(text: str) -> str:
    return STARTS.sub("", text.strip("、 "))


def _vague(text: str) -> bool:
    return len(text) < 4 or bool(VAGUE.match(text))


JUNK = re.compile(
    r"抄送|印发|此件|附件|字号|至\d|〔|\d年(?:版|本|度)|电话|传真|邮箱|联系人|^[^（]*）|（[^）]*$|第\d|《|》|等\d+个|^\d|以来|同志|^特别是|限于|[一二三四五六七八九〇○]年"
)


def in_place(sentence: str) -> Iterator[Found]:
    """A clause that holds one quantity or one date, asked as Chinese asks: with the question word where the value stands."""
    before = ""
    for m in CLAUSE.finditer(sentence):
        clause = _clean(m[0])
        dates = DATE.findall(clause)
        values = [
            v for v in QUANTITY.finditer(DATE.sub(lambda d: "＊" * len(d[0]), clause)) if v["unit"] or v[0][0] == "百"
        ]
        context = clause if len(clause) >= 14 or not before else f"{before}，{clause}"
        if (
            len(dates) + len(values) == 1
            and 10 <= len(context) <= 56
            and not _vague(context)
            and not JUNK.search(context)
        ):
            if dates:
                asked = tuple(
                    context.replace(dates[0], word) for word in ("什么时候", "哪一天" if "日" in dates[0] else "哪年")
                )
                yield Found(tuple(f"{q}？" for q in asked), dates[0], "date")
            else:
                value = clause[values[0].start() : values[0].end()]
                word = f"多少{values[0]['unit']}".replace("%", "").replace("％", "")
                asked = (
                    context.replace(value, word),
                    context.replace(value, word.replace("多少", "几" if len(word) > 2 else "多少")),
                )
                yield Found((f"{asked[0]}？", asked[0], f"{asked[1]}？"), value, "figure")
            before = ""
        else:
            before = clause if not dates and not values and 4 <= len(clause) <= 30 else ""


def inclusions(sentence: str) -> Iterator[Found]:
    for m in INCLUDES.finditer(sentence):
        before = _clean(m["before"])
        if not _vague(before):
            asked = (
                f"{before}{'包括' if m['verb'] == '由' else m['verb']}哪些？",
                f"{before}都有啥",
                f"{before}有哪些？",
            )
            yield Found(asked, m["items"], "inclusion")


def goals(sentence: str) -> Iterator[Found]:
    for m in GOAL.finditer(sentence):
        yield Found(
            ("目的是什么？", "为什么要出这个文件", "这么做是为了什么？", "出台是为了啥"), f"为{m['goal']}", "goal"
        )


def in_force(sentence: str) -> Iterator[Found]:
    for m in FORCE.finditer(sentence):
        date = m["date"] if m["date"][0].isdigit() else f"自{m['date']}起"
        asked = (
            f"什么时候开始{m['verb']}？", "这个规定几时生效", "从哪天起算数？", f"啥时候{m['verb']}的", "哪一天开始执行？"
        )  # fmt: skip
        yield Found(asked, date, "date")


def bodies(sentence: str) -> Iterator[Found]:
    for m in BODY.finditer(sentence):
        act = m["act"]
        asked = (f"{act}由谁来做？", f"谁{act}？", f"哪个部门{act}", f"{act}归谁管？")
        if not VAGUE.match(m["body"]):
            yield Found(asked, m["body"], "body")


def limits(sentence: str) -> Iterator[Found]:
    for m in LIMIT.finditer(sentence):
        before = _clean(m["before"])
        if not _vague(before):
            asked = (
                f"{before}要在多长时间内{m['act']}？",
                f"{before}{m['act']}有没有时限",
                f"{before}几天内{m['act']}？",
            )
            yield Found(asked, m["limit"], "limit")


def to_whom(sentence: str) -> Iterator[Found]:
    for m in TO_WHOM.finditer(sentence):
        before = _clean(m["before"])
        if not _vague(before) and not VAGUE.match(m["to"]):
            asked = (f"{before}向谁{m['act']}？", f"{before}到哪里{m['act']}", f"{before}找哪个部门{m['act']}？")
            yield Found(asked, m["to"], "body")


def penalties(sentence: str) -> Iterator[Found]:
    for m in PENALTY.finditer(sentence):
        case = _clean(m["case"]).removeprefix("对")
        if not _vague(case) and "下列" not in case and "本" not in case[:1]:
            asked = (f"{case}会怎么处理？", f"{case}怎么办", f"要是{case}会怎样？", f"{case}有什么后果？")
            yield Found(asked, m["result"], "consequence")


def definitions(sentence: str) -> Iterator[Found]:
    for m in DEFINED.finditer(sentence):
        word = m["word"].strip("“”")
        if not _vague(word):
            asked = (f"{word}是什么意思？", f"什么叫{word}", f"{word}指的是什么？", f"咩系{word}")
            yield Found(asked, m["meaning"].removeprefix("的是"), "meaning")


def allowed(sentence: str) -> Iterator[Found]:
    for m in MAY.finditer(sentence):
        who = _clean(m["who"])
        if not _vague(who) and ACTOR.search(who):
            asked = (
                f"{who}可以{m['act']}吗？",
                f"{who}能不能{m['act']}",
                f"{who}可不可以{m['act']}？",
                f"{who}{m['act']}行不行",
            )
            yield Found(asked, "可以" if m["modal"] == "可以" else "不可以", "whether")


def bases(sentence: str) -> Iterator[Found]:
    for m in BASIS.finditer(sentence):
        asked = ("是根据什么制定的？", "依据的是哪个文件", "制定的依据是什么？", "根据啥定的")
        yield Found(asked, m["basis"], "basis")


RULES: tuple[Callable[[str], Iterator[Found]], ...] = (
    in_place, inclusions, goals, in_force, bodies, limits, to_whom, penalties, definitions, allowed, bases,
)  # fmt: skip


def lists(sentences: Sequence[str]) -> Iterator[tuple[Found, tuple[int, ...]]]:
    """Enumerations with all their items: (一) stands in the sentence that leads to them, the others each begin one."""
    for place, sentence in enumerate(sentences):
        lead = LISTED.search(sentence)
        if lead is None:
            continue
        items = [sentence[lead.end() :]]
        while place + len(items) < len(sentences):
            following = ITEM.match(sentences[place + len(items)])
            expected = NUMERALS[min(len(items), len(NUMERALS) - 1)], str(len(items) + 1)
            if following is None or following["number"] not in expected:
                break
            items.append(sentences[place + len(items)][following.end() :])
        answer = "；".join(item.strip("；。;， ") for item in items)
        before = _clean(lead["lead"]).strip("，")
        if len(items) < 2 or len(answer) > LONGEST_LIST or _vague(before):
            continue
        noun = lead["noun"].removesuffix("之一的").removesuffix("之一").removesuffix("的") or "内容"
        if lead["rest"]:
            rest = lead["rest"]
            asked = (f"哪些{noun}{rest}？", f"{before}哪些{noun}{rest}", f"什么{noun}下{rest}？")
        else:
            asked = (f"{before}哪些{noun}？", f"{before}的{noun}都有啥", f"{before}什么{noun}，全部列出来")
        yield Found(asked, answer, "list"), tuple(range(place + 1, place + len(items) + 1))


def ask_window(reading: NumberedText, rng: random.Random, most: int) -> tuple[Example, ...]:
    """At most `most` questions of the window, no two with the same words or answer's clause, rarer kinds first."""
    found: list[tuple[Found, tuple[int, ...]]] = list(lists(reading.sentences))
    for number, sentence in enumerate(reading.sentences, 1):
        for rule in RULES:
            found += [(f, (number,)) for f in rule(sentence)]
    common = ("whether", "figure", "consequence", "goal")
    rng.shuffle(found)
    found.sort(key=lambda pair: pair[0].kind in common)
    kinds: dict[str, int] = {}
    taken: dict[str, Example] = {}
    for one, support in found:
        if kinds.get(one.kind, 0) < 2 and len(taken) < most:
            question = rng.choice(one.questions)
            if question not in taken:
                kinds[one.kind] = kinds.get(one.kind, 0) + 1
                taken[question] = Example(question, one.answer, support, one.kind)
    return tuple(taken.values())


def windows(text: str, title: str, rng: random.Random) -> Iterator[NumberedText]:
    """The text in stretches of 250 to 1,100 characters, whole sentences each."""
    sentences = NumberedText.of(text).sentences
    start = 0
    while start < len(sentences):
        most, size, end = rng.randint(250, 900), 0, start
        while end < len(sentences) and (end == start or size + len(sentences[end]) <= most):
            size += len(sentences[end])
            end += 1
        if size <= 1400:
            yield NumberedText(title if rng.random() < 0.7 else "", sentences[start:end])
        start = end


def for_measuring(document: str) -> bool:
    """Whether a document, by its address, is kept for measuring: an eighth of them."""
    return hashlib.sha256(f"measure\0{document}".encode()).digest()[0] < 32


def official(root: Path, seed: int) -> list[Asking]:
    """Windows of the documents with their questions, and in each some that only another window answers."""
    rng = random.Random(seed)
    made: list[Asking] = []
    for name, share in (("state_council_and_ministry", 1.0), ("government_work_reports", 0.5)):
        path = root / "documents" / f"{name}.jsonl"
        for record in read_records(path, lambda record, _: record):
            if for_measuring(str(record.get("url") or record["title"])):
                continue
            title, text = str(record["title"]), str(record["text"])
            asked = [
                Asking(name, reading, ask_window(reading, rng, 5))
                for reading in windows(text.removeprefix(title), title, rng)
                if rng.random() < share
            ]
            made += [_with_others(a, asked, rng) for a in asked if a.examples]
    return _rarer(made)


def kept_windows(root: Path, count: int, rng: random.Random) -> list[Asking]:
    """Of `count` documents kept for measuring a window with one question, and another that it does not tell, of another
    window of the same document; kinds are `told` and `untold`."""
    path = root / "documents" / "state_council_and_ministry.jsonl"
    records = [
        r for r in read_records(path, lambda record, _: record) if for_measuring(str(r.get("url") or r["title"]))
    ]
    made = []
    for record in rng.sample(records, len(records)):
        read = list(windows(str(record["text"]), str(record["title"]), rng))
        asked = [(r, e) for r in read for e in ask_window(r, rng, 2) if e.kind != "whether"]
        rng.shuffle(asked)
        for reading, told in asked[:1]:
            here = "".join(reading.sentences)
            others = [e for r, e in asked[1:] if r is not reading and e.answer not in here]
            examples = [Example(told.question, told.answer, told.support, "told")]
            examples += [Example(e.question, "", (), "untold") for e in others[:1]]
            made.append(Asking("documents", reading, tuple(examples)))
        if len(made) == count:
            break
    return made


def _rarer(askings: Sequence[Asking]) -> list[Asking]:
    """No question more than MOST_ALIKE times: many notices are of one form."""
    count: Counter[str] = Counter()
    kept = []
    for asking in askings:
        examples = []
        for e in asking.examples:
            count[e.question] += 1
            if count[e.question] <= MOST_ALIKE:
                examples.append(e)
        if examples:
            kept.append(Asking(asking.source, asking.reading, tuple(examples)))
    return kept


def _with_others(asking: Asking, others: Sequence[Asking], rng: random.Random) -> Asking:
    """Plus a question of another window of the same document, untold here: its answer's words stand nowhere in this one."""
    here = "".join(asking.reading.sentences)
    own = {e.question for e in asking.examples}
    options = [
        e
        for other in others
        if other is not asking
        for e in other.examples
        if e.kind not in ("whether", "date", "basis") and e.answer not in here and e.question not in own
    ]
    if not options or rng.random() > 0.2 * len(asking.examples):
        return asking
    chosen = rng.choice(options)
    return Asking(asking.source, asking.reading, (*asking.examples, Example(chosen.question, "", (), "elsewhere")))
