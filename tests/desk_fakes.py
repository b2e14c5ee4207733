"""Answers, a clock and a store for the desk's tests."""

import shutil
import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from desk.clock import CHINA
from desk.store import Store, open_store
from rag.datatypes import Answer, Article, Citation, Kind, Passage, Sentence, Span, Status

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
SUGGESTION = "高培元建议补贴加装电梯。"
PROPOSAL = Article(
    id="lifts",
    title="加快加装电梯 " + HOSTILE,
    kind=Kind.PROPOSAL,
    source="page.txt",
    text=SUGGESTION + HOSTILE,
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


SUBSIDY_ANSWER = Answer(
    Status.ANSWERED,
    "托育补贴多少钱？我的手机13812345678",
    "托育补贴多少钱？我的手机13812345678",
    (
        Sentence("每月补贴600元。", (cite(1, ARTICLE, "每月补贴600元"),)),
        Sentence("补贴按季度发放。", (cite(2, ARTICLE, "补贴按季度发放。"),), quoted=True),
    ),
    model="fake-model@1",
    index="corpus-1",
)


def refused(question: str, *nearest: Article, status: Status = Status.NO_EVIDENCE) -> Answer:
    return Answer(status, question, question, note="现有文章中没有收录。", nearest=nearest, index="corpus-1")


def suggested(question: str = "电梯有什么建议？") -> Answer:
    """An answer whose one sentence rests on a proposal with hostile text."""
    sentence = Sentence("高培元建议：补贴加装电梯。", (cite(1, PROPOSAL, "高培元建议补贴加装电梯。"),))
    return Answer(Status.ANSWERED, question, question, (sentence,))


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 9, 0, tzinfo=CHINA)

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **span: float) -> None:
        self.moment += timedelta(**span)


def sqlite_store(folder: Path, clock: Clock | None = None) -> Store:
    """A store in the folder's `desk.sqlite`, empty where there was none."""
    path = folder / "desk.sqlite"
    if not path.exists():
        shutil.copy(Path(_empty_database().name) / "desk.sqlite", path)
    return open_store(f"sqlite:///{path}", clock or Clock())


@cache
def _empty_database() -> tempfile.TemporaryDirectory[str]:
    """The migrated database that every test starts from a copy of: the migrations are run once."""
    folder = tempfile.TemporaryDirectory(prefix="wence-desk-")
    open_store(f"sqlite:///{folder.name}/desk.sqlite").close()
    return folder
