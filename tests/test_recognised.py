"""A scan's page is recognised once: what was interrupted goes on where it stopped."""

from pathlib import Path

import pytest

from rag.datatypes import PageStart, Span
from rag.errors import UserError
from rag.reading.marked import MarkedText
from rag.reading.recognised import READERS, Recognised

PAGE = MarkedText("渡口收费", pages=(PageStart(0, 3),), uncertain=(Span(2, 4),))
READER = READERS[0]


def read(folder: Path, data: bytes = b"scan", name: str = "a.pdf", page: int = 3, reader: str = READER) -> int:
    """How often the page is read; its text is always the same."""
    times = 0

    def once() -> MarkedText:
        nonlocal times
        times += 1
        return PAGE

    assert Recognised(folder).text_of(reader, data, name, {"page": page}, once) == PAGE
    return times


def test_a_page_is_read_once_for_each_content_name_and_number(tmp_path: Path) -> None:
    assert read(tmp_path) == 1
    assert read(tmp_path) == 0
    assert [read(tmp_path, data=b"other"), read(tmp_path, name="b.pdf"), read(tmp_path, page=4)] == [1, 1, 1]


def test_only_scans_are_kept(tmp_path: Path) -> None:
    assert [read(tmp_path, reader="rag.reading.docx:read_docx") for _ in range(2)] == [1, 1]


def test_another_engine_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(tmp_path)
    monkeypatch.setattr("rag.reading.recognised._engine", lambda: "newer")
    assert read(tmp_path) == 1


@pytest.mark.parametrize("kept", ["", "{", '{"text": 1}', "[]"])
def test_what_is_damaged_is_read_again(kept: str, tmp_path: Path) -> None:
    read(tmp_path)
    next(tmp_path.iterdir()).write_text(kept)
    assert [read(tmp_path), read(tmp_path)] == [1, 0]


def test_what_could_not_be_read_is_tried_again(tmp_path: Path) -> None:
    def fail() -> MarkedText:
        raise UserError("太久", "too long")

    with pytest.raises(UserError):
        Recognised(tmp_path).text_of(READER, b"scan", "a.pdf", {"page": 3}, fail)
    assert read(tmp_path) == 1


def test_where_nothing_can_be_kept_the_page_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert [read(tmp_path / "file"), read(tmp_path / "file")] == [1, 1]
