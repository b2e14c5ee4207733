"""What an index holds of folders: of each file the digest of its bytes and the articles that it gave. Kept beside the index
(`SHELF`); whoever indexes other paths removes it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.atomic import write_text
from rag.errors import UserError
from rag.reading import scans
from rag.search.builds import SHELF


@dataclass(frozen=True, slots=True)
class ShelfFile:
    """A file as it was read. `articles`: their ids. `told`: what of it could not be read, in Chinese and in English."""

    digest: str
    articles: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()

    @property
    def problems(self) -> list[UserError]:
        return [UserError(*words) for words in self.told]


@dataclass(frozen=True, slots=True)
class Record:
    """The files of each folder by their paths in it. `reader`: what read them (`reader_identity`)."""

    reader: str
    folders: Mapping[str, Mapping[str, ShelfFile]] = field(default_factory=dict)

    def files(self, folder: Path) -> Mapping[str, ShelfFile]:
        return self.folders.get(str(folder.resolve()), {})

    def ids(self, folder: Path) -> set[str]:
        return {id for file in self.files(folder).values() for id in file.articles}

    def with_files(self, folder: Path, files: Mapping[str, ShelfFile], reader: str) -> "Record":
        return Record(reader, {**self.folders, str(folder.resolve()): files})


def reader_identity() -> str:
    """A digest of what decides how a file is read: this program's own rules, and whether scans can be recognised."""
    digest = hashlib.sha256(str(scans.is_installed()).encode())
    package = Path(__file__).parent.parent
    for path in sorted(path for room in ("reading", "text") for path in (package / room).glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def read_record(directory: Path) -> Record:
    """Empty where there is none, or one that cannot be read: the folder is then read anew."""
    try:
        values = json.loads((directory / SHELF).read_text("utf-8"))
        return Record(
            values["reader"],
            {
                folder: {path: _file(file) for path, file in files.items()}
                for folder, files in values["folders"].items()
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Record("")


def _file(values: Mapping[str, Any]) -> ShelfFile:
    return ShelfFile(values["digest"], tuple(values["articles"]), tuple((zh, en) for zh, en in values["told"]))


def write_record(directory: Path, record: Record) -> None:
    folders = {
        folder: {path: {"digest": f.digest, "articles": f.articles, "told": f.told} for path, f in files.items()}
        for folder, files in record.folders.items()
    }
    write_text(directory / SHELF, json.dumps({"reader": record.reader, "folders": folders}, indent=1))


def forget(directory: Path) -> None:
    """The index was made of other paths."""
    (directory / SHELF).unlink(missing_ok=True)
