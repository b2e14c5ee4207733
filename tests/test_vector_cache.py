import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder, make_passage

from rag.datatypes import Passage, Vectors
from rag.errors import UserError
from rag.search.vector_cache import SAVE_EVERY, encode_with_cache
from tests.test_builds import files_of_at_most

BRIDGE, ROAD = make_passage("桥通了。", "甲"), make_passage("路修好。", "乙")


class InterruptedEncoder(FakeEncoder):
    """Stops at the second batch, as when the user presses Ctrl-C."""

    def encode_passages(
        self, passages: Sequence[Passage], advance: Callable[[int], object] = lambda _: None
    ) -> Vectors:
        if self.encoded:
            raise KeyboardInterrupt
        return super().encode_passages(passages, advance)


def test_only_missing_texts_are_encoded(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    encode_with_cache(encoder, [BRIDGE], tmp_path / "v.sqlite")
    encode_with_cache(encoder, [BRIDGE, ROAD], tmp_path / "v.sqlite")
    assert encoder.encoded == ["桥通了。", "路修好。"]


def test_kept_vectors_are_the_ones_that_were_made(tmp_path: Path) -> None:
    first = encode_with_cache(FakeEncoder(), [BRIDGE, ROAD], tmp_path / "v.sqlite")
    again = encode_with_cache(FakeEncoder(), [ROAD, BRIDGE], tmp_path / "v.sqlite")
    assert np.array_equal(first, again[::-1])


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    passages = [make_passage(f"第{n}座桥。", f"甲{n}") for n in range(SAVE_EVERY + 3)]
    with pytest.raises(KeyboardInterrupt):
        encode_with_cache(InterruptedEncoder(), passages, tmp_path / "v.sqlite")
    encoder = FakeEncoder()
    encode_with_cache(encoder, passages, tmp_path / "v.sqlite")
    assert encoder.encoded == [p.text for p in passages[SAVE_EVERY:]]


def test_another_encoders_vectors_are_not_used(tmp_path: Path) -> None:
    encode_with_cache(FakeEncoder(), [BRIDGE], tmp_path / "v.sqlite")
    other = FakeEncoder()
    other.identity = "other"
    encode_with_cache(other, [BRIDGE], tmp_path / "v.sqlite")
    assert other.encoded == ["桥通了。"]


def test_the_same_text_under_another_title_is_encoded_anew(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    encode_with_cache(encoder, [BRIDGE, make_passage("桥通了。", "丙")], tmp_path / "v.sqlite")
    assert encoder.encoded == ["桥通了。", "桥通了。"]


def test_progress_counts_kept_and_made_alike(tmp_path: Path) -> None:
    encode_with_cache(FakeEncoder(), [BRIDGE], tmp_path / "v.sqlite")
    done: list[int] = []
    encode_with_cache(FakeEncoder(), [BRIDGE, ROAD], tmp_path / "v.sqlite", done.append)
    assert done == [1, 1]


def test_no_passages_have_no_vectors(tmp_path: Path) -> None:
    assert encode_with_cache(FakeEncoder(), [], tmp_path / "v.sqlite").shape == (0, 64)


def passages_of(count: int) -> list[Passage]:
    return [make_passage(f"第{n}座桥。", f"甲{n}") for n in range(count)]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_file_cut_off_anywhere_gives_no_wrong_vector_and_is_made_good_again(
    tmp_path: Path, share: float, caplog: pytest.LogCaptureFixture
) -> None:
    passages, cache = passages_of(100), tmp_path / "v.sqlite"
    first = encode_with_cache(FakeEncoder(), passages, cache)
    cache.write_bytes(cache.read_bytes()[: int(share * cache.stat().st_size)])
    assert np.array_equal(encode_with_cache(FakeEncoder(), passages, cache), first)
    assert (
        share in (0, 0.99) or "v.sqlite is damaged" in caplog.text
    )  # (an empty one is new; at .99, one vector is cut)
    again = FakeEncoder()
    encode_with_cache(again, passages, cache)
    assert again.encoded == []


def test_a_file_that_is_no_database_is_dropped(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "v.sqlite").write_bytes(b"something else entirely" * 100)
    caplog.set_level(logging.WARNING)
    assert encode_with_cache(FakeEncoder(), [BRIDGE], tmp_path / "v.sqlite").shape == (1, 64)
    assert "v.sqlite is damaged (file is not a database)" in caplog.text


def test_a_file_damaged_while_it_is_written_costs_nothing_that_was_made(tmp_path: Path) -> None:
    cache = tmp_path / "v.sqlite"

    class Damaging(FakeEncoder):
        def encode_passages(
            self, passages: Sequence[Passage], advance: Callable[[int], object] = lambda _: None
        ) -> Vectors:
            if self.encoded:
                cache.write_bytes(b"\xff" * cache.stat().st_size)
            return super().encode_passages(passages, advance)

    encoder = Damaging()
    made = encode_with_cache(encoder, passages_of(SAVE_EVERY + 5), cache)
    assert np.array_equal(made, encode_with_cache(FakeEncoder(), passages_of(SAVE_EVERY + 5), tmp_path / "other"))
    assert len(encoder.encoded) == SAVE_EVERY + 5


def test_a_vector_of_the_wrong_length_is_made_again(tmp_path: Path) -> None:
    first = encode_with_cache(FakeEncoder(), [BRIDGE], tmp_path / "v.sqlite")
    with sqlite3.connect(tmp_path / "v.sqlite") as database:
        database.execute("UPDATE vectors SET vector = ?", (b"\0" * 12,))
    database.close()
    assert np.array_equal(encode_with_cache(FakeEncoder(), [BRIDGE], tmp_path / "v.sqlite"), first)


def test_half_a_character_is_no_obstacle(tmp_path: Path) -> None:
    for _ in range(2):
        encoder = TableEncoderOfAnything()
        encode_with_cache(encoder, [make_passage("半\ud83d", "\udcff")], tmp_path / "v.sqlite")
    assert encoder.encoded == []


class TableEncoderOfAnything(FakeEncoder):
    def _encode(self, texts: Sequence[str]) -> Vectors:
        return np.full((len(texts), 64), 0.125, dtype=np.float32)


def test_a_folder_that_cannot_be_made_is_told_with_the_cause(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    encoder = FakeEncoder()
    with pytest.raises(UserError, match=f"^无法写入 {tmp_path}/file/v.sqlite：那里是一个文件，不是文件夹。") as raised:
        encode_with_cache(encoder, [BRIDGE], tmp_path / "file" / "v.sqlite")
    assert raised.value.en.startswith(f"Cannot write {tmp_path}/file/v.sqlite: a file stands where a folder is needed.")
    assert encoder.encoded == []


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "v.sqlite").mkdir()
    with pytest.raises(UserError, match=f"^无法写入 {tmp_path}/v.sqlite：unable to open database file。"):
        encode_with_cache(FakeEncoder(), [BRIDGE], tmp_path / "v.sqlite")


def test_a_full_disk_is_told_before_anything_is_made(tmp_path: Path) -> None:
    encode_with_cache(FakeEncoder(), [BRIDGE], tmp_path / "v.sqlite")
    size, encoder = (tmp_path / "v.sqlite").stat().st_size, FakeEncoder()
    with files_of_at_most(size), pytest.raises(UserError, match=f"^无法写入 {tmp_path}/v.sqlite：文件超过系统允许"):
        encode_with_cache(encoder, [BRIDGE, ROAD], tmp_path / "v.sqlite")
    assert encoder.encoded == []
    encode_with_cache(encoder, [BRIDGE, ROAD], tmp_path / "v.sqlite")
    assert encoder.encoded == ["路修好。"]


def test_a_disk_that_fills_in_the_middle_keeps_what_was_made_so_far(tmp_path: Path) -> None:
    passages, cache = passages_of(4 * SAVE_EVERY), tmp_path / "v.sqlite"

    class Filling(FakeEncoder):
        def encode_passages(
            self, passages: Sequence[Passage], advance: Callable[[int], object] = lambda _: None
        ) -> Vectors:
            if len(self.encoded) == 2 * SAVE_EVERY:
                limit.__enter__()
            return super().encode_passages(passages, advance)

    limit = files_of_at_most(20_000)
    try:
        with pytest.raises(UserError, match=f"^无法写入 {cache}：文件超过系统允许的大小。"):
            encode_with_cache(Filling(), passages, cache)
    finally:
        limit.__exit__(None, None, None)
    encoder = FakeEncoder()
    encode_with_cache(encoder, passages, cache)
    assert encoder.encoded == [p.text for p in passages[2 * SAVE_EVERY :]]
    assert [path.name for path in tmp_path.iterdir()] == ["v.sqlite"]


def test_a_file_that_may_only_be_read_serves_what_it_holds_and_refuses_what_it_lacks_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = encode_with_cache(FakeEncoder(), [BRIDGE], tmp_path / "v.sqlite")
    connect = sqlite3.connect  # root may write anything: SQLite itself is told to open it read-only
    monkeypatch.setattr(sqlite3, "connect", lambda path, timeout: connect(f"file:{path}?mode=ro", uri=True))
    encoder = FakeEncoder()
    assert np.array_equal(encode_with_cache(encoder, [BRIDGE], tmp_path / "v.sqlite"), first)
    with pytest.raises(UserError, match=r"v\.sqlite：attempt to write a readonly database。"):
        encode_with_cache(encoder, [BRIDGE, ROAD], tmp_path / "v.sqlite")
    assert encoder.encoded == []
