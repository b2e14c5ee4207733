"""The dates that a page gives its articles."""

import pytest

from rag.reading.draft_article import date_of_dateline, iso_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026年1月5日", "2026-01-05"),
        ("二〇二六年一月五日", "2026-01-05"),
        ("二○二五年十二月三十一日", "2025-12-31"),
        ("昨日", None),
    ],
)
def test_a_date_line_is_read(text: str, date: str | None) -> None:
    assert iso_date(text) == date


@pytest.mark.parametrize(
    ("paragraph", "date"),
    [
        ("本报讯（记者 陆鸣）1月9日，桥通了。", "--01-09"),
        ("2025年12月3日，桥通了。", "2025-12-03"),
        ("新华社松溪1月9日电 桥通了。", "--01-09"),
        ("桥于1月9日通了。", None),
    ],
)
def test_a_report_is_dated_by_its_first_words(paragraph: str, date: str | None) -> None:
    assert date_of_dateline(paragraph) == date
