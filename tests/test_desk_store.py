"""What is kept is what was shown, on SQLite and on PostgreSQL alike."""

import sqlite3
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from desk.log import AnswerLog, StoredAnswer, StoredCitation, StoredSentence
from desk.store import Store, open_store
from desk.store.catalogue import State
from desk.store.database import open_engine
from desk.store.queue import Around, Reason
from desk.store.statistics import Day, Summary, Unanswered
from desk.store.tables import Table
from rag import validity
from rag.datatypes import Answer, Kind, Sentence, Status
from rag.errors import UserError
from tests.desk_fakes import ARTICLE, PROPOSAL, SUBSIDY, SUBSIDY_ANSWER, Clock, cite, refused, sqlite_store, suggested
from tests.fakes import make_article


def test_an_answer_is_read_back_as_it_was_shown_with_personal_data_masked(store: Store):
    log: AnswerLog = store
    id = log.save(SUBSIDY_ANSWER, "c1", 1.5)
    first = StoredCitation(
        1, "subsidy", "关于提高托育补贴的通知", "policy", None, "2026-01-16", "每月补贴600元", 7, 15, SUBSIDY
    )
    second = replace(first, number=2, quote="补贴按季度发放。", start=16, end=24)
    assert log.read(id) == StoredAnswer(
        id=id,
        asked="2026-11-24T09:00:00+08:00",
        question="托育补贴多少钱？我的手机〔手机号〕",
        status="answered",
        sentences=(
            StoredSentence("每月补贴600元。", False, (first,)),
            StoredSentence("补贴按季度发放。", True, (second,)),
        ),
        note=None,
    )


def test_the_state_of_a_cited_rule_is_kept_as_it_was_on_the_day_of_the_answer(store: Store):
    later = validity.Superseded(validity.Why.REPEALED, date(2027, 1, 1), "later", "托育新办法", None)
    rule = replace(
        ARTICLE, validity=validity.Validity(effective=validity.Told(date(2026, 1, 1), None), superseded=later)
    )
    cited = replace(cite(1, rule, "每月补贴600元"), state=validity.State.IN_FORCE)
    id = store.save(replace(SUBSIDY_ANSWER, sentences=(Sentence("每月补贴600元。", (cited,)),)), "c", 1)
    kept = store.read(id)
    assert kept is not None
    assert kept.sentences[0].citations[0].standing == validity.Standing(
        validity.State.IN_FORCE, "2026-01-01", "", "托育新办法"
    )


def test_public_ids_cannot_be_guessed_and_an_unknown_one_is_nothing(store: Store):
    ids = {store.save(SUBSIDY_ANSWER, "c", 1) for _ in range(3)}
    assert len(ids) == 3
    assert {len(id) for id in ids} == {22}
    assert store.read("1") is None
    store.rate("1", False, "nobody")


def test_the_last_thumb_counts_and_its_reason_is_masked(store: Store):
    id = store.save(SUBSIDY_ANSWER, "c", 1)
    store.rate(id, True, "")
    store.rate(id, False, "  不对，打13812345678告诉我  ")
    kept = store.answers.find(id)
    assert kept is not None
    assert (kept.good, kept.reason) == (False, "不对，打〔手机号〕告诉我")


def test_the_source_stays_as_it_was_when_the_article_changes(store: Store):
    id = store.save(SUBSIDY_ANSWER, "c", 1)
    changed = replace(ARTICLE, text=SUBSIDY.replace("600", "800"))
    other = store.save(Answer(Status.ANSWERED, "q", "q", (Sentence("800元", (cite(1, changed, "800元"),)),)), "c", 1)
    old, new = store.read(id), store.read(other)
    assert old is not None
    assert new is not None
    assert old.sentences[0].citations[0].article_text == SUBSIDY
    assert new.sentences[0].citations[0].article_text == "符合条件的家庭每月补贴800元。补贴按季度发放。"


def test_support_is_that_of_the_least_supported_sentence(store: Store):
    kept = store.answers.find(store.save(SUBSIDY_ANSWER, "c", 1))
    wrong = Sentence("每月补贴900元。", (cite(1, ARTICLE, "每月补贴600元"),))
    low = store.answers.find(store.save(replace(SUBSIDY_ANSWER, sentences=(wrong,)), "c", 1))
    assert kept is not None
    assert low is not None
    assert (round(kept.support or 0, 2), round(low.support or 0, 2)) == (0.99, 0.08)


def test_who_suggested_it_does_not_lower_the_support(store: Store):
    kept = store.answers.find(store.save(suggested(), "c", 1))
    assert kept is not None
    assert round(kept.support or 0, 2) == 0.99


def test_a_refusal_has_no_support_and_keeps_what_was_near(store: Store):
    kept = store.answers.find(store.save(refused("天气？", ARTICLE), "c", 0.1))
    assert kept is not None
    assert (kept.support, kept.nearest) == (None, (("subsidy", "关于提高托育补贴的通知"),))


def test_answers_older_than_the_days_are_deleted_with_their_sources(store: Store, clock: Clock):
    old = store.save(SUBSIDY_ANSWER, "c", 1)
    store.rate(old, False, "")
    store.answers.review(old, "supported", "", "李")
    clock.pass_by(days=10)
    new = store.save(suggested(), "c", 1)
    assert store.answers.count_before(9) == 1
    assert store.answers.delete_before(9) == 1
    assert store.read(old) is None
    assert store.read(new) is not None
    assert [article.id for article in store.decays.cited_articles().values()] == ["lifts"]
    assert store.audit.newest()[0].detail == "9 days: 1 answers"


def test_the_audit_refuses_every_change_and_deletion(store: Store):
    store.people.create("王", "hash", role())
    for statement in ("UPDATE audit SET person = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="append-only"), store._engine.begin() as connection:
            connection.execute(text(statement))
    assert [(e.person, e.action, e.subject) for e in store.audit.newest()] == [("system", "user.create", "王")]


@pytest.mark.postgres
def test_the_audit_cannot_be_emptied_on_postgresql(postgres_url: str):
    engine = open_engine(postgres_url)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("TRUNCATE audit"))
    engine.dispose()


def role():
    from desk.store.people import StaffRole

    return StaffRole.REVIEWER


def test_the_migrations_make_just_the_tables_that_the_code_knows(store: Store):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_a_database_is_opened_again_with_what_it_held(tmp_path: Path):
    first = sqlite_store(tmp_path)
    id = first.save(SUBSIDY_ANSWER, "c", 1)
    first.close()
    again = sqlite_store(tmp_path)
    assert again.read(id) is not None
    again.close()


def test_sqlite_writes_ahead_and_keeps_foreign_keys(tmp_path: Path):
    store = sqlite_store(tmp_path)
    with store._engine.connect() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    store.close()
    assert pragmas == ["wal", 1, 10000]


def test_eight_chats_keep_their_answers_at_once(store: Store):
    problems: list[Exception] = []

    def chat(number: int) -> None:
        try:
            for _ in range(10):
                store.rate(store.save(SUBSIDY_ANSWER, f"c{number}", 1), True, "")
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=chat, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(store.answers.browse(count=1000)) == 80


def test_a_url_that_leads_nowhere_is_said_plainly(tmp_path: Path):
    with pytest.raises(UserError, match="数据库地址无法使用"):
        open_store("nonsense")
    with pytest.raises(UserError, match="数据库地址无法使用"):
        open_store("mongodb://x/y")
    with pytest.raises(UserError, match="无法打开数据库"):
        open_store("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")
    (tmp_path / "broken").write_text("not a database, but long enough to be read as one" * 50)
    with pytest.raises(UserError, match="无法打开数据库：file is not a database"):
        open_store(f"sqlite:///{tmp_path / 'broken'}")


def test_nothing_personal_reaches_the_file(tmp_path: Path):
    store = sqlite_store(tmp_path)
    asked = "我是11010519491231002X，卡4111111111111111，住云河市枣林路18号，a.b@c.cn，１３８１２３４５６７８"
    note = "文章没有说明：13812345678"
    id = store.save(Answer(Status.PARTIAL, asked, asked, note=note), "c", 1)
    store.rate(id, False, asked)
    store.answers.review(id, "partly", asked, "李")
    store.close()
    with sqlite3.connect(tmp_path / "desk.sqlite") as connection:
        whole = "\n".join(connection.iterdump())
    connection.close()
    for personal in ("11010519491231002X", "4111111111111111", "枣林路", "a.b@c.cn", "1381234", "１３８"):
        assert personal not in whole


# ---------------------------------------------------------------- lists


def test_the_newest_answers_come_first_and_the_list_goes_on_from_a_line(store: Store):
    for number in range(5):
        store.save(refused(f"问题{number}"), "c", 1)
    first = store.answers.browse(count=2)
    second = store.answers.browse(count=2, before=first[-1].number)
    assert [line.question for line in first + second] == ["问题4", "问题3", "问题2", "问题1"]
    assert [line.question for line in store.answers.browse(words="题3")] == ["问题3"]
    assert store.answers.browse(words="%") == []
    assert store.answers.browse(status="answered") == []


def test_the_queue_holds_each_reason_and_forgets_what_was_ruled_on(store: Store):
    low = Sentence("每月补贴900元。", (cite(1, ARTICLE, "每月补贴600元"),))
    weak = store.save(replace(SUBSIDY_ANSWER, sentences=(low,)), "c", 1)
    down = store.save(SUBSIDY_ANSWER, "c", 1)
    store.rate(down, False, "不对")
    for typed in ("天气怎样？", "天气 怎样", "天气怎样", "别的？"):
        store.save(refused(typed), "c", 1)
    store.save(refused("你好", status=Status.OUT_OF_SCOPE), "c", 1)
    lines = {reason: store.queue.lines(reason) for reason in (Reason.THUMBS, Reason.SUPPORT, Reason.REFUSED)}
    assert [line.id for line, _ in lines[Reason.THUMBS]] == [down]
    assert [line.id for line, _ in lines[Reason.SUPPORT]] == [weak]
    assert [(line.question, count) for line, count in lines[Reason.REFUSED]] == [("天气怎样", 3)]
    counts = store.queue.counts()
    assert (counts[Reason.THUMBS], counts[Reason.SUPPORT], counts[Reason.REFUSED]) == (1, 1, 1)
    for id in (down, weak, lines[Reason.REFUSED][0][0].id):
        assert store.answers.review(id, "supported", "", "李")
    counts = store.queue.counts()
    assert (counts[Reason.THUMBS], counts[Reason.SUPPORT], counts[Reason.REFUSED]) == (0, 0, 0)


def test_the_next_in_the_queue_follows_and_the_first_follows_the_last(store: Store):
    ids = [store.save(SUBSIDY_ANSWER, "c", 1) for _ in range(3)]
    for id in ids:
        store.rate(id, False, "")
    assert [store.queue.around(Reason.THUMBS, id) for id in ids] == [
        Around(3, 3, ids[2]),
        Around(2, 3, ids[0]),
        Around(1, 3, ids[1]),
    ]
    assert store.queue.around(Reason.THUMBS, "unknown") == Around(0, 3, ids[2])
    assert store.queue.around(Reason.SUPPORT, ids[0]) == Around(0, 0, None)


def test_days_are_counted_by_how_the_questions_ended(store: Store, clock: Clock):
    store.rate(store.save(SUBSIDY_ANSWER, "c", 1.0), True, "")
    store.save(refused("天气？"), "c", 3.0)
    clock.pass_by(days=1)
    store.rate(store.save(suggested(), "c", 20.0), False, "")
    assert store.statistics.summary("2026-11-24", "2026-11-25") == Summary(
        days=(
            Day("2026-11-24", {"answered": 1, "no_evidence": 1}, 1, 0, 2.0),
            Day("2026-11-25", {"answered": 1}, 0, 1, 20.0),
        ),
        kinds={"policy": 1, "proposal": 1},
        seconds=(0, 1, 1, 0, 0, 1),
    )
    assert store.statistics.summary("2026-11-26", "2026-11-30") == Summary((), {}, (0, 0, 0, 0, 0, 0))


def test_unanswered_questions_are_counted_however_they_were_typed(store: Store):
    for typed in ("天气怎样？", "天气 怎样", "别的？"):
        store.save(refused(typed), "c", 1)
    assert store.statistics.unanswered("2026-11-24", "2026-11-24") == [
        Unanswered("天气 怎样", 2, "2026-11-24"),
        Unanswered("别的？", 1, "2026-11-24"),
    ]


def test_the_export_has_a_row_for_each_answer_with_its_last_verdict(store: Store):
    id = store.save(SUBSIDY_ANSWER, "c", 1.234)
    store.rate(id, False, "旧了")
    store.answers.review(id, "supported", "", "李")
    store.answers.review(id, "out_of_date", "", "李")
    names, row = store.statistics.export("2026-11-24", "2026-11-24")
    assert names == (
        "id", "asked", "question", "status", "kind", "seconds", "support", "thumb", "reason", "verdict",
    )  # fmt: skip
    assert row == (
        id, "2026-11-24T09:00:00+08:00", "托育补贴多少钱？我的手机〔手机号〕", "answered", "policy", "1.23", "0.99", "down", "旧了",
        "out_of_date",
    )  # fmt: skip


# ---------------------------------------------------------------- the catalogue


def test_what_the_index_holds_is_adopted_and_needs_no_new_index(store: Store):
    assert store.catalogue.adopt([ARTICLE, PROPOSAL]) is False
    assert store.catalogue.adopt([PROPOSAL, ARTICLE]) is False
    assert [entry.article for entry in store.catalogue.entries(State.LIVE)] == [PROPOSAL, ARTICLE]
    assert store.catalogue.live() == (PROPOSAL, ARTICLE)


def test_an_article_whose_file_is_gone_leaves_and_comes_back_with_it(store: Store):
    store.catalogue.adopt([ARTICLE, PROPOSAL])
    assert store.catalogue.adopt([ARTICLE]) is False
    assert store.catalogue.counts()[State.GONE] == 1
    assert store.catalogue.adopt([ARTICLE, PROPOSAL]) is False
    assert store.catalogue.counts()[State.LIVE] == 2


def test_what_was_withdrawn_stays_so_though_the_files_bring_it_back(store: Store):
    store.catalogue.adopt([ARTICLE, PROPOSAL])
    store.catalogue.withdraw("subsidy", "李", "过期")
    assert store.catalogue.adopt([ARTICLE, PROPOSAL]) is True
    assert store.catalogue.live() == (PROPOSAL,)
    assert store.catalogue.adopt([PROPOSAL]) is False
    store.catalogue.restore("subsidy", "李")
    assert store.catalogue.adopt([PROPOSAL, ARTICLE]) is False
    actions = [(entry.person, entry.action, entry.detail) for entry in store.audit.of("subsidy")]
    assert actions == [("李", "article.restore", ARTICLE.title), ("李", "article.withdraw", "过期")]


def test_a_correction_replaces_the_article_once_it_is_published(store: Store):
    store.catalogue.adopt([ARTICLE])
    better = replace(ARTICLE, id="subsidy-2", kind=Kind.NEWS)
    best = replace(ARTICLE, id="subsidy-3", kind=Kind.FEATURE)
    store.catalogue.add_draft(better, "李", replaces="subsidy")
    assert store.catalogue.live() == (ARTICLE,)
    store.catalogue.publish(["subsidy-2"], "李")
    store.catalogue.add_draft(best, "李", replaces="subsidy-2")
    store.catalogue.publish(["subsidy-3"], "李")
    assert store.catalogue.live() == (best,)
    assert store.catalogue.successor("subsidy") == "subsidy-3"
    assert store.catalogue.successor("subsidy-3") is None
    assert store.catalogue.adopt([ARTICLE]) is True, "the files still hold the uncorrected article"


def test_a_draft_corrected_again_takes_the_place_of_the_first(store: Store):
    draft = make_article("甲", "一")
    store.catalogue.add_draft(draft, "李")
    store.catalogue.add_draft(make_article("乙", "一"), "李", instead_of="甲")
    assert [entry.article.id for entry in store.catalogue.entries(State.DRAFT)] == ["乙"]
    store.catalogue.discard("乙", "李")
    assert store.catalogue.entries(State.DRAFT) == []
    with pytest.raises(UserError, match="状态已经改变"):
        store.catalogue.publish(["乙"], "李")


def test_an_article_that_is_there_already_is_no_draft(store: Store):
    store.catalogue.adopt([ARTICLE])
    with pytest.raises(UserError, match="已经在目录里"):
        store.catalogue.add_draft(ARTICLE, "李")


def test_builds_are_kept_with_what_became_of_them(store: Store):
    store.catalogue.note_build("李", 2, 1.5, "abc")
    store.catalogue.note_build("李", 2, 0.5, "", "disk full")
    assert [(b.person, b.articles, b.seconds, b.corpus, b.problem) for b in store.catalogue.builds()] == [
        ("李", 2, 0.5, "", "disk full"),
        ("李", 2, 1.5, "abc", ""),
    ]
