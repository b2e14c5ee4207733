"""An answer whose source changed is found again, with what became of its words."""

from dataclasses import replace

import pytest

from desk.clusters import Cluster, cluster_questions
from desk.decay import check_again, nearest_words, recheck
from desk.store import Store
from desk.store.decays import Cited, Finding, Outcome
from desk.store.statistics import Unanswered
from rag.datatypes import Article
from tests.desk_fakes import ARTICLE, PROPOSAL, SUBSIDY_ANSWER, suggested
from tests.fakes import make_article


def rewritten(*paragraphs: str) -> Article:
    return replace(make_article(ARTICLE.title, *paragraphs), id="subsidy-2", kind=ARTICLE.kind)


def cited(statement: str = "每月补贴600元。", quote: str = "每月补贴600元") -> Cited:
    return Cited(1, statement, quote, (quote,))


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        ("新通知：家庭每月补贴600元，另有奖励。", Outcome.STANDS),
        ("家庭每个月补贴600元。", Outcome.REWORDED),
        ("家庭每月补贴800元。", Outcome.UNSUPPORTED),
        ("本通知废止。", Outcome.UNSUPPORTED),
    ],
)
def test_what_became_of_a_citation_is_read_off_the_present_words(now: str, outcome: Outcome):
    assert check_again(cited(), rewritten(now)).outcome is outcome


def test_without_an_article_the_citation_is_withdrawn():
    assert check_again(cited(), None) == Finding(1, Outcome.WITHDRAWN)


def test_the_nearest_words_are_the_sentence_that_holds_most_of_the_quote():
    article = rewritten("总则。", "家庭每月可补贴800元。按季度发放。")
    span = nearest_words("每月补贴600元", article)
    assert article.text[span.start : span.end] == "家庭每月可补贴800元。"
    span = nearest_words("按季度发放", article)
    assert article.text[span.start : span.end] == "按季度发放"


def outcomes(store: Store) -> list[tuple[str, str, str | None]]:
    return [(line.quote, line.outcome.value, line.article_now) for line in store.decays.open()]


def test_answers_are_listed_when_their_article_goes_and_leave_when_it_comes_back(store: Store):
    store.save(SUBSIDY_ANSWER, "c", 1)
    store.save(suggested(), "c", 1)
    assert recheck(store, [ARTICLE, PROPOSAL]) == 0
    assert recheck(store, [PROPOSAL]) == 2
    assert recheck(store, [PROPOSAL]) == 0, "what is listed is not new again"
    assert outcomes(store) == [("补贴按季度发放。", "withdrawn", None), ("每月补贴600元", "withdrawn", None)]
    assert recheck(store, [ARTICLE, PROPOSAL]) == 0
    assert outcomes(store) == []


def test_only_what_the_change_touched_is_listed(store: Store):
    store.save(SUBSIDY_ANSWER, "c", 1)
    assert recheck(store, [rewritten("符合条件的家庭每月补贴800元。补贴按季度发放。")]) == 1
    assert outcomes(store) == [("每月补贴600元", "unsupported", "subsidy-2")]
    assert store.decays.counts() == {
        Outcome.WITHDRAWN: 0, Outcome.UNSUPPORTED: 1, Outcome.REWORDED: 0, Outcome.STANDS: 0,
    }  # fmt: skip


def test_what_was_settled_comes_back_only_with_another_finding(store: Store):
    store.save(SUBSIDY_ANSWER, "c", 1)
    changed = rewritten("家庭每月补贴800元。补贴按季度发放。")
    recheck(store, [changed])
    store.decays.settle(store.decays.open()[0].number, "李")
    assert store.audit.newest()[0].action == "decay.settle"
    assert recheck(store, [changed]) == 0
    assert outcomes(store) == []
    assert recheck(store, []) == 2
    assert store.decays.settle_all(Outcome.WITHDRAWN, "李") == 2
    assert outcomes(store) == []


def test_a_verdict_settles_what_had_decayed(store: Store):
    id = store.save(SUBSIDY_ANSWER, "c", 1)
    recheck(store, [])
    store.answers.review(id, "out_of_date", "", "李")
    assert outcomes(store) == []


def test_a_corrected_article_is_followed_under_its_new_title(store: Store):
    store.save(SUBSIDY_ANSWER, "c", 1)
    store.catalogue.adopt([ARTICLE])
    corrected = replace(make_article("另一个标题", "家庭每个月补贴600元。补贴按季度发放。"), kind=ARTICLE.kind)
    store.catalogue.add_draft(corrected, "李", replaces=ARTICLE.id)
    store.catalogue.publish([corrected.id], "李")
    assert recheck(store, store.catalogue.live()) == 1
    assert outcomes(store) == [("每月补贴600元", "reworded", "另一个标题")]


def test_questions_that_ask_alike_are_one_cluster():
    asked = [
        Unanswered("暖气费怎么退？", 9, "2026-11-20"),
        Unanswered("公园几点关门", 5, "2026-11-21"),
        Unanswered("请问暖气费可以退吗", 3, "2026-11-24"),
        Unanswered("退暖气费", 2, "2026-11-22"),
    ]
    assert cluster_questions(asked) == [
        Cluster(("暖气费怎么退？", "请问暖气费可以退吗", "退暖气费"), 14, "2026-11-24"),
        Cluster(("公园几点关门",), 5, "2026-11-21"),
    ]
    assert cluster_questions([]) == []
