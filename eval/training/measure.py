"""`python -m eval.training.measure answer`: how the adapter, or the untaught model, answers what it was never trained on.

Of every set so many told and untold questions, chosen by their hash. Reported with 95% bootstrap intervals: the share of
told ones whose answer holds the gold words, character F1, how many are refused greedily, AUROC of the untold phrase's
log-odds, and how often a sentence that bears the answer is among the numbers written. Answers and figures go to
WENCE_HOME/training/TASK/measured; training waits meanwhile.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file

from eval.data import evaldata_root
from eval.metrics import auroc, best_of, bootstrap_interval, character_f1, contains_all
from eval.training.base import int8_folder, load_base
from eval.training.batches import Asked, Group
from eval.training.data import training_folder
from eval.training.decode import answer
from eval.training.development import POLICIES, SETS, Item, items_of
from eval.training.lora import AdaptedLinear, add_adapter, load_matrices
from eval.training.prompt import END, encode
from eval.training.written import SOURCE
from rag.answering.prompts import UNTOLD, ask_text, parse_answer, read_text
from rag.errors import UserError
from rag.settings import read_settings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MEASURED = "measured"
MOST_TOKENS = 160
AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class Answered:
    id: str
    name: str
    question: str
    answers: tuple[tuple[str, ...], ...]
    answer: str
    numbers: tuple[int, ...]
    support: tuple[int, ...]
    untold: float

    @property
    def is_right(self) -> bool:
        return contains_all(self.answer, self.answers)

    @property
    def f1(self) -> float:
        """Against the alternative that fits best, or where several things must be told against the first of each."""
        references = self.answers[0] if len(self.answers) == 1 else ["；".join(group[0] for group in self.answers)]
        return best_of(character_f1, self.answer, references)


def ask(
    model: Any, layers: dict[str, AdaptedLinear], tokenizer: "Tokenizer", items: Sequence[Item], numbered: bool
) -> Iterator[Answered]:
    untold = encode(tokenizer, UNTOLD)[0]
    (end,) = encode(tokenizer, END)
    for start in range(0, len(items), AT_ONCE):
        own = items[start : start + AT_ONCE]
        groups = [
            Group(
                tuple(encode(tokenizer, read_text(i.reading, numbered))),
                (Asked(tuple(encode(tokenizer, ask_text(i.question))), (end,)),),
            )
            for i in own
        ]
        for item, written in zip(own, answer(model, layers, groups, untold, end, MOST_TOKENS), strict=True):
            text, numbers = parse_answer(tokenizer.decode(list(written.ids)))
            yield Answered(item.id, item.name, item.question, item.answers, text, numbers, item.support, written.untold)


def summary(answered: Sequence[Answered]) -> dict[str, Any]:
    """The set's figures, each a mean with its interval; AUROC where there are both kinds."""
    told = [a for a in answered if a.answers]
    untold = [a for a in answered if not a.answers]

    def mean(values: Sequence[float]) -> list[float]:
        low, high = bootstrap_interval(lambda drawn: sum(values[n] for n in drawn) / len(drawn), len(values))
        return [round(v, 3) for v in (sum(values) / len(values), low, high)]

    made: dict[str, Any] = {"told": len(told), "untold": len(untold)}
    if told:
        made["holds_gold"] = mean([float(a.is_right) for a in told])
        made["f1"] = mean([a.f1 for a in told])
        made["told_refused"] = mean([float(not a.answer) for a in told])
        made["characters"] = round(sum(len(a.answer) for a in told) / len(told), 1)
        answering = [a for a in told if a.answer]
        if answering:
            made["cites_bearing"] = mean([float(bool(set(a.numbers) & set(a.support))) for a in answering])
            made["cites_any"] = mean([float(bool(a.numbers)) for a in answering])
    if untold:
        made["untold_refused"] = mean([float(not a.answer) for a in untold])
    if told and untold:
        low, high = bootstrap_interval(lambda drawn: told_apart([answered[n] for n in drawn]), len(answered))
        made["auroc"] = [round(v, 3) for v in (told_apart(answered), low, high)]
        made["untold_refused_at_8%"] = round(refused_at(answered, 0.08), 3)
    return made


def told_apart(answered: Sequence[Answered]) -> float:
    """AUROC of the untold phrase's log-odds."""
    return auroc([a.untold for a in answered], [not a.answers for a in answered])


def refused_at(answered: Sequence[Answered], false: float) -> float:
    """The share of untold ones above the threshold that refuses the share `false` of the told ones."""
    told = sorted((a.untold for a in answered if a.answers), reverse=True)
    threshold = told[int(false * len(told))]
    untold = [a.untold for a in answered if not a.answers]
    return sum(score > threshold for score in untold) / len(untold)


@contextmanager
def training_waits(folder: Path) -> Iterator[None]:
    mark = folder / "pause"
    mark.write_text(str(os.getpid()))
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def load_adapter(model: Any, path: Path) -> dict[str, AdaptedLinear]:
    """The snapshot's matrices beside the model's layers."""
    tensors = load_file(path)
    rank = next(t.shape[0] for name, t in tensors.items() if name.endswith(".a"))
    layers = add_adapter(model, rank, float(rank), seed=0)
    load_matrices(layers, tensors)
    return layers


def keep(answered: Iterator[Answered], path: Path) -> list[Answered]:
    """All of them, each a line of `path` as soon as it is there."""
    kept = []
    with path.open("w", encoding="utf-8") as out:
        for one in answered:
            kept.append(one)
            out.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
            out.flush()
    return kept


def measured_beside(snapshot: Path) -> Path:
    """Where the figures of a run's snapshots are kept."""
    return snapshot.resolve().parent.parent / MEASURED


def add_figures(path: Path, of_set: str, figures: dict[str, Any]) -> None:
    """The set's figures beside those of others that were measured before."""
    known = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    path.write_text(json.dumps(known | {of_set: figures}, ensure_ascii=False, indent=1), "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    from tokenizers import Tokenizer

    parser = argparse.ArgumentParser(prog="python -m eval.training.measure", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("task", choices=("answer",))
    parser.add_argument("--snapshot", type=Path, help="a file of matrices; without it the untaught model answers")
    parser.add_argument("--count", type=int, default=40, help="told and untold questions of each set")
    parser.add_argument(
        "--sets", nargs="+", choices=[*sorted(SETS), POLICIES, SOURCE], default=["checklist", "cmrc", "squad2"]
    )
    parser.add_argument("--unnumbered", action="store_true", help="the text's sentences without their numbers")
    options = parser.parse_args(arguments)
    settings = read_settings()
    folder = training_folder(settings, options.task)
    name = options.snapshot.stem if options.snapshot else "untaught"
    name += "-unnumbered" if options.unnumbered else ""
    target = measured_beside(options.snapshot) if options.snapshot else folder / MEASURED
    target.mkdir(parents=True, exist_ok=True)
    try:
        with training_waits(folder):
            base = load_base(int8_folder(settings), "cuda" if torch.cuda.is_available() else "cpu")
            layers = load_adapter(base, options.snapshot) if options.snapshot else {}
            tokenizer = Tokenizer.from_file(str(int8_folder(settings) / "tokenizer.json"))
            for of_set in options.sets:
                began = time.monotonic()
                items = items_of(evaldata_root(), of_set, options.count)
                answered = keep(
                    ask(base, layers, tokenizer, items, not options.unnumbered), target / f"{name}-{of_set}.jsonl"
                )
                figures = summary(answered) | {"seconds": round(time.monotonic() - began, 1)}
                print(name, of_set, json.dumps(figures), flush=True)
                add_figures(target / f"{name}.json", of_set, figures)
    except UserError as error:
        print(error.message("en"), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
