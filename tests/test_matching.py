"""Who is concerned: by what fits any of the things that somebody says of themselves."""

from pathlib import Path

from fakes import make_article, make_bot

from rag.datatypes import Kind

HOUSE = make_article("危房改造办法", "危房改造按户补助。", "农村危房户可以申请改造补助。", kind=Kind.POLICY)
TEACHER = make_article("关于乡村教师的建议", "建议给乡村教师发放交通补助。", kind=Kind.PROPOSAL)
NEWS = make_article("农村危房户迁新居", "农村危房户可以申请改造补助。", kind=Kind.NEWS)
ARTICLES = (HOUSE, TEACHER, NEWS)


def found(folder: Path, description: str, most: int = 8) -> list[tuple[str, str, int]]:
    matches = make_bot(folder, ARTICLES).matching(description, most)
    return [(m.article.title, m.why.text, m.why.citations[0].number) for m in matches]


def test_a_rule_that_fits_is_shown_with_its_own_sentence_that_comes_nearest_and_news_is_not(tmp_path: Path) -> None:
    assert found(tmp_path, "农村危房户申请改造补助") == [("危房改造办法", "农村危房户可以申请改造补助。", 1)]


def test_each_thing_that_somebody_says_of_themselves_is_looked_for(tmp_path: Path) -> None:
    assert found(tmp_path, "我家是农村危房户，我是乡村教师交通补助") == [
        ("关于乡村教师的建议", "建议给乡村教师发放交通补助。", 1),
        ("危房改造办法", "农村危房户可以申请改造补助。", 2),
    ]


def test_no_more_are_shown_than_were_asked_for(tmp_path: Path) -> None:
    assert len(found(tmp_path, "我家是农村危房户，我是乡村教师交通补助", most=1)) == 1


def test_what_nothing_fits_concerns_nobody(tmp_path: Path) -> None:
    assert found(tmp_path, "xyz") == []
