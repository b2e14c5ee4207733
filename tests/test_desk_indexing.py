"""The served bot answers from what staff index, without a pause; the real index over a fake encoder."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desk.drafts import correct_article, read_uploads
from desk.indexing import BuildProgress, Indexing, OvertakenError, ServedBot
from desk.store import Store
from desk.store.audit import COMMAND_LINE
from desk.store.catalogue import State
from rag.chatbot import Chatbot
from rag.datatypes import NOT_TOLD, Article, Kind, PageStart
from rag.errors import UserError
from rag.search.following import Follower
from rag.search.index import build_index, open_index
from rag.search.retrieval import Retriever
from rag.shelf.sync import sync
from rag.validity import State as ValidityState
from tests.desk_demo import FakeDeskBot
from tests.desk_fakes import ARTICLE, PROPOSAL
from tests.fakes import FakeEncoder, FakeJudge, make_article, make_bot

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
    indexing.join()
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
    assert indexing.progress == BuildProgress(running=False, problem="")
    builds = store.catalogue.builds()
    assert [(build.person, build.articles, build.problem) for build in builds] == [
        ("李", 1, ""),
        ("李", 2, ""),
        (COMMAND_LINE, 1, ""),
    ]


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
    (article,) = read_uploads([("a.md", "# 停水\n\n1月20日停水。\n".encode())], "2026-01-21").articles
    assert (article.title, article.published) == ("停水", "2026-01-21")
    with pytest.raises(UserError, match="无法识别"):
        read_uploads([("a.md", b"x")], "soon")


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


RULING = {"title": ARTICLE.title, "kind": "policy", "text": ARTICLE.text, "published": "2026-01-16"}


def test_staff_rule_since_and_until_when_an_article_holds():
    ruled = correct_article(ARTICLE, {**RULING, "effective": "2026-03-01", "expires": " 2026-10-31 "})
    assert (ruled.effective, ruled.expires) == ("2026-03-01", "2026-10-31")
    assert correct_article(ARTICLE, {**RULING, "effective": "无", "expires": "-"}).expires == NOT_TOLD
    for wrong in (
        {"effective": "明年"},
        {"expires": "2026-02-30"},
        {"effective": "2026-03-01", "expires": "2026-02-28"},
    ):
        with pytest.raises(UserError):
            correct_article(ARTICLE, {**RULING, **wrong})


def test_what_staff_have_ruled_comes_before_what_the_text_tells(tmp_path: Path):
    told = "停车每小时收费3元。本办法自2026年1月1日起施行，有效期两年。"
    article = make_article("柳溪县停车办法", told, kind=Kind.POLICY, published="2026-01-01")
    fields = {**RULING, "title": article.title, "text": article.text}
    ended = correct_article(article, {**fields, "expires": "2026-06-30"})
    answer = make_bot(tmp_path / "a", [ended]).ask("停车每小时收费多少元？")
    assert [said.text for said in answer.sentences] == [
        "注意：《柳溪县停车办法》的有效期到2026年6月30日为止，已经失效，下面是它失效前的规定。",
        "停车每小时收费3元。",
    ]
    assert answer.citations[-1].state is ValidityState.EXPIRED
    endless = correct_article(article, {**fields, "expires": "无"})
    (indexed,) = make_bot(tmp_path / "b", [endless]).articles
    assert indexed.validity is not None
    assert (indexed.validity.expires, indexed.validity.state_on(date(2099, 1, 1))) == (None, ValidityState.IN_FORCE)


def test_what_staff_have_ruled_outlasts_an_index_of_the_same_files(store: Store):
    store.catalogue.adopt([ARTICLE, PROPOSAL])
    ruled = correct_article(ARTICLE, {**RULING, "expires": "2026-06-30"})
    store.catalogue.publish([store.catalogue.add_draft(ruled, "李", replaces=ARTICLE.id)], "李")
    assert store.catalogue.adopt([ARTICLE, PROPOSAL]), "the index is to be built anew"
    assert {(article.title, article.expires) for article in store.catalogue.live()} == {
        (ARTICLE.title, "2026-06-30"),
        (PROPOSAL.title, None),
    }
    assert [deed.action for deed in store.audit.of(ruled.id)] == ["article.publish", "article.draft"]


def test_a_corrected_article_keeps_the_pages_of_what_stands_as_it_was():
    paged = replace(make_article("渡口", "六时开渡。", "免费。", "限市民。"), pages=(PageStart(0, 1), PageStart(6, 2)))
    fields = {"title": "渡口", "kind": "policy", "text": "七时开渡。\n新的。\n免费。\n限市民。", "published": ""}
    assert correct_article(paged, fields).pages == (PageStart(10, 2),)


def test_a_draft_of_an_article_whose_file_is_gone_may_come_back(store: Store):
    store.catalogue.adopt([ARTICLE, PROPOSAL])
    store.catalogue.adopt([ARTICLE])
    store.catalogue.add_draft(PROPOSAL, "李")
    assert store.catalogue.find(PROPOSAL.id).state is State.DRAFT


# ---- built on the command line while the chat goes on

CHEAPER = make_article("托育补贴", "每月补贴500元。", "按季度发放。")
CHEAPER = replace(CHEAPER, id="托育补贴-2")
HEATING = make_article("延长供暖", "供暖延长到3月25日。")


class House:
    """A chat with its desk over a real index, and a command line beside them."""

    def __init__(self, folder: Path, store: Store, *articles: Article) -> None:
        self.folder, self.store = folder, store
        self.bot = make_bot(folder, articles)
        self.start()

    def start(self) -> None:
        """What ui.py does, over what the disk holds now."""
        self.handle = ServedBot(self.bot, self.folder / "index", self.folder / "vectors.sqlite")
        self.indexing = Indexing(self.store, self.handle)
        self.indexing.join()
        held = lambda: self.bot.index.manifest.build  # noqa: E731
        self.follower = Follower(self.folder / "index", "fake", held, self.indexing.take)

    def restart(self) -> None:
        self.indexing.wait()
        index = open_index(self.folder / "index", "fake")
        self.bot = Chatbot(Retriever(index, self.bot.encoder, FakeJudge()), self.bot.encoder, None)
        self.start()

    def index_files(self, *articles: Article) -> None:
        build_index(articles, self.folder / "index", FakeEncoder(), self.folder / "vectors.sqlite")

    def noticed(self) -> None:
        assert self.follower.look()
        self.indexing.wait()

    @property
    def held(self) -> set[str]:
        return {article.id for article in self.bot.articles}

    @property
    def deeds(self) -> list[tuple[str, str, str]]:
        return [(e.person, e.action, e.subject) for e in reversed(self.store.audit.newest(count=99))]


def test_what_is_built_on_the_command_line_is_answered_from_and_nothing_old_comes_back(tmp_path: Path, store: Store):
    house = House(tmp_path, store, NURSERY, HEATING)
    house.index_files(CHEAPER)
    house.noticed()
    assert "500元" in house.bot.ask("托育补贴每月多少元？").text
    assert house.bot.ask("供暖延长到哪一天？").status.has_sentences is False
    corpus = house.bot.index.manifest.corpus
    assert house.deeds == [
        (COMMAND_LINE, "index.adopt", house.store.catalogue.builds()[-1].corpus),
        (COMMAND_LINE, "article.adopt", CHEAPER.id),
        *((COMMAND_LINE, "article.gone", id) for id in (NURSERY.id, HEATING.id)),
        (COMMAND_LINE, "index.adopt", corpus),
    ]
    store.catalogue.add_draft(LIFTS, "李")
    store.catalogue.publish([LIFTS.id], "李")
    house.indexing.start("李")
    house.indexing.wait()
    assert house.held == {CHEAPER.id, LIFTS.id}
    house.restart()
    assert house.held == {CHEAPER.id, LIFTS.id}


def test_built_while_nobody_ran_the_same_holds(tmp_path: Path, store: Store):
    house = House(tmp_path, store, NURSERY, HEATING)
    house.index_files(CHEAPER)
    house.restart()
    assert house.held == {CHEAPER.id} == store.catalogue.live_ids()
    assert store.audit.adopted().detail == "+1 −2"  # type: ignore[union-attr]


def test_what_staff_withdrew_is_not_answered_from_though_the_files_hold_it(tmp_path: Path, store: Store):
    house = House(tmp_path, store, NURSERY, HEATING)
    store.catalogue.withdraw(HEATING.id, "李")
    house.indexing.start("李")
    house.indexing.wait()
    served: list[set[str]] = []
    reopen = house.bot.reopen
    house.bot.reopen = lambda index: (served.append({a.id for a in index.articles}), reopen(index))  # type: ignore[assignment, func-returns-value]
    house.index_files(CHEAPER, HEATING)
    house.noticed()
    assert served == [{CHEAPER.id}]
    house.index_files(NURSERY, HEATING)
    house.restart()
    assert house.held == {NURSERY.id}


def test_what_was_uploaded_at_the_desk_stays(tmp_path: Path, store: Store):
    house = House(tmp_path, store, NURSERY)
    store.catalogue.add_draft(LIFTS, "李")
    store.catalogue.publish([LIFTS.id], "李")
    house.index_files(CHEAPER)
    house.noticed()
    assert house.held == {CHEAPER.id, LIFTS.id}


def test_a_correction_goes_with_the_file_that_it_corrected(tmp_path: Path, store: Store):
    house = House(tmp_path, store, NURSERY, HEATING)
    for number, replaced in ((1, NURSERY.id), (2, "更正-1")):
        store.catalogue.add_draft(replace(NURSERY, id=f"更正-{number}"), "李", replaces=replaced)
        store.catalogue.publish([f"更正-{number}"], "李")
        house.indexing.start("李")
        house.indexing.wait()
    house.index_files(NURSERY, HEATING)
    house.noticed()
    assert house.held == {"更正-2", HEATING.id}, "the file is as it was when it was corrected"
    house.index_files(CHEAPER, HEATING)
    house.noticed()
    assert house.held == {CHEAPER.id, HEATING.id}
    assert store.catalogue.find("更正-2").state is State.WITHDRAWN  # type: ignore[union-attr]


def test_a_correction_goes_with_its_file_when_the_folder_is_synced(tmp_path: Path, store: Store):
    house, folder = House(tmp_path, store, HEATING), tmp_path / "shelf"
    folder.mkdir()
    (folder / "桥.txt").write_text("青石桥通车\n\n青石桥昨日通车，全长120米，两岸居民不再绕行。\n", "utf-8")

    def synced() -> None:
        sync(folder, tmp_path / "index", "fake", FakeEncoder, tmp_path / "vectors.sqlite")
        house.noticed()

    synced()
    [bridge] = [article for article in house.bot.articles if article.title == "青石桥通车"]
    store.catalogue.add_draft(replace(bridge, id="更正", reporter="陆鸣"), "李", replaces=bridge.id)
    store.catalogue.publish(["更正"], "李")
    house.indexing.start("李")
    house.indexing.wait()
    (folder / "灯.txt").write_text("路灯改造完成\n\n松溪县更换路灯300盏，夜间照明改善。\n", "utf-8")
    synced()
    assert {"更正", HEATING.id} < house.held, "the file is as it was when it was corrected"
    assert bridge.id not in house.held
    (folder / "桥.txt").unlink()
    synced()
    assert sorted(article.title for article in house.bot.articles) == [HEATING.title, "路灯改造完成"]
    assert store.catalogue.find("更正").state is State.WITHDRAWN  # type: ignore[union-attr]


def test_what_staff_restored_is_built_after_a_crash(tmp_path: Path, store: Store):
    house = House(tmp_path, store, NURSERY, HEATING)
    store.catalogue.withdraw(HEATING.id, "李")
    house.indexing.start("李")
    house.indexing.wait()
    store.catalogue.restore(HEATING.id, "李")
    house.restart()
    house.indexing.wait()
    assert house.held == {NURSERY.id, HEATING.id}


def test_the_desk_never_builds_over_what_it_has_not_seen(tmp_path: Path, store: Store):
    house = House(tmp_path, store, NURSERY)
    house.index_files(CHEAPER)
    with pytest.raises(OvertakenError):
        house.handle.reindex([NURSERY, LIFTS], lambda done, total: None)
    store.catalogue.add_draft(LIFTS, "李")
    store.catalogue.publish([LIFTS.id], "李")
    house.indexing.start("李")
    house.indexing.wait()
    house.noticed()
    assert house.held == {CHEAPER.id, LIFTS.id}
