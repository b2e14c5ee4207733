"""What rests on a proposal says who suggests it, and cites where the article names them."""

from fakes import hits, make_article, proposal, told

from rag.answering.answerability import examine
from rag.answering.attribution import attribute, introductions, speaker_span
from rag.datatypes import Article, Citation, Evidence, Hit, Kind, Sentence, Span
from rag.question.analysis import analyse
from rag.reading.passages import split_passages

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


def test_where_the_text_names_no_speaker_what_stands_before_the_first_suggestion_is_none() -> None:
    article = make_article("店", "小店开得不久。", "建议各区设一个窗口。", kind=Kind.PROPOSAL, speaker="沈若溪")
    said = [attribute(words, [evidence(article, words)], [])[0] for words in ("小店开得不久。", "建议各区设一个窗口。")]
    assert said == ["沈若溪在建议中提到：小店开得不久。", "沈若溪建议：各区设一个窗口。"]


def test_news_is_nobodys_suggestion() -> None:
    news = make_article("桥", "大桥全长120米。")
    assert attribute("大桥全长120米。", [evidence(news, "大桥全长120米。")], [])[0] == "大桥全长120米。"


def test_a_speaker_whom_the_text_does_not_name_stands_nowhere_in_it() -> None:
    article = make_article("店", "各区设一个窗口受理。", kind=Kind.PROPOSAL, speaker="沈若溪")
    assert speaker_span(article) is None
    assert attribute("设一个窗口。", [evidence(article, "各区设一个窗口受理。")], [])[0] == "沈若溪建议：设一个窗口。"


def introduced(question: str, found: list[Hit]) -> list[str]:
    return [
        one.text or one.evidence.text
        for one in introductions(analyse(question), examine(analyse(question), found, 0.5, 45), found)
    ]


def test_asked_for_two_members_each_is_named() -> None:
    shen, luo = proposal("沈若溪", "培养店员。"), proposal("罗远", "培养冷链人才。")
    both = [told(shen, "培养店员", 0.4), told(luo, "培养冷链人才", 0.3)]
    assert introduced("哪两位委员提到培养人才？", both) == [shen.text, luo.text]
    assert introduced("谁提到培养人才？", both) == [shen.text]
    assert introduced("怎样培养人才？", both) == []


def test_a_member_whose_proposal_does_not_tell_is_not_named() -> None:
    shen, luo = proposal("沈若溪", "培养店员。"), proposal("罗远", "设立冷链基金。")
    both = [told(shen, "培养店员", 0.2), told(luo, "设立冷链基金", 0.12)]
    assert introduced("哪两位委员提到培养人才？", both) == [shen.text]


def test_who_stands_only_in_an_articles_head_is_introduced_by_it() -> None:
    article = make_article(
        "让小店开得久", "小店要减租。", kind=Kind.PROPOSAL, speaker="沈若溪", speaker_role="市政协委员", reporter="陆鸣"
    )
    found = hits(split_passages(article)[0])
    assert introduced("谁建议给小店减租？", found) == ["《让小店开得久》是市政协委员沈若溪的建议。"]
    assert introduced("沈若溪是干什么的？", found) == ["《让小店开得久》是市政协委员沈若溪的建议。"]
    assert introduced("小店那篇是哪个记者写的？", found) == ["《让小店开得久》的署名是陆鸣。"]
    assert introduced("这是谁写的建议？", found) == ["《让小店开得久》是市政协委员沈若溪的建议。"]
    assert introduced("什么记者证可以免票？", found) == []
    assert introduced("这个平台是干什么的？", found) == []
    assert introduced("什么材料要整理？", found) == []
