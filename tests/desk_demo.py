"""A desk to look at: the sample page's articles, a month of questions, three users.

`python -m tests.desk_demo PORT [FOLDER]` serves it (password of 李娜, 王磊 and admin: PASSWORD); the browser tests and
the screenshots of docs/staff.md are made with it.
"""

import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from desk.app import mount
from desk.clock import now
from desk.indexing import Advance
from desk.passwords import hash_password
from desk.store import Store
from desk.store.people import StaffRole
from rag.answering.refusals import missing_parts, refusal
from rag.datatypes import Answer, Article, Citation, Evidence, Passage, Sentence, Span, Status
from rag.errors import UserError
from rag.reading.files import load_articles
from rag.search.index import Index
from tests.desk_fakes import Clock, sqlite_store

SAMPLE = Path(__file__).parent.parent / "index" / "articles"
PASSWORD = "云河-试用-密码"


class FakeDeskBot:
    """Holds articles; building the index takes `pause` seconds for each."""

    problems: tuple[UserError, ...] = ()

    def __init__(self, articles: Sequence[Article], pause: float = 0.0) -> None:
        self.articles = tuple(articles)
        self._pause = pause

    def reindex(self, articles: Sequence[Article], advance: Advance) -> str:
        total = sum(len(article.paragraphs) for article in articles)
        done = 0
        advance(0, total)
        for article in articles:
            time.sleep(self._pause)
            done += len(article.paragraphs)
            advance(done, total)
        self.articles = tuple(articles)
        return self.corpus

    @property
    def corpus(self) -> str:
        return f"corpus-{len(self.articles)}"

    def see(self, index: Index, serve: bool) -> None:
        if serve:
            self.articles = index.articles


def sample_articles() -> tuple[Article, ...]:
    return load_articles([SAMPLE]).articles


def citing(number: int, article: Article, words: str) -> Citation:
    start = article.text.index(words)
    paragraph = next(span for span in article.paragraphs if span.start <= start < span.end)
    return Citation(number, Passage(f"{article.id}#0", article, paragraph), Span(start, start + len(words)))


def demo_answers(articles: Sequence[Article]) -> list[Answer]:
    """What the sample page answers, well and less well, and what it does not."""
    by_title = {article.title[:6]: article for article in articles}
    notice, fund = by_title["关于发放普惠"], by_title["云河市住房公"]
    lifts, buses = by_title["加快老旧小区"], by_title["三条社区微巴"]

    def answer(
        question: str, *sentences: Sentence, status: Status = Status.ANSWERED, note: str | None = None
    ) -> Answer:
        evidence = tuple(Evidence(c.passage, c.span, 0.8) for s in sentences for c in s.citations)
        return Answer(
            status,
            question,
            question,
            sentences,
            note,
            evidence=evidence,
            model="qwen2_5-coder-1_5b@demo",
            index="demo",
        )

    words = "一孩每人每月300元，二孩每人每月400元，三孩及以上每人每月500元。"
    subsidy = Sentence(words, (citing(1, notice, words),), quoted=True)
    apply_for = "监护人于每季度最后一个月20日前"
    asked = Sentence(
        "补贴按季度申请，监护人应在每季度最后一个月20日前提出。", (citing(2, notice, "补贴按季度申请。" + apply_for),)
    )
    most = "每户累计最高8万元"
    return [
        answer("托育补贴一个月多少钱？", subsidy, asked),
        answer("加装电梯能提多少公积金", Sentence("每户累计最高可提取8万元。", (citing(1, fund, most),))),
        answer(
            "装电梯提公积金，父母的也能提吗？我电话13812345678",
            Sentence("产权人的配偶可以提取，父母、子女暂时不行。", (citing(1, fund, "子女暂不列入提取范围。"),)),
        ),
        answer(
            "老小区装电梯有什么说法",
            Sentence("高培元建议：优化审批流程。", (citing(1, lifts, "一是优化审批流程。"),)),
            status=Status.PARTIAL,
            note=missing_parts(["哪些小区先装"]),
        ),
        replace(
            answer("微巴票价多少", Sentence("全程票价1元。", (citing(1, buses, "W1路"),))), question="那票价多少"
        ),  # a follow-up
        *(
            replace(answer(question, status=status, note=refusal(status)), nearest=near)
            for question, status, near in [
                ("暖气费怎么退？", Status.NO_EVIDENCE, ()),
                ("请问暖气费可以退吗", Status.NO_EVIDENCE, ()),
                ("W2路中途停哪些站", Status.INSUFFICIENT, (buses,)),
                ("公园几点关门", Status.NO_EVIDENCE, ()),
                ("你好", Status.OUT_OF_SCOPE, ()),
            ]
        ),
    ]


def seed(store: Store, clock: Clock, articles: Sequence[Article], days: int = 30) -> None:
    """Questions of so many days up to the clock's, always the same ones."""
    chance, end = random.Random(7), clock.moment
    answers = demo_answers(articles)
    weights = (9, 6, 5, 4, 4, 5, 3, 4, 2, 2)
    for back in range(days - 1, -1, -1):
        for _ in range(chance.randrange(2, 9)):
            clock.moment = end - timedelta(days=back, minutes=chance.randrange(600))
            chosen = chance.choices(answers, weights)[0]
            seconds = chance.gammavariate(3, 1.2) if chosen.sentences else chance.uniform(0.1, 1.5)
            id = store.save(chosen, f"demo-{chance.randrange(99)}", seconds)
            if chance.random() < 0.12:
                good = chance.random() < 0.6
                store.rate(id, good, "" if good else chance.choice(["没说清楚在哪里办", "和社区说的不一样", ""]))
    clock.moment = end


def seed_people(store: Store) -> None:
    hashed = hash_password(PASSWORD)
    for name, role in (("admin", StaffRole.ADMINISTRATOR), ("李娜", StaffRole.REVIEWER), ("王磊", StaffRole.READER)):
        store.people.create(name, hashed, role)


def build(folder: Path, pause: float = 0.15) -> FastAPI:
    """An application with the seeded desk, its database in the folder."""
    clock = Clock()
    clock.moment = now()
    store = sqlite_store(folder, clock)
    articles = sample_articles()
    seed_people(store)
    seed(store, clock, articles)
    app = FastAPI()
    mount(app, store, FakeDeskBot(articles, pause))
    return app


if __name__ == "__main__":
    port, folder = int(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="wence-desk-"))
    application = build(folder)
    print(f"问策已就绪：http://127.0.0.1:{port}", flush=True)
    uvicorn.run(application, host="127.0.0.1", port=port, log_level="warning")
