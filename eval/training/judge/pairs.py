"""What the judge learns from: a pair of texts with the label that they deserve."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Pair:
    """`first` is a question (task "answers") or a statement ("supports"), `second` a passage or a quote, normalised.
    `start`, `end`: where in `second` the answer stands, or 0, 0."""

    task: str
    first: str
    second: str
    label: float
    start: int = 0
    end: int = 0
    source: str = ""


def write_pairs(pairs: Sequence[Pair], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(asdict(p), ensure_ascii=False) for p in pairs) + "\n", "utf-8")


def read_pairs(path: Path) -> list[Pair]:
    lines: list[dict[str, Any]] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Pair(**line) for line in lines]
