"""Which lines of a page name a speaker."""

import pytest

from rag.datatypes import Kind
from rag.reading.files import read_articles
from tests.notices import HALVES, notices, score, speech_pages

SEED = 11
EACH = 8  # pages of each layout


@pytest.mark.parametrize("half", HALVES)
def test_no_notice_is_torn_at_its_headings_and_none_of_them_becomes_a_person(half: str) -> None:
    faults = score(notices(SEED, EACH, half))
    assert [counter.total() for counter in (faults.torn, faults.invented, faults.dropped)] == [0, 0, 0]


@pytest.mark.parametrize("half", HALVES)
def test_every_speaker_of_a_collection_is_kept(half: str) -> None:
    faults = score(speech_pages(SEED, EACH, half))
    assert [counter.total() for counter in (faults.lost, faults.invented)] == [0, 0]


HEADLINE = "给渡口装上路灯\n"
SPEECH = "渡口入夜没有灯，去年有人落水。建议装灯12盏。\n"


def speaker(text: str) -> str | None:
    return read_articles(text, "page.txt")[0].speaker


@pytest.mark.parametrize(
    "page",
    [
        HEADLINE + "高峰（县政协委员）\n" + SPEECH,
        HEADLINE + "县人大代表 高峰\n" + SPEECH,
        HEADLINE + "高峰\n县政协委员、县航运站站长\n" + SPEECH,
        HEADLINE + "高峰\n" + SPEECH + "县政协委员高峰为此建议加派人手。\n",
        HEADLINE + "高峰\n" + SPEECH + "（作者系县政协委员）\n",
    ],
    ids=["in brackets", "before it", "below it", "in the text", "in a note"],
)
def test_a_name_that_is_a_word_too_speaks_where_its_role_stands_there(page: str) -> None:
    assert speaker(page) == "高峰"


def test_a_lone_name_without_a_role_under_the_only_headline_is_the_speaker_of_what_it_suggests() -> None:
    assert speaker(HEADLINE + "鄢映雪\n" + SPEECH) == "鄢映雪"


def test_a_lone_name_over_a_text_that_suggests_nothing_is_its_author() -> None:
    (article,) = read_articles("渡口的灯\n鄢映雪\n渡口入夜亮起了灯。老艄公说，再也不怕走夜路了。\n", "page.txt")
    assert (article.speaker, article.reporter) == (None, "鄢映雪")


def test_a_list_of_people_in_a_notice_is_no_row_of_speeches() -> None:
    people = "鄢映雪（县政协委员）\n柳若谷（县人大代表）\n"
    (article,) = read_articles("关于聘请河道监督员的公告\n\n现将名单公布如下。\n\n" + people, "page.txt")
    assert (article.kind, article.speaker) == (Kind.POLICY, None)
    assert "柳若谷" in article.text


def test_a_heading_that_the_text_names_again_is_no_speaker() -> None:
    text = "关于旧衣回收有关事项的通知\n管理\n由街道管理，管理人员每周清点一次。\n"
    assert [a.speaker for a in read_articles(text, "page.txt")] == [None]


def test_a_heading_like_the_title_of_a_rule_tears_no_notice() -> None:
    text = "关于旧衣回收有关事项的通知\n\n旧衣每月回收一次。\n\n管理办法\n\n由街道清点。\n\n应急措施\n\n箱满即清。\n"
    assert len(read_articles(text, "page.txt")) == 1
