"""What is measured on: one kind of value for all questions, and reading files with the place of whatever is broken.

The data sets are read by `eval.data_sets`, the pages with their gold and questions by `eval.page_sets`. A broken line is a
UserError that names the file and the line.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rag.datatypes import Article
from rag.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "eval"
T = TypeVar("T")


def evaldata_root() -> Path:
    """WENCE_EVALDATA, or ../shared/evaldata beside the project."""
    return Path(os.environ.get("WENCE_EVALDATA") or ROOT.parent / "shared" / "evaldata")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what a right answer is known by.

    `answers`: of every inner tuple one alternative must stand in the answer. `references`: whole answers to compare by
    F1 and ROUGE-L. `gold`: the exact words that bear the answer, found in `source`. `passages`: what `ask_over` reads;
    empty when the whole corpus is searched. `article`: id or title of the article that holds the answer.
    """

    id: str
    dataset: str
    text: str
    answerable: bool
    kind: str = "fact"
    answers: tuple[tuple[str, ...], ...] = ()
    references: tuple[str, ...] = ()
    key_points: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    source: str = ""
    article: str | None = None
    passages: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """What an index is built from."""

    name: str
    articles: tuple[Article, ...]

    def digest(self) -> str:
        whole = hashlib.sha256()
        for article in self.articles:
            whole.update(f"{article.id}\0{article.title}\0{article.text}\0".encode())
        return whole.hexdigest()[:16]


class Identified(Protocol):
    @property
    def id(self) -> str: ...


Named = TypeVar("Named", bound=Identified)


def sample(items: Sequence[Named], count: int | None, seed: int) -> list[Named]:
    """The `count` items whose hashed (seed, id) come first, so that a larger set or a new item moves few others."""
    if count is None or count >= len(items):
        return list(items)
    chosen = sorted(items, key=lambda item: hashlib.sha256(f"{seed}\0{item.id}".encode()).digest())[:count]
    kept = {item.id for item in chosen}
    return [item for item in items if item.id in kept]


def broken(path: Path, line: int | None, why: str) -> UserError:
    place = f"{path}:{line}" if line else str(path)
    return UserError(f"评测数据有误：{place}：{why}", f"broken evaluation data: {place}: {why}")


def read_text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise broken(path, line, "not UTF-8") from error
    except OSError as error:
        raise broken(path, None, error.strerror or "unreadable") from error


def read_records(path: Path, make: Callable[[Mapping[str, Any], int], T]) -> list[T]:
    """One made value for every line of a JSONL file; the maker's complaint is given the file's name and the line."""
    made = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise TypeError("not an object")
            made.append(make(record, number))
        except KeyError as error:
            raise broken(path, number, f"{error} is missing") from error
        except (ValueError, TypeError, AttributeError, IndexError) as error:
            raise broken(path, number, _one_line(error)) from error
    return made


def read_json(path: Path, make: Callable[[Any], T]) -> T:
    try:
        return make(json.loads(read_text(path)))
    except json.JSONDecodeError as error:
        raise broken(path, error.lineno, error.msg) from error
    except KeyError as error:
        raise broken(path, None, f"{error} is missing") from error
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise broken(path, None, _one_line(error)) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def string_in(record: Mapping[str, Any], key: str) -> str:
    value = record[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be text, not {value!r}")
    return value
