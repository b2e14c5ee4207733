"""What is said when the articles do not tell, and the small words around an answer; Chinese first, English beside it.

The English texts are for the command line's `--lang en` and for readers of the code; answers are in Chinese.
"""

import re
from collections.abc import Sequence
from datetime import date

from rag.datatypes import Article, Kind, Span, Status
from rag.validity import Standing, State

REFUSALS: dict[Status, tuple[str, str]] = {
    Status.NO_EVIDENCE: (
        "现有文章中没有收录与这个问题相关的内容，无法回答。可以换个说法再问，或向主管部门咨询。",
        "None of the articles is about this. Try other words, or ask the office in charge.",
    ),
    Status.INSUFFICIENT: (
        "现有文章提到了相关内容，但没有说明您问的这一点，不能据此回答。可以查看下面的文章，或向主管部门核实。",
        "The articles touch on this but do not tell what you ask. See the articles below, or ask the office in charge.",
    ),
    Status.ASK_BACK: (
        "有几份文件都说到您问的这一点，各管各的，说法不同。请选择您要问的是哪一种：",
        "Several articles tell this, each for its own place, year or group, and differently. Please choose which you mean:",
    ),
    Status.OUT_OF_SCOPE: (
        "我只根据已收录的报纸和政务文章回答问题，这个问题不在范围内。您可以问文章里提到的政策、建议、办事条件、时间和数字。",
        "I only answer from the indexed newspaper and government articles. Ask about policies, proposals, conditions, "
        "dates or figures that they mention.",
    ),
    Status.BLOCKED: (
        "这段话像是给系统下指令，而不是提问，因此没有执行。请直接提出您想了解的问题。",
        "This reads like an order to the system, not a question, so it was not followed. Please ask what you want to know.",
    ),
    Status.ERROR: (
        "回答时出了问题，请稍后再试。",
        "Something went wrong while answering; please try again.",
    ),
}
KIND_NAMES: dict[Kind, tuple[str, str]] = {
    Kind.PROPOSAL: ("委员建议", "proposal"),
    Kind.POLICY: ("政策文件", "policy"),
    Kind.NEWS: ("新闻", "news"),
    Kind.FEATURE: ("通讯", "feature"),
    Kind.CAPTION: ("图片说明", "caption"),
}
STATE_NAMES: dict[State, tuple[str, str]] = {
    State.IN_FORCE: ("现行", "in force"),
    State.NOT_YET: ("未施行", "not yet in force"),
    State.EXPIRED: ("已失效", "expired"),
    State.SUPERSEDED: ("被替代", "superseded"),
    State.SUGGESTION: ("建议", "a suggestion"),
    State.REPORT: ("报道", "a report"),
    State.UNKNOWN: ("未注明效力", "validity not stated"),
}
STATE_FACTS = {
    "since": ("{day}起", "from {day}"),
    "until": ("到{day}", "until {day}"),
    "by": ("见{title}", "see {title}"),
}
# The first line of an answer whose source does not hold; by `validity.Why` where another stands in its place.
CAUTIONS = {
    "expired": "注意：{title}的有效期到{day}为止，已经失效，下面是它失效前的规定。",
    "withdrawn": "注意：{title}已注明失效，下面是它原来的规定。",
    "uncertain": "注意：{title}是扫描件，“{words}”认得不准，请对照原件。",
    "not_yet": "注意：{title}从{day}起施行，{on}还没有施行。",
    "not_issued": "注意：{title}是{day}发布的，{on}还没有发布。",
    "repealed": "注意：{title}{since}已被{later}废止，下面是它原来的规定。",
    "replaced": "注意：{title}的原标准、原规定{since}已被{later}代替，下面是它原来的规定。",
    "next_year": "注意：{title}是往年的，已有{later}，下面是往年的规定。",
}
BEFORE = "此前（{title}{year}）："
LOOKED_AT = "查看过的最接近文章：{titles}。"
MISSING = "文章没有说明：{parts}"

SUGGESTS = "{speaker}建议："
ALSO_SUGGESTS = "{speaker}还建议："
MENTIONS = "{speaker}在建议中提到："
# What only the head of an article says, not its text.
HEAD_SPEAKER = "{title}是{speaker}的建议。"
HEAD_SUBTITLE = "{title}的副题是“{subtitle}”。"
HEAD_REPORTER = "{title}的署名是{reporter}。"


def refusal(status: Status, nearest: Sequence[Article] = ()) -> str:
    """The refusal's text: which kind it is, what was looked at, what to do next."""
    text = REFUSALS[status][0]
    if nearest:
        text += LOOKED_AT.format(titles="、".join(title_marks(article.title) for article in nearest))
    return text


def title_marks(title: str) -> str:
    """The title in its marks; those of a title within it become single ones (GB/T 15834-2011, 4.15)."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"


def missing_parts(parts: Sequence[str]) -> str:
    return MISSING.format(parts="；".join(parts))


def uncertain_words(article: Article, span: Span) -> str:
    """What is said of words of a scan that were not surely recognised; "" where all of the stretch were."""
    places = [Span(max(start, span.start), min(end, span.end)) for start, end in article.uncertain]
    words = [article.text[start:end] for start, end in places if start < end]
    return CAUTIONS["uncertain"].format(title=title_marks(article.title), words="”“".join(words)) if words else ""


def date_words(published: str | None) -> str:
    """`2026-01-16` as 2026年1月16日, `--01-16` as 1月16日; what is no such date as it stands."""
    match = re.fullmatch(r"(?:(\d{4})|-)(?:-(\d\d))?(?:-(\d\d))?", published or "")
    parts = zip(match.groups(), "年月日", strict=True) if match else ()
    return "".join(f"{int(part)}{unit}" for part, unit in parts if part) or published or ""


def day_words(day: date) -> str:
    return date_words(day.isoformat())


def state_name(state: State, lang: str = "zh") -> str:
    return STATE_NAMES[state][lang == "en"]


def state_facts(standing: Standing, lang: str = "zh") -> list[str]:
    """The days or the article that a state rests on: 2026年4月1日起."""
    state, english = standing.state, lang == "en"
    facts = []
    if standing.since and state in (State.IN_FORCE, State.NOT_YET):
        facts.append(STATE_FACTS["since"][english].format(day=date_words(standing.since)))
    if standing.until and state in (State.IN_FORCE, State.EXPIRED):
        facts.append(STATE_FACTS["until"][english].format(day=date_words(standing.until)))
    if standing.by and state is State.SUPERSEDED:
        facts.append(STATE_FACTS["by"][english].format(title=title_marks(standing.by)))
    return facts
