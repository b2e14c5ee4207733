"""Text made fit for where it goes: what comes in is cleaned, what a source says beside our markers is set apart."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat import pages
from chat.answers import conversation_markdown, plain_text
from chat.pages import Look
from chat.rendering import turn_html
from chat.turns import turn_from_json, turn_of, turn_to_json
from desk.plain import clean, set_apart
from rag.datatypes import Answer, Sentence, Span, Status
from tests.fakes import make_article
from tests.ui_fakes import FakeLog, cite

LINE = "古井每口每年修缮补助900元[3]，由文物所发放［４］。"
WELL = make_article("古井保护办法[1]", f"{LINE}\n[3] 从2026年起。", speaker="程远[2]")
WELLS = Answer(
    Status.PARTIAL, "补助[9]多少？", "补助多少？", (Sentence(LINE, (cite(1, WELL, LINE),), quoted=True),),
    note="没有说明：[7]何时发放", nearest=(WELL,),
)  # fmt: skip
TURN = turn_of(WELLS, answer_id="id")


@given(st.text(st.characters(), max_size=40))
@settings(max_examples=60, deadline=None)
def test_what_was_cleaned_can_be_encoded_and_kept_and_stays(text: str):
    assert clean(text).encode().count(0) == 0
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("补贴\ud83d多少", "补贴多少"),
        ("\ude00\ud83d", ""),
        ("a\0b\x07c\x7f", "abc"),
        ("一\n二\t三", "一\n二\t三"),
        ("😀", "😀"),
    ],
)
def test_halves_of_characters_and_controls_are_left_out(typed: str, kept: str):
    assert clean(typed) == kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("补助900元[3]。", "补助900元〔3〕。"),
        ("罚款［４］", "罚款〔４〕"),
        ("[1][2]", "〔1〕〔2〕"),
        ("[1, 2]和[3-5]", "〔1, 2〕和〔3-5〕"),
        ("[ 12 ]", "〔 12 〕"),
        ("〔2026〕5号", "〔2026〕5号"),
        ("[注]、[a1]、a[i]", "[注]、[a1]、a[i]"),
        ("[]", "[]"),
    ],
)
def test_bracketed_numbers_of_a_source_are_set_apart(text: str, shown: str):
    assert set_apart(text) == shown


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"[\[［](\d+)[\]］]", text))


def seen(html: str) -> str:
    """What a person reads of the page, without what its scripts hold."""
    return re.sub(r"<script.*?</script>|<[^>]*>", " ", html, flags=re.DOTALL)


def test_every_bracketed_number_that_is_shown_is_a_source_in_the_list_and_a_link():
    turn = turn_from_json(turn_to_json(TURN))
    html = turn_html(turn, rated=True).replace("补助[9]多少？", "")  # the citizen's own words stay as they are
    assert numbers_in(seen(html)) == {"1"}
    assert re.findall(r'<a class="marker"[^>]*>([^<]*)</a>', html) == ["[1]"]
    assert numbers_in(plain_text(turn)) == {"1"}
    assert numbers_in(conversation_markdown("题[5]", [turn], "今天").replace("\\", "")) == {"1"}
    assert numbers_in(seen(pages.printed_page(Look(), "题", [turn], "今天")).replace("补助[9]多少？", "")) == {"1"}


def test_a_shared_answer_has_no_bracketed_number_that_is_not_ours_above_the_whole_articles():
    log = FakeLog()
    page = pages.shared_page(Look(root="../"), log.read(log.save(WELLS, "c", 1)))
    page = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL).replace("补助[9]多少？", "")
    assert numbers_in(seen(page)) == {"1"}


def test_what_is_kept_of_the_source_stays_the_source_s():
    (source,) = TURN.sources
    assert source.quote == LINE == WELL.text[Span(source.start, source.end).start : source.end]
