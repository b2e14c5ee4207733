"""Which of the sources answers: what holds on the day that is asked about; and what is said of one that does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes import FakeGenerator, FakeJudge, make_article, make_bot

from rag.answering.jurisdiction import years_asked
from rag.datatypes import Answer, Article, Kind, Reading, Sentence, Status
from rag.question.analysis import analyse
from rag.text.days import days_of, with_years
from rag.validity import State


def policy(title: str, *paragraphs: str, published: str | None = None) -> Article:
    return make_article(title, *paragraphs, kind=Kind.POLICY, published=published)


OLD = policy("柳溪县护学岗补贴办法", "护学岗志愿者补贴为每人每月300元，由乡镇发放。", published="2024-03-01")
NEW = policy(
    "柳溪县调整护学岗补贴标准的通知",
    "自2026年4月1日起，护学岗志愿者补贴调整为每人每月450元，原标准同时停止执行。",
    published="2026-03-01",
)
ASKED = "护学岗志愿者补贴每人每月多少元？"


def ask(folder: Path, question: str, *articles: Article, on: date | None = None) -> Answer:
    return make_bot(folder, articles, FakeGenerator()).ask(question, on=on)


def shown(answer: Answer) -> list[tuple[str, list[str]]]:
    """The sentences, each with the ids of what it cites."""
    return [(s.text, [c.article.id for c in s.citations]) for s in answer.sentences]


def test_asked_about_now_what_is_in_force_answers_and_what_was_so_stands_behind_it_as_that(tmp_path: Path) -> None:
    answer = ask(tmp_path, ASKED, OLD, NEW)
    assert shown(answer) == [
        ("自2026年4月1日起，护学岗志愿者补贴调整为每人每月450元，原标准同时停止执行。", [NEW.id]),
        (f"此前（《{OLD.title}》，2024年）：护学岗志愿者补贴为每人每月300元，由乡镇发放。", [OLD.id]),
    ]
    assert [(c.state, c.article.id) for c in answer.citations] == [
        (State.IN_FORCE, NEW.id),
        (State.SUPERSEDED, OLD.id),
    ]


def test_asked_about_a_year_what_held_in_it_answers(tmp_path: Path) -> None:
    answer = ask(tmp_path, "2024年护学岗志愿者补贴每人每月多少元？", OLD, NEW)
    assert shown(answer) == [("护学岗志愿者补贴为每人每月300元，由乡镇发放。", [OLD.id])]


def test_an_edition_of_an_earlier_year_answers_for_the_years_in_which_it_held(tmp_path: Path) -> None:
    old = policy("松岭市护学岗补贴办法（2023年）", OLD.text, "本办法自2023年5月1日起施行。", published="2023-04-20")
    new = policy(
        "松岭市护学岗补贴办法",
        NEW.text,
        "本办法自2026年2月1日起施行。2023年5月1日施行的《松岭市护学岗补贴办法（2023年）》同时废止。",
        published="2026-01-15",
    )
    for asked, told in (("2024年护学岗志愿者补贴每人每月多少元？", old), (ASKED, new)):
        answer = ask(tmp_path / told.id, asked, old, new)
        assert {id for _, ids in shown(answer) for id in ids} == {told.id}


def test_asked_as_of_a_day_what_held_on_it_answers(tmp_path: Path) -> None:
    answer = ask(tmp_path, ASKED, OLD, NEW, on=date(2026, 3, 31))
    assert shown(answer) == [("护学岗志愿者补贴为每人每月300元，由乡镇发放。", [OLD.id])]
    assert answer.on == "2026-03-31"
    assert [c.state for c in answer.citations] == [State.UNKNOWN]


def test_what_only_the_older_one_tells_is_told_with_a_caution_first(tmp_path: Path) -> None:
    old = policy(OLD.title, OLD.text, "志愿者报名电话是0370-2210110。", published="2024-03-01")
    answer = ask(tmp_path, "护学岗志愿者报名电话是多少？", old, NEW)
    assert shown(answer) == [
        (
            f"注意：《{OLD.title}》的原标准、原规定自2026年4月1日起已被《{NEW.title}》代替，下面是它原来的规定。",
            [NEW.id],
        ),
        ("志愿者报名电话是0370-2210110。", [OLD.id]),
    ]
    assert answer.citations[0].quote == "原标准同时停止执行"


def test_the_caution_is_streamed_before_the_sentence(tmp_path: Path) -> None:
    expired = policy("柳溪县停车办法", "停车每小时收费3元。本办法自2020年1月1日起施行，有效期5年。")
    events = list(make_bot(tmp_path, (expired,), FakeGenerator()).stream("停车每小时收费多少元？"))
    streamed = [event for event in events if isinstance(event, Sentence)]
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert tuple(streamed) == answer.sentences
    assert streamed[0].text.startswith("注意：《柳溪县停车办法》的有效期到2024年12月31日为止")


@pytest.mark.parametrize(
    ("told", "on", "caution", "state"),
    [
        ("本办法自2020年1月1日起施行，有效期5年。", "2026-11-27", "的有效期到2024年12月31日为止，已经失效，下面是它失效前的规定。", State.EXPIRED),
        ("本办法自2020年1月1日起施行，有效期5年。", "2024-12-31", "", State.IN_FORCE),
        ("本办法自2027年1月1日起施行。", "2026-11-27", "从2027年1月1日起施行，2026年11月27日还没有施行。", State.NOT_YET),
        ("本办法自2027年1月1日起施行。", "2027-01-01", "", State.IN_FORCE),
        ("（2020年1月1日柳溪县人民政府公布）", "2019-06-01", "是2020年1月1日发布的，2019年6月1日还没有发布。", State.NOT_YET),
        ("效力状态：已废止", "2026-11-27", "已注明失效，下面是它原来的规定。", State.EXPIRED),
        ("乡镇应当公示。", "2026-11-27", "", State.UNKNOWN),
    ],
)  # fmt: skip
def test_what_is_said_first_of_a_source_that_does_not_hold(
    tmp_path: Path, told: str, on: str, caution: str, state: State
) -> None:
    article = policy("柳溪县停车办法", "停车每小时收费3元。", told)
    answer = ask(tmp_path, "停车每小时收费多少元？", article, on=date.fromisoformat(on))
    first = [f"注意：《柳溪县停车办法》{caution}"] if caution else []
    assert [s.text for s in answer.sentences] == [*first, "停车每小时收费3元。"]
    assert answer.citations[-1].state is state


def test_a_repealed_rule_gives_way_to_the_one_that_repealed_it_however_that_is_worded(tmp_path: Path) -> None:
    new = policy(
        "柳溪县机动车停放管理规定",
        "临时停放的，每小时收费5元。",
        "本规定自2026年1月1日起施行，《柳溪县停车办法》同时废止。",
    )
    old = policy("柳溪县停车办法", "停车每小时收费3元。")
    others = [policy(f"柳溪县第{n}号停车公告", "停车场每日开放。") for n in "一二三四五六七八九十"]
    answer = ask(tmp_path, "停车每小时收费多少元？", old, new, *others)
    assert shown(answer)[0] == ("临时停放的，每小时收费5元。", [new.id])
    assert "3元" not in answer.text  # all of the old one is repealed


def test_the_newest_of_a_yearly_notice_answers(tmp_path: Path) -> None:
    notices = [
        policy(f"柳溪县{year}年居民医保缴费公告", f"居民医保每人缴纳{amount}元。", published=f"{year}-01-05")
        for year, amount in ((2024, 380), (2025, 400), (2026, 420))
    ]
    answer = ask(tmp_path, "居民医保每人缴纳多少元？", *notices)
    assert shown(answer)[0] == ("居民医保每人缴纳420元。", [notices[2].id])
    asked = ask(tmp_path / "b", "2025年居民医保每人缴纳多少元？", *notices)
    assert shown(asked) == [("居民医保每人缴纳400元。", [notices[1].id])]


def test_a_report_is_told_without_a_word_on_validity(tmp_path: Path) -> None:
    report = make_article("停车新规", "停车每小时收费3元。新规自2020年1月1日起施行，有效期5年。")
    answer = ask(tmp_path, "停车每小时收费多少元？", report)
    assert [s.text for s in answer.sentences] == ["停车每小时收费3元。"]
    assert answer.citations[0].state is State.REPORT


def test_given_texts_have_no_state(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, (OLD,), FakeGenerator())
    answer = bot.ask_over("停车每小时收费多少元？", ["停车每小时收费3元。本办法自2020年1月1日起施行，有效期5年。"])
    assert answer.status is Status.ANSWERED
    assert answer.citations[0].state is None


def test_each_citation_bears_its_state_in_json(tmp_path: Path) -> None:
    answer = ask(tmp_path, ASKED, OLD, NEW).to_json()
    assert answer["on"] == "2026-11-27"
    new, old = (sentence["citations"][0] for sentence in answer["sentences"])
    assert (new["state"], new["effective"], new["expires"], new["superseded_by"]) == (
        "in_force", "2026-04-01", None, None,
    )  # fmt: skip
    assert (old["state"], old["effective"]) == ("superseded", None)
    assert old["superseded_by"] == {"article_id": NEW.id, "title": NEW.title, "since": "2026-04-01"}


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("补贴多少元？", "2026-11-27", "2026-11-27"),
        ("2024年补贴多少元？", "2024-01-01", "2024-12-31"),
        ("2024至2025年补贴多少元？", "2024-01-01", "2025-12-31"),
        ("2026年补贴多少元？", "2026-11-27", "2026-11-27"),  # this year is now
        ("我2020年退休，补贴多少元？", "2026-11-27", "2026-11-27"),  # a year of who asks
    ],
)
def test_which_days_are_asked_about(question: str, first: str, last: str) -> None:
    days = (date.fromisoformat(first), date.fromisoformat(last))
    assert days_of(years_asked(analyse(question)), date(2026, 11, 27)) == days


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("去年补贴多少元？", {2025}),
        ("前年的补贴是多少？", {2024}),
        ("上一年补贴多少？", {2025}),
        ("明年补贴多少元？", {2027}),
        ("听说后年要涨，是多少？", {2028}),
        ("25年补贴多少元？", {2025}),
        ("请问，24年度补贴多少？", {2024}),
        ("二五年补贴多少元？", {2025}),
        ("在二四年的补贴是多少？", {2024}),
        ("25年3月补贴多少？", set()),  # a month of it
        # now, or no year of a rule
        ("今年补贴多少元？", set()),
        ("补贴多少元？", set()),
        ("我去年退休，补贴多少元？", set()),
        ("去年买的房能提取吗？", set()),
        # two times compared: both are heard
        ("今年比去年多补多少？", set()),
        ("补贴比去年涨了多少？", set()),
        ("去年和前年各补多少？", set()),
        # lengths of time, school years
        ("缴费满25年能领多少？", set()),
        ("工龄25年补多少？", set()),
        ("25年以上工龄补多少？", set()),
        ("25年的房贷能提取吗？", set()),
        ("二十五年工龄补多少？", set()),
        ("住了15年的房子能改造吗？", set()),
        ("三年级的孩子能报名吗？", set()),
    ],
)
def test_years_are_told_from_the_day_on_which_it_is_asked(question: str, years: set[int]) -> None:
    assert years_asked(analyse(with_years(question, date(2026, 11, 27)))) == years


@pytest.mark.parametrize("said", ["去年", "2025年", "25年", "二五年"])
def test_the_year_before_is_answered_by_what_held_then(tmp_path: Path, said: str) -> None:
    notices = [
        policy(f"柳溪县{year}年居民医保缴费公告", f"居民医保每人缴纳{amount}元。", published=f"{year}-01-05")
        for year, amount in ((2024, 380), (2025, 400), (2026, 420))
    ]
    answer = ask(tmp_path, f"{said}居民医保每人缴纳多少元？", *notices)
    assert shown(answer) == [("居民医保每人缴纳400元。", [notices[1].id])]
    assert answer.question == f"{said}居民医保每人缴纳多少元？"


def test_the_day_on_which_it_is_asked_says_which_year_was_the_one_before(tmp_path: Path) -> None:
    answer = ask(tmp_path, "去年护学岗志愿者补贴每人每月多少元？", OLD, NEW, on=date(2027, 5, 1))
    assert shown(answer)[0] == ("自2026年4月1日起，护学岗志愿者补贴调整为每人每月450元，原标准同时停止执行。", [NEW.id])
    before = ask(tmp_path / "b", "去年护学岗志愿者补贴每人每月多少元？", OLD, NEW, on=date(2026, 5, 1))
    assert shown(before) == [("护学岗志愿者补贴为每人每月300元，由乡镇发放。", [OLD.id])]


def test_the_year_that_is_asked_about_need_not_stand_in_the_sentence(tmp_path: Path) -> None:
    """A judge that wants the year in the passage finds none; asked without it, in what held in that year, it finds the rule."""

    class YearJudge(FakeJudge):
        def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
            readings = super().read(question, passages)
            return [replace(r, probability=0.01) for r in readings] if "2024" in question else readings

    bot = make_bot(tmp_path, (OLD, NEW), FakeGenerator(), YearJudge())
    answer = bot.ask("2024年护学岗志愿者补贴每人每月多少元？")
    assert shown(answer) == [("护学岗志愿者补贴为每人每月300元，由乡镇发放。", [OLD.id])]


def test_a_sentence_on_another_year_answers_none(tmp_path: Path) -> None:
    both = policy("柳溪县补贴情况", "2025年护学岗志愿者补贴为每人每月300元。", published="2024-03-01")
    assert not ask(tmp_path, "2024年护学岗志愿者补贴每人每月多少元？", both).status.has_sentences
