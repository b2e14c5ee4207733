"""A chat answers from what another process indexes, without a restart."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeEncoder, make_article, make_bot

from rag.chatbot import Chatbot
from rag.errors import UserError
from rag.search.following import Follower
from rag.search.index import MANIFEST, Index, build_index

OLD = make_article("过江索道恢复运营", "过江索道单程票价25元。")
NEW = make_article("过江索道恢复运营", "过江索道单程票价30元。")
QUESTION = "过江索道单程票价多少元？"


def index(folder: Path, *articles: object) -> None:
    build_index(articles, folder / "index", FakeEncoder(), folder / "vectors.sqlite")  # type: ignore[arg-type]


def follower(folder: Path, bot: Chatbot, take: Callable[[Index], object] | None = None) -> Follower:
    return Follower(folder / "index", "fake", lambda: bot.index.manifest.build, take or bot.reopen)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.name == "wence" and record.levelno > logging.INFO
    ]


def test_another_build_is_answered_from_within_seconds(tmp_path: Path):
    bot = make_bot(tmp_path, [OLD])
    following = follower(tmp_path, bot)
    following.start()
    try:
        index(tmp_path, NEW)
        end = time.monotonic() + 20
        while "30元" not in bot.ask(QUESTION).text and time.monotonic() < end:
            time.sleep(0.1)
        assert "30元" in bot.ask(QUESTION).text
    finally:
        following.stop()


def test_the_same_build_is_opened_once(tmp_path: Path):
    bot = make_bot(tmp_path, [OLD])
    taken: list[str] = []
    following = follower(tmp_path, bot, lambda new: taken.append(new.articles[0].text))
    following.look()
    index(tmp_path, NEW)
    assert [following.look() for _ in range(3)] == [True] * 3
    assert taken == [NEW.text]


def test_a_damaged_build_is_told_once_and_the_old_one_answers_until_it_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    bot = make_bot(tmp_path, [OLD])
    following = follower(tmp_path, bot)
    manifest = (tmp_path / "index" / MANIFEST).read_bytes()
    (tmp_path / "index" / MANIFEST).write_bytes(manifest[:40])
    assert [following.look() for _ in range(3)] == [False] * 3
    assert len(complaints(caplog)) == 1
    assert "已损坏" in complaints(caplog)[0]
    assert "25元" in bot.ask(QUESTION).text
    (tmp_path / "index" / MANIFEST).write_bytes(manifest)
    index(tmp_path, NEW)
    assert following.look()
    assert "30元" in bot.ask(QUESTION).text


def test_what_could_not_be_taken_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    bot = make_bot(tmp_path, [OLD])
    tries: list[int] = []

    def take(new: Index) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise UserError("数据库没有回应。", "The database does not answer.")
        bot.reopen(new)

    following = follower(tmp_path, bot, take)
    index(tmp_path, NEW)
    assert [following.look() for _ in range(4)] == [False, False, True, True]
    assert complaints(caplog) == ["the newer index is not used yet: 数据库没有回应。"]
    assert "30元" in bot.ask(QUESTION).text
