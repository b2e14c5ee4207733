"""A bot with known answers for the chat's tests; `python -m tests.ui_fakes PORT` serves the real page over it."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence

from rag.chatbot import Event
from rag.datatypes import Answer, Article, Citation, Kind, Passage, Progress, Sentence, Span, Status
from rag.refusals import refusal

HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>${window.hacked = 1}{{value}}`"
SUBSIDY = "符合条件的家庭每月补贴600元。补贴按季度发放。"
ARTICLE = Article(
    id="subsidy",
    title="关于提高托育补贴的通知",
    kind=Kind.POLICY,
    source="page.txt",
    text=SUBSIDY,
    paragraphs=(Span(0, len(SUBSIDY)),),
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


def cite(number: int, article: Article, words: str) -> Citation:
    """A citation of these words in the article, its passage the whole text."""
    start = article.text.index(words)
    passage = Passage(f"{article.id}#0", article, Span(0, len(article.text)))
    return Citation(number, passage, Span(start, start + len(words)))


def answered(question: str, *sentences: Sentence, nearest: tuple[Article, ...] = ()) -> Answer:
    return Answer(Status.ANSWERED, question, question, sentences, nearest=nearest)


class FakeBot:
    """Knows two answers, stumbles on 出错, and refuses the rest. `asked` records questions with their history."""

    articles = (ARTICLE, PROPOSAL)

    def __init__(self, pause: float = 0.0) -> None:
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []
        self._pause = pause

    def example_questions(self, count: int = 4) -> list[str]:
        return ["托育补贴每月多少钱？", "加装电梯有什么建议？"][:count]

    def stream(
        self, question: str, history: Sequence[tuple[str, str]] = (), cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[Event]:
        self.asked.append((question, list(history)))
        yield Progress("searching")
        time.sleep(self._pause)
        if "出错" in question:
            raise RuntimeError("the fake stumbles")
        yield Progress("reading", 2)
        if "慢" in question:
            while not cancelled():
                time.sleep(0.05)
        sentences = self._sentences(question)
        for sentence in sentences:
            time.sleep(self._pause)
            yield sentence
        if sentences:
            yield answered(question, *sentences)
        else:
            note = refusal(Status.NO_EVIDENCE, self.articles)
            yield Answer(Status.NO_EVIDENCE, question, question, note=note, nearest=self.articles)

    def _sentences(self, question: str) -> tuple[Sentence, ...]:
        if "补贴" in question:
            first, second = cite(1, ARTICLE, "每月补贴600元"), cite(2, ARTICLE, "补贴按季度发放。")
            return Sentence("每月补贴600元。", (first,)), Sentence("补贴按季度发放。", (second,), quoted=True)
        if "电梯" in question:
            return (Sentence("高培元建议补贴加装电梯。" + HOSTILE, (cite(1, PROPOSAL, HOSTILE),)),)
        return ()


if __name__ == "__main__":
    from ui import serve

    serve(FakeBot(pause=0.2), "127.0.0.1", int(sys.argv[1]))  # type: ignore[arg-type]
