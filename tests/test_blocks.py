"""What a block of a page looks like by itself, and whether the page was wrapped."""

import pytest

from rag.blocks import blocks, speaker_of, wrap_width


def test_a_page_of_long_lines_has_no_width() -> None:
    assert wrap_width(blocks("桥通了。\n" * 20)) is None


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("沈若溪", ("沈若溪", None)),
        ("沈 岚", ("沈岚", None)),
        ("沈若溪（市政协委员）", ("沈若溪", "市政协委员")),
        ("沈若溪委员：", ("沈若溪", "委员")),
        ("市人大代表 沈若溪", ("沈若溪", "市人大代表")),
        ("沈若溪 市政协委员", ("沈若溪", "市政协委员")),
    ],
)
def test_a_line_that_is_nothing_but_a_speaker(line: str, speaker: tuple[str, str | None]) -> None:
    assert speaker_of(line) == speaker


@pytest.mark.parametrize("line", ["桥通了", "市教育局局长沈若溪", "沈若溪建议减免租金", ""])
def test_a_line_that_is_no_speaker(line: str) -> None:
    assert speaker_of(line) is None
