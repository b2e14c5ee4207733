from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder, make_passage

from rag.datatypes import Passage, Vectors
from rag.vectors import SAVE_EVERY, encode_with_cache

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
