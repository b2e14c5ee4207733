"""Whose rule is meant: several rules tell it, each for its own place, year or group, and the question names none of them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.answering.ask_back import title_facets
from rag.answering.refusals import REFUSALS
from rag.datatypes import Answer, Article, Choice, Kind, Status
from tests.fakes import FakeGenerator, make_article, make_bot


def policy(title: str, *paragraphs: str) -> Article:
    return make_article(title, *paragraphs, kind=Kind.POLICY)


def ask(folder: Path, question: str, *articles: Article, history: Sequence[tuple[str, str]] = ()) -> Answer:
    return make_bot(folder, articles, FakeGenerator()).ask(question, history)


def duck(place: str, amount: int, *others: str) -> Article:
    return policy(
        f"{place}蛋鸭养殖补贴办法", f"蛋鸭养殖补贴每只{amount}元。", "申请蛋鸭养殖补贴须带身份证和防疫证。", *others
    )


LOW, HIGH = duck("苇湾县", 3), duck("竹埠县", 5)
ASKED = "蛋鸭养殖补贴每只多少元？"


def test_two_counties_rules_that_differ_are_asked_back_with_the_counties(tmp_path: Path) -> None:
    answer = ask(tmp_path, ASKED, LOW, HIGH)
    assert answer.status is Status.ASK_BACK
    assert answer.sentences == ()
    assert answer.note == REFUSALS[Status.ASK_BACK][0]
    assert sorted(choice.label for choice in answer.choices) == ["竹埠县", "苇湾县"]
    assert {choice.question for choice in answer.choices} == {f"竹埠县，{ASKED}", f"苇湾县，{ASKED}"}


def test_a_choice_is_a_question_that_is_answered(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, (LOW, HIGH), FakeGenerator())
    told = {choice.label: bot.ask(choice.question).sentences for choice in bot.ask(ASKED).choices}
    assert {label: [said.text for said in sentences] for label, sentences in told.items()} == {
        "苇湾县": ["蛋鸭养殖补贴每只3元。"],
        "竹埠县": ["蛋鸭养殖补贴每只5元。"],
    }


def test_what_both_tell_alike_is_answered(tmp_path: Path) -> None:
    answer = ask(tmp_path, "申请蛋鸭养殖补贴须带什么证？", LOW, HIGH)
    assert [said.text for said in answer.sentences] == ["申请蛋鸭养殖补贴须带身份证和防疫证。"]


def test_what_only_one_tells_is_answered(tmp_path: Path) -> None:
    both = (LOW, duck("竹埠县", 5, "蛋鸭养殖补贴的咨询电话是0377-2210099。"))
    answer = ask(tmp_path, "蛋鸭养殖补贴的咨询电话是多少？", *both)
    assert [said.text for said in answer.sentences] == ["蛋鸭养殖补贴的咨询电话是0377-2210099。"]


@pytest.mark.parametrize("question", ["竹埠县蛋鸭养殖补贴每只多少元？", "蛋鸭养殖补贴每只多少元？我家在竹埠"])
def test_who_names_a_county_is_answered_from_its_rule(tmp_path: Path, question: str) -> None:
    assert [said.text for said in ask(tmp_path, question, LOW, HIGH).sentences] == ["蛋鸭养殖补贴每只5元。"]


def test_who_compares_is_told_both(tmp_path: Path) -> None:
    answer = ask(tmp_path, "苇湾县和竹埠县的蛋鸭养殖补贴每只各是多少元？", LOW, HIGH)
    assert answer.status is Status.ANSWERED
    assert {citation.article.id for citation in answer.citations} == {LOW.id, HIGH.id}


def test_reports_of_two_counties_are_no_rules_to_choose_from(tmp_path: Path) -> None:
    reports = [make_article(a.title, a.text, kind=Kind.NEWS) for a in (LOW, HIGH)]
    assert ask(tmp_path, ASKED, *reports).status is Status.ANSWERED


def test_groups_and_years_are_asked_back_too(tmp_path: Path) -> None:
    groups = [policy(f"苇湾县{who}乘船优惠办法", f"乘船票价打{n}折。") for who, n in (("学生", 5), ("教师", 8))]
    answer = ask(tmp_path, "乘船票价打几折？", *groups)
    assert sorted(choice.label for choice in answer.choices) == ["学生", "教师"]
    assert [s.text for s in ask(tmp_path / "b", "学生，乘船票价打几折？", *groups).sentences] == ["乘船票价打5折。"]


def test_what_stands_in_the_place_of_an_older_one_is_no_second_choice(tmp_path: Path) -> None:
    newer = policy(
        "苇湾县鸭棚管理规定", "蛋鸭养殖补贴每只4元。", f"本规定自2026年1月1日起施行，《{LOW.title}》同时废止。"
    )
    answer = ask(tmp_path, ASKED, LOW, newer)
    assert answer.status is Status.ANSWERED
    assert answer.sentences[0].text == "蛋鸭养殖补贴每只4元。"


def test_a_reply_that_names_the_county_completes_the_question(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, (LOW, HIGH), FakeGenerator())
    answer = bot.ask("竹埠县的", [(ASKED, bot.ask(ASKED).text)])
    assert answer.standalone_question == f"竹埠县的，{ASKED}"
    assert [said.text for said in answer.sentences] == ["蛋鸭养殖补贴每只5元。"]


def test_another_question_is_no_reply(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, (LOW, HIGH), FakeGenerator())
    other = "申请蛋鸭养殖补贴须带身份证和防疫证吗"
    assert bot.ask(other, [(ASKED, bot.ask(ASKED).text)]).standalone_question == other


def test_what_is_asked_back_stands_in_the_text_and_in_json(tmp_path: Path) -> None:
    answer = ask(tmp_path, ASKED, LOW, HIGH)
    assert answer.text.splitlines()[1:] == [f"· {choice.question}" for choice in answer.choices]
    values = answer.to_json()
    assert values["status"] == "ask_back"
    assert values["choices"] == [{"label": c.label, "question": c.question} for c in answer.choices]


def test_what_was_answered_before_stays_and_the_rest_is_asked_back(tmp_path: Path) -> None:
    answer = ask(tmp_path, f"申请蛋鸭养殖补贴须带什么证？{ASKED}", LOW, HIGH)
    assert answer.status is Status.PARTIAL
    assert [said.text for said in answer.sentences] == ["申请蛋鸭养殖补贴须带身份证和防疫证。"]
    assert Choice("苇湾县", f"苇湾县，{ASKED}") in answer.choices


@pytest.mark.parametrize(
    ("titles", "facets"),
    [
        (["苇湾县蛋鸭补贴办法", "竹埠县蛋鸭补贴办法"], [("苇湾县", "", ""), ("竹埠县", "", "")]),
        (["关于苇湾县秧田补助的通知", "竹埠县养鸭户扶持方案"], [("苇湾县", "", ""), ("竹埠县", "", "")]),
        (["竹埠县2026年度渡船票价公告", "竹埠县2027年度渡船票价公告"], [("竹埠县", "2026年", ""), ("竹埠县", "2027年", "")]),
        (["竹埠县小学生乘车优惠办法", "竹埠县中学生乘车优惠办法"], [("竹埠县", "", "小学生"), ("竹埠县", "", "中学生")]),
        (["竹埠县幼儿园收费标准", "苇湾县小学收费标准"], [("竹埠县", "", "幼儿园"), ("苇湾县", "", "小学")]),
        # what kind of text it is says not whose
        (["竹埠县渡船补贴办法", "竹埠县渡船补贴细则"], [("竹埠县", "", ""), ("竹埠县", "", "")]),
        (["竹埠县渡船补贴办法", "竹埠县渡船补贴办法"], [("竹埠县", "", ""), ("竹埠县", "", "")]),
    ],
)  # fmt: skip
def test_what_a_title_says_of_whose_it_is(titles: list[str], facets: list[tuple[str, str, str]]) -> None:
    assert title_facets([policy(title, "正文。") for title in titles], None) == facets
