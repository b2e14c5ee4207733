"""The chat and its desk in one application, as `ui.main` serves them: `python -m tests.whole_site [hostile] PORT`.

Over a fake bot, the desk's database in a folder that is gone afterwards; staff as in tests/desk_demo.py. `hostile`: every
text that a person or a file can bring is made of payloads, in every table that the desk shows.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import text

from desk.app import mount
from desk.decay import recheck
from desk.later import PatientLog
from desk.store import Store
from rag.datatypes import Answer, Article, Sentence, Status
from tests.desk_demo import FakeDeskBot, seed_people
from tests.desk_fakes import sqlite_store
from tests.payloads import PAYLOADS
from tests.ui_fakes import FakeBot, HostileBot, cite
from ui import build_app, launch


def build(bot: FakeBot, store: Store) -> Any:
    app = build_app(bot, PatientLog(store))
    mount(app, store, FakeDeskBot(bot.articles))
    return app


def seed(store: Store, articles: Sequence[Article]) -> None:
    """Answers, thumbs, verdicts, withdrawn articles, builds, users and deeds, each of what the articles' titles say."""
    for number, article in enumerate(articles):
        line = article.title
        gone = replace(article, id=f"gone{number}", title=f"{line}（旧）")
        store.catalogue.add_draft(gone, line)
        store.catalogue.publish([gone.id], line)
        store.catalogue.withdraw(gone.id, line, line)
        sentence = Sentence(line, (cite(1, article, line), cite(2, gone, line)), quoted=True)
        given = Answer(
            Status.PARTIAL, line, f"{line}？", (sentence,), line, nearest=(article,), model=line, index=line
        )  # fmt: skip
        store.rate(store.save(given, "", 1.0), False, line)
        store.answers.review(store.save(given, "", 1.0), "partly", line, line)
        for _ in range(3):  # so that it counts as asked again and again
            store.save(Answer(Status.NO_EVIDENCE, line, line, note=line, nearest=(article, gone)), "", 1.0)
        store.audit.note(line, "decay.recheck", line)
        store.catalogue.note_build(line, 1, 1.0, "", line)
    with store._engine.begin() as connection:  # names that no form takes
        users = [{"name": payload} for payload in PAYLOADS]
        insert = "INSERT INTO users (name, password_hash, role, active, created) VALUES (:name, '', 'reader', true, '')"
        connection.execute(text(insert), users)
    recheck(store, articles)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wence-site-") as folder:
        store = sqlite_store(Path(folder))
        seed_people(store)
        if sys.argv[1] == "hostile":
            os.environ["WENCE_CONTACT"] = " ".join(PAYLOADS)
            bot = HostileBot()
            app = build(bot, store)
            seed(store, bot.articles)
        else:
            app = build(FakeBot(), store)
        launch(app, "127.0.0.1", int(sys.argv[-1]))
        threading.Event().wait()


if __name__ == "__main__":
    main()
