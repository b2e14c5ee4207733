"""The served bot answers from what staff index, without a pause; the real index over a fake encoder."""

from pathlib import Path

import pytest

from desk.drafts import correct_article, read_upload
from desk.indexing import Indexing, Progress, ServedBot, join_catalogue
from desk.store import Store
from desk.store.catalogue import State
from rag.datatypes import Kind
from rag.errors import UserError
from tests.desk_demo import FakeDeskBot
from tests.desk_fakes import ARTICLE, PROPOSAL
from tests.fakes import make_article, make_bot

NURSERY = make_article("托育补贴", "每月补贴600元。", "按季度发放。")
LIFTS = make_article("加装电梯", "每台电梯奖补15万元。")


def served(folder: Path) -> ServedBot:
    return ServedBot(make_bot(folder, [NURSERY]), folder / "index", folder / "vectors.sqlite")


def test_a_new_index_is_answered_from_at_once(tmp_path: Path):
    bot = make_bot(tmp_path, [NURSERY])
    handle = ServedBot(bot, tmp_path / "index", tmp_path / "vectors.sqlite")
    seen: list[tuple[int, int]] = []
    corpus = handle.reindex([NURSERY, LIFTS], lambda done, total: seen.append((done, total)))
    assert bot.articles == (NURSERY, LIFTS)
    assert bot.index.manifest.corpus == corpus
    assert next(hit.passage.article.title for hit in bot.search("电梯奖补多少")) == "加装电梯"
    assert seen[0] == (0, 3)
    assert seen[-1] == (3, 3)


def test_an_index_of_nothing_is_refused_and_the_old_one_stays(tmp_path: Path):
    handle = served(tmp_path)
    with pytest.raises(UserError):
        handle.reindex([], lambda done, total: None)
    assert handle.articles == (NURSERY,)


def test_publishing_withdrawing_and_restoring_reach_the_real_index(tmp_path: Path, store: Store):
    handle = served(tmp_path)
    indexing = Indexing(store, handle)
    join_catalogue(store, indexing, handle)
    store.catalogue.add_draft(LIFTS, "李")
    store.catalogue.publish([LIFTS.id], "李")
    assert indexing.differences() == (1, 0)
    indexing.start("李")
    indexing.wait()
    assert {article.title for article in handle.articles} == {"托育补贴", "加装电梯"}
    store.catalogue.withdraw(NURSERY.id, "李")
    assert indexing.differences() == (0, 1)
    indexing.start("李")
    indexing.wait()
    assert [article.title for article in handle.articles] == ["加装电梯"]
    assert indexing.progress == Progress(running=False, problem="")
    builds = store.catalogue.builds()
    assert [(build.person, build.articles, build.problem) for build in builds] == [("李", 1, ""), ("李", 2, "")]


def test_a_build_asked_for_during_a_build_follows_it(store: Store):
    bot = FakeDeskBot([ARTICLE, PROPOSAL], pause=0.1)
    indexing = Indexing(store, bot)
    store.catalogue.adopt(bot.articles)
    indexing.start("李")
    store.catalogue.withdraw("subsidy", "王")
    indexing.start("王")
    indexing.wait()
    assert bot.articles == (PROPOSAL,)


def test_the_last_article_cannot_be_withdrawn(store: Store):
    store.catalogue.adopt([NURSERY])
    with pytest.raises(UserError, match="这是最后一篇在用的文章"):
        store.catalogue.withdraw(NURSERY.id, "李")
    assert store.catalogue.live() == (NURSERY,)


def test_an_upload_gets_its_page_date_and_a_bad_one_is_refused():
    (article,) = read_upload("a.md", "# 停水\n\n1月20日停水。\n".encode(), "2026-01-21")
    assert (article.title, article.published) == ("停水", "2026-01-21")
    with pytest.raises(UserError, match="无法识别"):
        read_upload("a.md", b"x", "soon")


def test_the_id_of_a_corrected_article_changes_with_any_fact():
    fields = {"title": ARTICLE.title, "kind": "policy", "text": ARTICLE.text, "published": "2026-01-16"}
    ids = {
        correct_article(ARTICLE, {**fields, **change}).id
        for change in ({"speaker": "李"}, {"kind": "news"}, {"text": "别的"}, {"published": ""}, {"title": "别的"})
    }
    assert len(ids) == 5
    assert ARTICLE.id not in ids
    corrected = correct_article(ARTICLE, {**fields, "kind": "news", "text": "一\n\n 二 \n"})
    assert (corrected.kind, corrected.text, corrected.paragraphs) == (Kind.NEWS, "一\n二", ((0, 1), (2, 3)))
    assert corrected.source == ARTICLE.source


def test_a_draft_of_an_article_whose_file_is_gone_may_come_back(store: Store):
    store.catalogue.adopt([ARTICLE, PROPOSAL])
    store.catalogue.adopt([ARTICLE])
    store.catalogue.add_draft(PROPOSAL, "李")
    assert store.catalogue.find(PROPOSAL.id).state is State.DRAFT
