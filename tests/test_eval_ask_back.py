"""The invented notices and the questions about them, and how what becomes of these is counted."""

from pathlib import Path

import pytest

from eval.ask_back import HALVES, Family, Notice, notice_articles, outcomes, read_families
from rag.datatypes import Answer, Choice, Kind, Status
from rag.errors import UserError

TWO = """[[family]]
id = "duck"
title = "{label}蛋鸭补贴办法"
labels = ["苇湾县", "竹埠县"]
values = { a = ["3", "5"] }
text = \"\"\"
每只{a}元。
@2 竹埠县另设热线。
\"\"\"
ambiguous = ["每只多少元？"]
clear = ["竹埠县每只多少元？"]
"""


def written(folder: Path, text: str) -> list[Family]:
    (folder / "develop.toml").write_text(text, "utf-8")
    return read_families("develop", folder)


def test_a_family_is_one_notice_in_several_versions(tmp_path: Path) -> None:
    first, second = (
        Notice("苇湾县", "苇湾县蛋鸭补贴办法", "每只3元。", ""),
        Notice("竹埠县", "竹埠县蛋鸭补贴办法", "每只5元。\n竹埠县另设热线。", ""),
    )
    assert written(tmp_path, TWO) == [Family("duck", (first, second), ("每只多少元？",), ("竹埠县每只多少元？",))]


@pytest.mark.parametrize("wrong", [('["3", "5"]', '["3"]'), ('["3", "5"]', '["3", "3"]'), (', "竹埠县"]', "]")])
def test_a_family_that_does_not_fit_is_refused(tmp_path: Path, wrong: tuple[str, str]) -> None:
    with pytest.raises(UserError, match=r"develop\.toml"):
        written(tmp_path, TWO.replace(*wrong))


def test_there_are_a_hundred_questions_of_each_kind_that_nothing_was_fitted_on() -> None:
    held, develop = (read_families(half) for half in reversed(HALVES))
    assert sum(len(family.ambiguous) for family in held) == 100
    assert sum(len(family.clear) for family in held) == 100
    seen = {question for family in develop for question in (*family.ambiguous, *family.clear)}
    assert not seen & {question for family in held for question in (*family.ambiguous, *family.clear)}


@pytest.mark.parametrize("half", HALVES)
def test_each_notice_is_read_as_a_rule_with_its_title(half: str) -> None:
    families = read_families(half)
    articles = notice_articles(families)
    assert [article.title for article in articles] == [n.title for family in families for n in family.notices]
    assert {article.kind for article in articles} == {Kind.POLICY}


def test_what_becomes_of_the_questions_is_kept(tmp_path: Path) -> None:
    def ask(text: str) -> Answer:
        return Answer(Status.ASK_BACK, text, text, choices=(Choice("苇湾县", "?"), Choice("竹埠县", "?")))

    ambiguous, clear = outcomes(written(tmp_path, TWO), ask)
    assert (ambiguous.is_right, ambiguous.offers_all, clear.is_right) == (True, True, False)
