"""100,000 kept answers, and how long the desk's lists take over them: `python -m tests.desk_load [URL]` prints them.

The answers are written past `Store.save`, in bulk; what they hold is what it would have written: bodies of a real
size, Zipf's law among the questions, a year of days, some thumbs, some verdicts, one article withdrawn.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import insert
from starlette.testclient import TestClient

from desk.app import mount
from desk.decay import recheck
from desk.store import Store, open_store
from desk.store.answers import article_digest, content_of, question_key
from desk.store.people import StaffRole
from desk.store.tables import AnswerRow, BodyRow, CitationRow, ReviewRow, SnapshotRow
from rag.datatypes import Article
from tests.desk_demo import FakeDeskBot
from tests.desk_fakes import Clock
from tests.fakes import make_article

ANSWERS, QUESTIONS, ARTICLES, DAYS = 100_000, 20_000, 300, 365
TOPICS = [
    "托育",
    "电梯",
    "公积金",
    "暖气",
    "公交",
    "医保",
    "养老",
    "停车",
    "学区",
    "社保",
    "户籍",
    "水费",
    "桃园",
    "冷链",
    "技工",
    "就业",
    "噪声",
    "供水",
    "拆迁",
    "落户",
]
ASKS = [
    "多少钱",
    "怎么申请",
    "什么时候开始",
    "要带什么材料",
    "谁来负责",
    "在哪里办",
    "有没有补贴",
    "外地人可以吗",
    "需要多久",
    "怎么投诉",
]
LIMIT = 0.200  # seconds, for every list


def make_articles(chance: random.Random) -> list[Article]:
    return [
        make_article(
            f"关于{chance.choice(TOPICS)}的第{n}号通知", f"每月补贴{n}元。" + "按季度发放给符合条件的家庭。" * 20
        )
        for n in range(ARTICLES)
    ]


def fill(store: Store, clock: Clock, articles: list[Article], count: int = ANSWERS) -> None:
    """Write `count` answers of the year before the clock."""
    chance = random.Random(1)
    questions = [f"{chance.choice(TOPICS)}{chance.choice(ASKS)}{n if n > 400 else ''}？" for n in range(QUESTIONS)]
    weights = [1 / (rank + 10) for rank in range(QUESTIONS)]
    asked = chance.choices(questions, weights, k=count)
    moments = sorted(clock.moment - timedelta(minutes=chance.randrange(DAYS * 1440)) for _ in range(count))
    digests = [article_digest(article) for article in articles]
    keys = {question: question_key(question) for question in questions}
    with store._engine.begin() as connection:
        connection.execute(
            insert(SnapshotRow),
            [
                {"digest": d, "article_id": a.id, "title": a.title, "content": content_of(a)}
                for d, a in zip(digests, articles, strict=True)
            ],
        )
        for start in range(0, count, 5000):
            answers, bodies, citations, reviews = [], [], [], []
            for id in range(start + 1, min(start + 5000, count) + 1):
                question, moment = asked[id - 1], moments[id - 1].isoformat(timespec="seconds")
                status = chance.choices(
                    ("answered", "partial", "no_evidence", "insufficient", "out_of_scope"), (58, 8, 17, 14, 3)
                )[0]
                told = status in ("answered", "partial")
                place = chance.randrange(ARTICLES)
                quote = articles[place].text[:12]
                sentence = {"text": quote, "quoted": False, "citations": []}
                evidence = [{"article_id": articles[place].id, "text": articles[place].text[:200], "score": 0.8}] * 3
                body = {"sentences": [sentence] * told, "evidence": evidence, "nearest": [], "question": question}
                good = chance.choices((None, True, False), (94, 4, 2))[0]
                reviewed = chance.random() < 0.03
                answers.append(
                    {
                        "public_id": f"p{id}", "conversation": f"c{id // 3}", "asked": moment,
                        "day": moment[:10], "question": question, "question_key": keys[question],
                        "standalone": question, "status": status, "refused": status in ("no_evidence", "insufficient"),
                        "kind": "policy" if told else "", "note": None,
                        "support": chance.uniform(0.6, 1) if told else None, "model": "m", "corpus": "c",
                        "seconds": chance.gammavariate(2, 1.5), "sample": chance.random(), "good": good, "reason": "",
                        "reviewed": reviewed,
                    }
                )  # fmt: skip
                bodies.append({"answer_id": id, "body": json.dumps(body, ensure_ascii=False)})
                if told:
                    citations.append(
                        {
                            "answer_id": id, "sentence": 0, "statement": quote, "number": 1, "digest": digests[place],
                            "start_at": 0, "end_at": 12, "quote": quote,
                        }
                    )  # fmt: skip
                if reviewed:
                    reviews.append(
                        {"answer_id": id, "at": moment, "verdict": "supported", "note": "", "reviewer": "lina"}
                    )
            connection.execute(insert(AnswerRow), answers)
            connection.execute(insert(BodyRow), bodies)
            connection.execute(insert(CitationRow), citations)
            connection.execute(insert(ReviewRow), reviews)
    with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE")


def measure(store: Store, clock: Clock, articles: list[Article]) -> dict[str, float]:
    """Seconds of each page of the desk, the median of five requests; of a save, and of a re-check of everything."""
    bot = FakeDeskBot(articles[1:])  # the first is withdrawn
    store.catalogue.adopt(articles)
    store.catalogue.withdraw(articles[0].id, "lina")
    app = FastAPI()
    seconds = {"start (catalogue and citations checked)": timed(lambda: mount(app, store, bot).wait())}
    store.people.create("admin", "x", StaffRole.ADMINISTRATOR)
    client = TestClient(app, headers={"accept": "text/html"})
    client.cookies.set("wence_desk", store.people.open_session("admin", ""))
    middle = store.answers.browse(before=ANSWERS // 2, count=1)[0]
    pages = ["/queue?why=thumbs", "/queue?why=support", "/queue?why=refused", "/queue?why=sample"]
    pages += [f"/answers/{middle.id}?why=thumbs", "/answers", f"/answers?before={ANSWERS // 2}"]
    pages += ["/answers?words=电梯", "/answers?words=没有这样的", "/answers?status=partial&words=医保"]
    pages += ["/decay", "/decay?outcome=withdrawn", "/asked?days=7", "/asked?days=30", "/asked?days=90"]
    pages += ["/articles", "/articles?words=电梯", "/audit", "/users"]
    for page in pages:
        assert client.get("/desk" + page).status_code == 200
        seconds[page] = statistics.median(timed(lambda: client.get("/desk" + page)) for _ in range(5))  # noqa: B023
    seconds["re-check"] = timed(lambda: recheck(store, bot.articles))
    return seconds


def timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def main(url: str) -> None:
    clock = Clock()
    store = open_store(url, clock)
    articles = make_articles(random.Random(2))
    print(f"{timed(lambda: fill(store, clock, articles)):8.1f} s   {ANSWERS} answers written")
    for name, seconds in measure(store, clock, articles).items():
        print(f"{seconds * 1000:8.1f} ms  {name}")
    store.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(tempfile.mkdtemp()) / 'desk.sqlite'}")
