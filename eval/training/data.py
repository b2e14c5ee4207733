"""`python -m eval.training.data answer`: everything that may train shipped weights, as tokens in one small file, and what
each validation reads in another. `--share 0.1 --name citizens`: the written texts whole, of all else a tenth of the texts, in
a folder of its own: what a second run ends with.

A text is kept once with all its questions. A file is a compressed .npz: `tokens` (uint32, flat) and for every piece its
length: `reads` (articles), `questions` (how many each article has), `prompts`, `targets` (of each question), `weights`,
and the kind of each as a number into `kinds`.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eval.data import evaldata_root
from eval.training.batches import Asked, Group
from eval.training.development import development_askings
from eval.training.documents import official
from eval.training.examples import Asking, cut, join_two
from eval.training.prompt import END, encode, target_text
from eval.training.sources import finance, law, reading_sets, robust
from eval.training.untold import Nearest, add_near, add_swapped, drop_a_sentence
from eval.training.wording import as_typed
from eval.training.written import written
from rag.answering.prompts import ask_text, read_text
from rag.errors import UserError
from rag.settings import Settings, read_settings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SEED = 1
DATA, DEVELOPMENT = "data.npz", "development.npz"
CHARACTERS = (260, 380, 520, 800, 1200)  # of a text, at most; a question's answer stays inside
MOST_QUESTIONS = 8  # of one text in one group, so that a step sees several texts
REWORDED = 0.35
SHARE = {"cmrc2018_train": 0.6, "drcd_train_part": 0.5}  # encyclopaedias: of them there is more than of all else


@dataclass(frozen=True, slots=True)
class Packed:
    """Groups in training order, and of each question its source and kind."""

    groups: tuple[Group, ...]
    kinds: tuple[tuple[str, ...], ...]


def training_folder(settings: Settings, task: str) -> Path:
    """Outside of the project: nothing of the data is kept in it."""
    return settings.home / "training" / task


def answer_askings(root: Path, seed: int, share: float = 1.0) -> list[Asking]:
    """All texts with their questions, told and untold, in an order in which every stretch holds some of each source.
    `share` of all but the written ones, which are taken as they are."""
    rng = random.Random(seed)
    read = [a for a in reading_sets(root) if rng.random() < SHARE.get(a.source, 1.0)] + robust(root)
    nearest = Nearest(read)
    made = []
    for asking in [*read, *finance(root), *law(root, seed), *official(root, seed)]:
        # NumberedText is what a step costs: long texts where many questions share them, one in eight where not.
        many = len(asking.examples) > 2 or rng.random() < 0.12
        shortened = cut(asking, CHARACTERS[-1] if many else rng.choice(CHARACTERS[:3]))
        if shortened is None:
            continue
        asking = add_swapped(join_two(shortened, rng), rng)
        if asking.source not in ("dureader_checklist_train", "law_ranking"):  # these have untold ones of their own
            asking = drop_a_sentence(add_near(asking, nearest, rng), rng)
        examples = tuple(
            replace(e, question=as_typed(e.question, rng)) if rng.random() < REWORDED else e for e in asking.examples
        )
        made += split(replace(asking, examples=examples), rng)
    rng.shuffle(made)
    made = made[: round(len(made) * share)] + written()
    rng.shuffle(made)
    return made


def split(asking: Asking, rng: random.Random) -> list[Asking]:
    """The same text once for every MOST_QUESTIONS of its questions, in mixed order."""
    examples = list(asking.examples)
    rng.shuffle(examples)
    starts = range(0, len(examples), MOST_QUESTIONS)
    return [replace(asking, examples=tuple(examples[i : i + MOST_QUESTIONS])) for i in starts]


def to_group(asking: Asking, tokenizer: "Tokenizer") -> Group:
    (end,) = encode(tokenizer, END)
    asked = tuple(
        Asked(
            tuple(encode(tokenizer, ask_text(e.question))),
            (*encode(tokenizer, target_text(e.answer, e.support)), end),
        )
        for e in asking.examples
    )
    return Group(tuple(encode(tokenizer, read_text(asking.reading))), asked)


def pack(askings: Sequence[Asking], tokenizer: "Tokenizer", path: Path) -> None:
    """Write the groups to `path`, whole or not at all."""
    groups = [to_group(a, tokenizer) for a in askings]
    names = [[f"{a.source}/{e.kind}" for e in a.examples] for a in askings]
    kinds = sorted({name for of_one in names for name in of_one})
    number = {kind: i for i, kind in enumerate(kinds)}
    tokens: list[int] = []
    for group in groups:
        tokens += group.read
        for one in group.asked:
            tokens += [*one.prompt, *one.target]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as out:
        np.savez_compressed(
            out,
            tokens=np.array(tokens, dtype=np.uint32),
            reads=np.array([len(g.read) for g in groups], dtype=np.int32),
            questions=np.array([len(g.asked) for g in groups], dtype=np.int32),
            prompts=np.array([len(a.prompt) for g in groups for a in g.asked], dtype=np.int32),
            targets=np.array([len(a.target) for g in groups for a in g.asked], dtype=np.int32),
            weights=np.array([a.weight for g in groups for a in g.asked], dtype=np.float32),
            kind=np.array([number[name] for of_one in names for name in of_one], dtype=np.int32),
            kinds=np.array(kinds),
        )
    unfinished.replace(path)


def unpack(path: Path) -> Packed:
    """What `pack` wrote. UserError where the file is missing."""
    if not path.is_file():
        raise UserError(
            f"没有训练数据文件 {path}，请先运行 python -m eval.training.data。",
            f"There is no {path}: run python -m eval.training.data first.",
        )
    with np.load(path) as stored:
        kept: dict[str, NDArray[np.generic]] = dict(stored)
    tokens = kept["tokens"].tolist()
    questions = kept["questions"].tolist()
    prompts, targets, weights = (kept[k].tolist() for k in ("prompts", "targets", "weights"))
    kinds = [str(kept["kinds"][i]) for i in kept["kind"].tolist()]
    firsts = [0, *accumulate(questions)]
    at = 0

    def take(length: int) -> tuple[int, ...]:
        nonlocal at
        at += length
        return tuple(tokens[at - length : at])

    groups = []
    for number, length in enumerate(kept["reads"].tolist()):
        read = take(length)
        own = range(firsts[number], firsts[number + 1])
        groups.append(Group(read, tuple(Asked(take(prompts[i]), take(targets[i]), weights[i]) for i in own)))
    own_kinds = tuple(tuple(kinds[a:b]) for a, b in pairwise(firsts))
    return Packed(tuple(groups), own_kinds)


def main(arguments: Sequence[str] | None = None) -> int:
    from tokenizers import Tokenizer

    from eval.training.base import int8_folder

    parser = argparse.ArgumentParser(prog="python -m eval.training.data", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("task", choices=("answer",))
    parser.add_argument("--name", help="folder of the run, if it is not the task's own")
    parser.add_argument("--share", type=float, default=1.0, help="of the texts that are not written ones")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N examples of each kind")
    options = parser.parse_args(arguments)
    root = evaldata_root()
    settings = read_settings()
    if not root.is_dir():
        print(
            UserError(f"没有训练数据：{root}。", f"There is no training data in {root}.").message("en"), file=sys.stderr
        )
        return 2
    tokenizer = Tokenizer.from_file(str(int8_folder(settings) / "tokenizer.json"))
    askings = answer_askings(root, SEED, options.share)
    path = training_folder(settings, options.name or options.task) / DATA
    pack(askings, tokenizer, path)
    pack(development_askings(root), tokenizer, path.with_name(DEVELOPMENT))
    counts = Counter(f"{a.source}/{e.kind}" for a in askings for e in a.examples)
    shown: Counter[str] = Counter()
    for asking in askings:
        for e in asking.examples:
            kind = f"{asking.source}/{e.kind}"
            if (shown := shown + Counter([kind]))[kind] <= options.show:
                told = "/".join(asking.reading.sentences[n - 1][:60] for n in e.support)
                print(f"{kind}\t{e.question}\t{target_text(e.answer, e.support)}\t{told}")
    for kind, count in sorted(counts.items()):
        print(f"{count:6} {kind}")
    untold = sum(not e.is_told for a in askings for e in a.examples)
    total = sum(counts.values())
    print(f"{total} questions of {len(askings)} texts, {untold / total:.1%} untold, {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
