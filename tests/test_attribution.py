"""What rests on a proposal says who suggests it, and cites where the article names them."""

from fakes import make_article

from rag.attribution import attribute, speaker_span
from rag.datatypes import Article, Citation, Evidence, Kind, Sentence, Span
from rag.passages import split_passages

LEAD = "市政协委员沈若溪建议：新开小店减免三个月租金。"
PROPOSAL = make_article(
    "让小店开得久",
    LEAD,
    "各区设一个窗口受理。",
    kind=Kind.PROPOSAL,
    speaker="沈若溪",
    speaker_role="市政协委员",
)


def evidence(article: Article, words: str) -> Evidence:
    start = article.text.index(words)
    passage = next(p for p in split_passages(article) if p.span.start <= start < p.span.end)
    return Evidence(passage, Span(start, start + len(words)), 1.0)


WINDOW = evidence(PROPOSAL, "各区设一个窗口受理。")


def test_the_speaker_is_named_with_the_role_and_cited_where_the_article_does_so() -> None:
    text, cited = attribute("各区设一个窗口受理。", [WINDOW], [])
    assert text == "市政协委员沈若溪建议：各区设一个窗口受理。"
    assert [item.text for item in cited] == ["各区设一个窗口受理。", "市政协委员沈若溪"]


def test_the_second_time_the_name_is_enough() -> None:
    said = Sentence("甲。", (Citation(1, WINDOW.passage, WINDOW.span),), quoted=True)
    assert attribute("他同时建议，各区设一个窗口。", [WINDOW], [said])[0] == "沈若溪还建议：各区设一个窗口。"


def test_what_names_the_speaker_itself_stays_as_it_is() -> None:
    lead = evidence(PROPOSAL, LEAD)
    assert attribute(LEAD, [lead], []) == (LEAD, (lead,))


def test_what_stands_before_the_speaker_is_named_is_no_suggestion() -> None:
    article = make_article(
        "店", "小店开得不久。", LEAD, kind=Kind.PROPOSAL, speaker="沈若溪", speaker_role="市政协委员"
    )
    text, _ = attribute("小店开得不久。", [evidence(article, "小店开得不久。")], [])
    assert text == "市政协委员沈若溪在建议中提到：小店开得不久。"


def test_news_is_nobodys_suggestion() -> None:
    news = make_article("桥", "大桥全长120米。")
    assert attribute("大桥全长120米。", [evidence(news, "大桥全长120米。")], [])[0] == "大桥全长120米。"


def test_a_speaker_whom_the_text_does_not_name_stands_nowhere_in_it() -> None:
    article = make_article("店", "各区设一个窗口受理。", kind=Kind.PROPOSAL, speaker="沈若溪")
    assert speaker_span(article) is None
    assert attribute("设一个窗口。", [evidence(article, "各区设一个窗口受理。")], [])[0] == "沈若溪建议：设一个窗口。"
