import os
from pathlib import Path

import pytest

from rag.models.kv_cache import KVCacheStore, Layers
from tests.test_builds import files_of_at_most

torch = pytest.importorskip("torch")
BYTES = 2 * 2 * 3 * 4  # keys and values, 2 heads, 3 tokens of 4 numbers, int8


def layers(tokens: int, value: float = 0.5, count: int = 1) -> Layers:
    return [(torch.full((1, 2, tokens, 4), value), torch.full((1, 2, tokens, 4), -value)) for _ in range(count)]


def test_what_was_read_is_found_by_a_prompt_that_begins_so(tmp_path: Path) -> None:
    store = KVCacheStore(tmp_path, "model")
    store.keep([1, 2, 3], layers(3, count=2))
    found = store.find([1, 2, 3, 4])
    assert found is not None
    length, kept = found
    assert (length, len(kept)) == (3, 2)
    assert torch.equal(kept[1][1], torch.full((1, 2, 3, 4), -0.5))


def test_the_longest_prefix_is_found(tmp_path: Path) -> None:
    store = KVCacheStore(tmp_path, "model")
    store.keep([1, 2], layers(2))
    store.keep([1, 2, 3], layers(3))
    found = store.find([1, 2, 3, 4])
    assert found is not None
    assert found[0] == 3


def test_a_cache_that_has_grown_is_cut_to_the_prefix(tmp_path: Path) -> None:
    store = KVCacheStore(tmp_path, "model")
    store.keep([1, 2, 3], layers(9))
    found = store.find([1, 2, 3])
    assert found is not None
    assert found[1][0][0].shape == (1, 2, 3, 4)


@pytest.mark.parametrize("ids", [[1, 2], [1, 2, 4, 5], []])
def test_another_prompt_finds_nothing(tmp_path: Path, ids: list[int]) -> None:
    store = KVCacheStore(tmp_path, "model")
    store.keep([1, 2, 3], layers(3))
    assert store.find(ids) is None
    assert not store.holds(ids)


def test_another_model_finds_nothing(tmp_path: Path) -> None:
    KVCacheStore(tmp_path, "model").keep([1, 2, 3], layers(3))
    assert KVCacheStore(tmp_path, "other").find([1, 2, 3]) is None


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    store = KVCacheStore(tmp_path, "model", budget=10_000)
    for n, ids in enumerate(([1, 2, 3], [4, 5, 6])):
        store.keep(ids, layers(3))
        for path in tmp_path.glob("*.safetensors"):
            os.utime(path, (n, n))
    store.find([1, 2, 3])  # used just now
    size = max(path.stat().st_size for path in tmp_path.iterdir())
    KVCacheStore(tmp_path, "model", budget=2 * size).keep([7, 8, 9], layers(3))
    assert [store.holds(ids) for ids in ([1, 2, 3], [4, 5, 6], [7, 8, 9])] == [True, False, True]


@pytest.mark.parametrize("size", [0, 1, 7, 8, 40, 200, -1])
def test_a_file_cut_off_is_dropped_with_a_line_in_the_log_and_a_shorter_one_serves(
    tmp_path: Path, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    store = KVCacheStore(tmp_path, "model")
    store.keep([1, 2], layers(2))
    store.keep([1, 2, 3], layers(3))
    (path,) = tmp_path.glob("3-*")
    path.write_bytes(path.read_bytes()[:size])
    found = store.find([1, 2, 3, 4])
    assert found is not None
    assert found[0] == 2
    assert f"{path} is damaged" in caplog.text
    assert not store.holds([1, 2, 3])
    store.keep([1, 2, 3], layers(3))
    assert store.find([1, 2, 3, 4])[0] == 3  # type: ignore[index]


def test_a_file_without_one_of_its_tensors_is_damaged(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    store = KVCacheStore(tmp_path, "model")
    store.keep([1, 2, 3], layers(3))
    (path,) = tmp_path.glob("3-*")
    tensors = load_file(path)
    tensors["another"] = tensors.pop("keys.0.scale")
    save_file(tensors, path)
    assert store.find([1, 2, 3]) is None
    assert not store.holds([1, 2, 3])


def test_what_a_killed_process_left_is_never_found_and_gone_with_the_next_file(tmp_path: Path) -> None:
    store = KVCacheStore(tmp_path, "model")
    store.keep([4, 5], layers(2))
    (kept,) = tmp_path.glob("2-*")
    left = tmp_path / (KVCacheStore(tmp_path, "model")._path([1, 2, 3]).name + ".part")
    left.write_bytes(b"\0" * BYTES)
    assert store.find([1, 2, 3]) is None
    store.keep([1, 2], layers(2))
    assert not left.exists()
    assert kept.exists()


def test_a_full_disk_costs_the_answer_nothing_but_the_time_to_read_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = KVCacheStore(tmp_path, "model")
    with files_of_at_most(200):
        store.keep([1, 2, 3], layers(3))
    assert "cannot be written" in caplog.text
    assert store.find([1, 2, 3]) is None
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
    with caplog.at_level("WARNING"):
        (tmp_path / "file").touch()
        KVCacheStore(tmp_path / "file", "model").keep([1, 2, 3], layers(3))


def test_what_else_is_in_the_folder_is_neither_read_nor_removed(tmp_path: Path) -> None:
    own = ["a.safetensors", "3-x.safetensors", "notes.txt"]
    for name in own:
        (tmp_path / name).write_text("own")
    (tmp_path / "folder").mkdir()
    store = KVCacheStore(tmp_path, "model", budget=1)
    store.keep([1, 2, 3], layers(3))
    store.keep([4, 5, 6], layers(3))
    assert store.find([4, 5, 6]) is not None
    assert store.find([1, 2, 3]) is None
    assert all((tmp_path / name).exists() for name in [*own, "folder"])


def test_numbers_come_back_as_int8_holds_them(tmp_path: Path) -> None:
    keys = torch.tensor([[[[100.0, 0.1], [-50.0, 0.05], [25.0, -0.03]]]])
    values = torch.tensor([[[[100.0, 50.0], [0.1, -0.05], [0.0, 0.0]]]])
    store = KVCacheStore(tmp_path, "model")
    store.keep([1, 2, 3], [(keys, values)])
    found = store.find([1, 2, 3])
    assert found is not None
    ((kept_keys, kept_values),) = found[1]
    assert kept_keys.dtype == kept_values.dtype == torch.float32
    # A large channel of the keys spoils no small one, a large token of the values no small one: half a step of 1/127 each.
    assert ((kept_keys - keys).abs() <= torch.tensor([100.0, 0.1]) / 127 / 2 + 1e-6).all()
    assert ((kept_values - values).abs() <= torch.tensor([[100.0], [0.1], [0.0]]) / 127 / 2 + 1e-6).all()


def test_a_kept_prefix_takes_a_byte_a_number(tmp_path: Path) -> None:
    store = KVCacheStore(tmp_path, "model")
    tokens = 1000
    store.keep(list(range(tokens)), [(torch.ones(1, 2, tokens, 128), torch.ones(1, 2, tokens, 128))])
    (path,) = tmp_path.glob("*.safetensors")
    numbers = 2 * 2 * tokens * 128
    assert numbers < path.stat().st_size < 1.03 * numbers
