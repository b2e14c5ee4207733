"""Named states of an index: each a whole build with its manifest and what was known of folders, beside the builds.

<index>/snapshots/<name>/   manifest.json · shelf.json (where folders are synced) · build/

A build's files never change, so a snapshot shares them with it (hard links) and costs no room until the build is replaced.
"""

import json
import os
import shutil
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rag.atomic import cannot_write, exclusive, printable, rename_folder, write_text
from rag.errors import UserError
from rag.models.fetch import sha256_of
from rag.search.builds import BUILDING, MANIFEST, SHELF, SNAPSHOTS, build_folder, lock, sweep
from rag.search.index import Manifest, read_manifest

BUILD = "build"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`taken`: when, in UTC."""

    name: str
    taken: str
    articles: int
    passages: int


def snapshots(directory: Path) -> list[Snapshot]:
    """Those of the index in `directory`, the newest first; what is no snapshot is passed over."""
    found = []
    for folder in (directory / SNAPSHOTS).glob("*/"):
        try:
            found.append(_read(folder))
        except UserError:
            continue
    return sorted(found, key=lambda snapshot: (snapshot.taken, snapshot.name), reverse=True)


def _read(folder: Path) -> Snapshot:
    manifest = read_manifest(folder)
    taken = datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, UTC).isoformat(timespec="seconds")
    return Snapshot(folder.name, taken, manifest.articles, manifest.passages)


def take(directory: Path, name: str) -> Snapshot:
    """Keep what the index holds now under a name. UserError where there is no index, where the name is none or is taken, or where
    nothing can be written."""
    if not name.replace("-", "").replace("_", "").isalnum() or len(name) > 64:
        raise UserError(
            f"名字“{printable(name)}”不行：用文字、数字、- 和 _，不超过 64 个字。",
            f"{printable(name)!r} is no name: letters, figures, - and _, at most 64 of them.",
        )
    try:
        with exclusive(lock(directory)):
            return _take(directory, name)
    except OSError as error:
        raise cannot_write(directory / SNAPSHOTS, error) from error


def _take(directory: Path, name: str) -> Snapshot:
    manifest, folder = read_manifest(directory), directory / SNAPSHOTS / name
    if folder.exists():
        raise UserError(
            f"已经有叫“{name}”的快照，请换一个名字。",
            f"There is a snapshot called {name!r} already; choose another name.",
        )
    aside = folder.with_name(f".{name}")  # what a killed process left of one
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(build_folder(directory, manifest.build), aside / BUILD, copy_function=_link)
    if (directory / SHELF).is_file():
        shutil.copy(directory / SHELF, aside / SHELF)
    write_text(aside / MANIFEST, json.dumps(asdict(manifest), indent=1))
    rename_folder(aside, folder)
    return _read(folder)


def _link(source: str, target: str) -> None:
    """Where the disk knows no hard links: a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def problem_of(directory: Path, name: str, encoder_identity: str) -> UserError | None:
    """Why the snapshot cannot be gone back to; None where it can."""
    folder = directory / SNAPSHOTS / name
    try:
        manifest = read_manifest(folder)
        whole = all(sha256_of(folder / BUILD / file) == digest for file, digest in manifest.files.items())
    except UserError as error:
        return error
    except OSError:
        whole = False
    if not whole:
        return UserError(f"快照“{name}”已损坏。", f"The snapshot {name!r} is damaged.")
    if manifest.encoder != encoder_identity:
        return UserError(
            f"快照“{name}”是用别的向量模型建立的（{manifest.encoder}）。",
            f"The snapshot {name!r} was made with another encoder ({manifest.encoder}).",
        )
    return None


def restore(directory: Path, name: str, encoder_identity: str, now: datetime) -> tuple[Manifest, str]:
    """Make the index hold again what the snapshot holds; what it held until now is kept as a snapshot too, whose name is given
    ("" where it held nothing). A chat that runs takes it as any new build. UserError where it cannot be."""
    known = [snapshot.name for snapshot in snapshots(directory)]
    if name not in known:
        names = "、".join(known) or "无"
        raise UserError(
            f"没有叫“{printable(name)}”的快照。现有的：{names}。",
            f"There is no snapshot called {printable(name)!r}; there are: {', '.join(known) or 'none'}.",
        )
    if problem := problem_of(directory, name, encoder_identity):
        raise problem
    try:
        with exclusive(lock(directory)):
            kept = _keep_what_is(directory, f"before-{name[:40]}-{now:%Y%m%d-%H%M%S}")
            return _put_back(directory, directory / SNAPSHOTS / name), kept
    except OSError as error:
        raise cannot_write(directory, error) from error


def _keep_what_is(directory: Path, name: str) -> str:
    try:
        return _take(directory, name).name
    except (UserError, FileNotFoundError):
        return ""  # there is no whole index to keep


def _put_back(directory: Path, folder: Path) -> Manifest:
    manifest = read_manifest(folder)
    try:
        previous = read_manifest(directory).build
    except UserError:
        previous = ""
    build = f"{manifest.corpus}-{uuid.uuid4().hex[:8]}"
    aside = build_folder(directory, build + BUILDING)
    shutil.copytree(folder / BUILD, aside, copy_function=_link)
    rename_folder(aside, build_folder(directory, build))
    restored = replace(manifest, build=build, previous=previous)
    write_text(directory / MANIFEST, json.dumps(asdict(restored), indent=1))
    (directory / SHELF).unlink(missing_ok=True)
    if (folder / SHELF).is_file():
        shutil.copy(folder / SHELF, directory / SHELF)
    sweep(directory, [name for name in (build, previous) if name])
    return restored
