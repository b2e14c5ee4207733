"""A bot with known answers and a log in memory for the chat's tests; `python -m tests.ui_fakes [quick] PORT` serves
the page over them."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence

from desk.log import StoredAnswer, StoredCitation, StoredSentence
from rag.answering.refusals import missing_parts, refusal
from rag.chatbot import Event
from rag.datatypes import Answer, Article, Choice, Citation, Hit, Kind, Match, Passage, Progress, Sentence, Span, Status
from rag.errors import UserError
from tests.payloads import GROUPS, PAYLOADS

HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>${window.hacked = 1}{{value}}`"
LINES = (
    "为减轻家庭养育负担，云河县今年调整托育补贴标准，3岁以下婴幼儿家庭均可申请，不限户籍。",
    "符合条件的家庭每月补贴600元。补贴按季度发放。",
    "申请人向居住地社区递交身份证明和托育机构的缴费凭证，社区在五个工作日内答复；材料不全的，一次告知需要补齐的内容。",
    "补贴发放到申请人的社会保障卡。停托当月起不再发放，重新入托的可以再次申请。",
    "本通知自2月1日起施行，有效期两年。具体事项由县卫生健康局解释。",
)
SUBSIDY = "\n".join(LINES)


def paragraphs(text: str) -> tuple[Span, ...]:
    spans, at = [], 0
    for line in text.split("\n"):
        spans.append(Span(at, at + len(line)))
        at += len(line) + 1
    return tuple(spans)


ARTICLE = Article(
    id="subsidy",
    title="关于提高托育补贴的通知",
    kind=Kind.POLICY,
    source="page.txt",
    text=SUBSIDY,
    paragraphs=paragraphs(SUBSIDY),
    kicker="云河县卫生健康局 云河县财政局",
    subtitle="每月600元，按季度发放",
    published="2026-01-16",
)
PROPOSAL = Article(
    id="lifts",
    title="加快加装电梯 " + HOSTILE,
    kind=Kind.PROPOSAL,
    source="page.txt",
    text="高培元建议补贴加装电梯。" + HOSTILE,
    paragraphs=(Span(0, 12), Span(12, 12 + len(HOSTILE))),
    speaker="高培元",
    speaker_role="市政协常委",
    published="--01-08",
)
FACTORY = (
    "市政协委员罗敏建议，支持兴县铝镁新材料深加工，对新建深加工项目的企业给予电价优惠。\n同时为企业招工提供培训补贴。"
)
ALUMINIUM = Article(
    id="aluminium",
    title="延长铝产业链 做强兴县铝镁新材料",
    kind=Kind.PROPOSAL,
    source="page.txt",
    text=FACTORY,
    paragraphs=paragraphs(FACTORY),
    speaker="罗敏",
    speaker_role="市政协委员",
    published="2026-01-18",
)
SQUARE = "1月15日，云河县图书馆新馆开馆。新馆每周二至周日开放，周一闭馆。"
NEWS = Article(
    id="library",
    title="县图书馆新馆开馆",
    kind=Kind.NEWS,
    source="page.txt",
    text=SQUARE,
    paragraphs=paragraphs(SQUARE),
    reporter="林晓",
    section="要闻",
    published="2026-01-16",
)


def cite(number: int, article: Article, words: str) -> Citation:
    """A citation of these words in the article, its passage the whole text."""
    start = article.text.index(words)
    passage = Passage(f"{article.id}#0", article, Span(0, len(article.text)))
    return Citation(number, passage, Span(start, start + len(words)))


def answered(question: str, *sentences: Sentence, nearest: tuple[Article, ...] = ()) -> Answer:
    return Answer(Status.ANSWERED, question, question, sentences, nearest=nearest)


class FakeBot:
    """Knows a few answers, stumbles on 出错, waits on 慢 until it is stopped, and refuses the rest. `asked` records
    questions with their history, `within` the article that each was limited to."""

    articles: tuple[Article, ...] = (ARTICLE, PROPOSAL, ALUMINIUM, NEWS)
    problems: tuple[UserError, ...] = ()

    def __init__(self, pause: float = 0.0) -> None:
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []
        self.within: list[str | None] = []
        self._pause = pause

    def example_questions(self, count: int = 4) -> list[str]:
        return ["托育补贴每月多少钱？", "加装电梯有什么建议？", "图书馆周一开门吗？"][:count]

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        cancelled: Callable[[], bool] = lambda: False,
        *,
        within: str | None = None,
    ) -> Iterator[Event]:
        self.asked.append((question, list(history)))
        self.within.append(within)
        yield Progress("searching")
        time.sleep(self._pause)
        if "出错" in question:
            raise RuntimeError("the fake stumbles")
        yield Progress("reading", 2)
        if "慢" in question:
            while not cancelled():
                time.sleep(0.1)
        sentences = self._sentences(question)
        for sentence in sentences:
            time.sleep(self._pause)
            yield sentence
        if sentences and "什么时候停" in question:
            note = missing_parts(["什么时候停止？"])
            yield Answer(Status.PARTIAL, question, question, sentences, note=note)
        elif sentences:
            yield answered(question, *sentences)
        elif question == "蛋鸭补多少？":
            choices = tuple(Choice(place, f"{place}，托育补贴多少？") for place in ("苇湾县", "竹埠县"))
            yield Answer(Status.ASK_BACK, question, question, note=refusal(Status.ASK_BACK), choices=choices)
        else:
            note = refusal(Status.NO_EVIDENCE, self.articles[:2])
            yield Answer(Status.NO_EVIDENCE, question, question, note=note, nearest=self.articles[:2])

    def search(self, question: str, top_k: int) -> list[Hit]:
        """The first passages of the articles that share a word of two characters with the question."""
        pairs = {question[at : at + 2] for at in range(len(question) - 1)}
        found = [article for article in self.articles if any(pair in article.text for pair in pairs)]
        passages = [Passage(f"{article.id}#0", article, article.paragraphs[0]) for article in found[:top_k]]
        return [Hit(passage, 1 / rank, rank) for rank, passage in enumerate(passages, 1)]

    def matching(self, description: str) -> list[Match]:
        if "出错" in description:
            raise RuntimeError("the fake stumbles")
        if "铝" not in description:
            return []
        why = Sentence(
            "罗敏建议对新建深加工项目的企业给予电价优惠。", (cite(1, ALUMINIUM, "对新建深加工项目的企业给予电价优惠"),)
        )
        return [Match(ALUMINIUM, why)]

    def _sentences(self, question: str) -> tuple[Sentence, ...]:
        if "补贴" in question:
            first, second = cite(1, ARTICLE, "每月补贴600元"), cite(2, ARTICLE, "补贴按季度发放。")
            return Sentence("每月补贴600元。", (first,)), Sentence("补贴按季度发放。", (second,), quoted=True)
        if "电梯" in question:
            return (Sentence("高培元建议补贴加装电梯。" + HOSTILE, (cite(1, PROPOSAL, HOSTILE),)),)
        if "图书馆" in question:
            return (
                Sentence(
                    "新馆每周二至周日开放，周一闭馆。",
                    (cite(1, NEWS, "新馆每周二至周日开放，周一闭馆。"),),
                    quoted=True,
                ),
            )
        return ()


def hostile_article(number: int, group: Sequence[str]) -> Article:
    """An article whose every field is all payloads of a group."""
    line = " ".join(group)
    text = f"{line}\n前文。{line}"
    return Article(
        id=f"hostile{number}",
        title=line,
        kind=Kind.PROPOSAL,
        source=f"{line}.txt",
        text=text,
        paragraphs=(Span(0, len(line)), Span(len(line) + 1, len(text))),
        kicker=line,
        subtitle=line,
        section=line,
        speaker=line,
        speaker_role=line,
        reporter=line,
        published=line,
    )


class HostileBot(FakeBot):
    """Every text that it gives is made of payloads: those of the group whose number is the question's last word, or, where
    it stumbles (出错), all in one line."""

    articles = tuple(hostile_article(number, group) for number, group in enumerate(GROUPS))

    def example_questions(self, count: int = 4) -> list[str]:
        return list(PAYLOADS)

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        cancelled: Callable[[], bool] = lambda: False,
        *,
        within: str | None = None,
    ) -> Iterator[Event]:
        if "出错" in question:
            raise UserError(" ".join(PAYLOADS), "")
        (match,) = self.matching(question)
        article, group = match.article, GROUPS[int(question.split()[-1])]
        sentences = [Sentence(one, (cite(n, article, one),), quoted=True) for n, one in enumerate(group, 1)]
        yield Progress("reading", 1)
        yield from sentences
        yield Answer(Status.PARTIAL, question, question, tuple(sentences), note=article.title, nearest=(article,))

    def matching(self, description: str) -> list[Match]:
        article = self.articles[int(description.split()[-1])]
        return [Match(article, Sentence(article.title, (cite(1, article, article.title),)))]


class FakeLog:
    """An answer log in memory. `rated` records the thumbs."""

    def __init__(self) -> None:
        self.rated: list[tuple[str, bool, str]] = []
        self._kept: dict[str, StoredAnswer] = {}

    def save(self, answer: Answer, conversation: str, seconds: float) -> str:
        public_id = f"answer{len(self._kept) + 1}"
        sentences = tuple(
            StoredSentence(s.text, s.quoted, tuple(map(stored_citation, s.citations))) for s in answer.sentences
        )
        asked, status = "2026-01-20T09:30:00+08:00", answer.status.value
        self._kept[public_id] = StoredAnswer(public_id, asked, answer.question, status, sentences, answer.note)
        return public_id

    def rate(self, public_id: str, good: bool, reason: str) -> None:
        self.rated.append((public_id, good, reason))

    def read(self, public_id: str) -> StoredAnswer | None:
        return self._kept.get(public_id)


def stored_citation(citation: Citation) -> StoredCitation:
    article = citation.article
    return StoredCitation(
        citation.number,
        article.id,
        article.title,
        article.kind.value,
        article.speaker,
        article.published,
        citation.quote,
        *citation.span,
        article.text,
    )


if __name__ == "__main__":
    from ui import serve

    pause = 0.0 if sys.argv[1] == "quick" else 0.2
    serve(FakeBot(pause), "127.0.0.1", int(sys.argv[-1]), FakeLog())
