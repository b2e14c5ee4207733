"""`python -m eval.training.adapters TASK`: train an adapter of the pinned local model, on two CPU cores or on a GPU.

Files are kept under WENCE_HOME/training/TASK, never in the project:

    data.npz           what `python -m eval.training.data TASK` made
    state.pt           matrices, optimiser and place, written whole every few minutes; the same command goes on from it
    snapshots/…        matrices alone, every SNAPSHOT_EVERY steps, each with a validation
    development.npz    made with it: what every validation reads
    log.jsonl          a line a step: loss, seconds, time left; and one a validation: loss and AUROC of each set
    pause              while this file is there, training waits (one with a process's number in it: while that lives)

The learning rate rises over the first steps, stays, and falls to nothing over the last part: the curve up to a checkpoint
does not depend on how long the run will be.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from eval.training.base import int8_folder, load_base
from eval.training.batches import Group, collate
from eval.training.data import DATA, DEVELOPMENT, Packed, training_folder, unpack
from eval.training.lora import AdaptedLinear, add_adapter, load_matrices, matrices
from eval.training.steps import loss_of, scores_of
from eval.training.validate import validate
from rag.errors import UserError
from rag.models.generator import return_memory, share_arenas
from rag.settings import read_settings

STATE, SNAPSHOTS, LOG, PAUSE = "state.pt", "snapshots", "log.jsonl", "pause"
ASKED_TOKENS, READ_TOKENS = 400, 1800  # of one step, some ten questions of five articles: 6.5 GB at most
CHECKPOINT_SECONDS = 240
SNAPSHOT_EVERY = 100  # steps


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of; another recipe or data file is another run."""

    rank: int = 16
    alpha: float = 16.0
    rate: float = 4e-4
    warm_up: int = 30  # steps
    decay: float = 0.35  # last part of the run
    passes: float = 1.0
    seed: int = 1
    clip: float = 1.0
    begin: str = ""  # the snapshot that it goes on from, with another recipe or other data


DEFAULT = Recipe()


def batches(groups: Sequence[Group], seed: int) -> list[list[int]]:
    """Numbers of the groups of each step, all once, in mixed order; a group that is too large makes a step alone."""
    order = list(range(len(groups)))
    random.Random(seed).shuffle(order)
    made: list[list[int]] = []
    asked = read = 0
    for number in order:
        group = groups[number]
        own = sum(len(a.prompt) + len(a.target) for a in group.asked)
        if not made or asked + own > ASKED_TOKENS or read + len(group.read) > READ_TOKENS:
            made.append([])
            asked = read = 0
        made[-1].append(number)
        asked, read = asked + own, read + len(group.read)
    return made


def plan(groups: Sequence[Group], recipe: Recipe) -> list[list[int]]:
    """The steps of the whole run: as many passes as the recipe says, each in its own order."""
    steps: list[list[int]] = []
    whole = int(recipe.passes)
    for number in range(whole + 1):
        one = batches(groups, recipe.seed + number)
        steps += one if number < whole else one[: round(len(one) * (recipe.passes - whole))]
    return steps


def rate_at(step: int, steps: int, recipe: Recipe) -> float:
    """The learning rate of step number `step` of `steps`, from 0."""
    falling = steps * recipe.decay
    return recipe.rate * min(1.0, (step + 1) / recipe.warm_up, (steps - step) / max(1.0, falling))


class Run:
    """An adapter in training. Its state is all that the next step depends on."""

    def __init__(self, model: Any, data: Packed, development: Packed, recipe: Recipe, folder: Path) -> None:
        self.model = model
        self.groups = data.groups
        self.development = development
        self.recipe = recipe
        self.folder = folder
        self.steps = plan(data.groups, recipe)
        self.layers: dict[str, AdaptedLinear] = add_adapter(model, recipe.rank, recipe.alpha, recipe.seed)
        parameters = [p for layer in self.layers.values() for p in (layer.a, layer.b)]
        self.parameters = parameters
        self.optimizer = torch.optim.AdamW(parameters, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.0)
        self.step = 0
        self.seen = 0
        if recipe.begin:
            load_matrices(self.layers, load_file(recipe.begin))

    def resume(self) -> None:
        """Go on where the state file says; nothing where there is none. UserError where it is of another run."""
        path = self.folder / STATE
        if not path.is_file():
            return
        state = torch.load(path, map_location=self.model.device, weights_only=True)
        if state["recipe"] != asdict(self.recipe) or state["steps"] != len(self.steps):
            raise UserError(
                f"{path} 属于另一次训练（配置或数据不同）。请移走该文件，或用 --name 另起一次。",
                f"{path} is of another run (recipe or data differ). Move it away, or name another with --name.",
            )
        load_matrices(self.layers, state["matrices"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seen = state["step"], state["seen"]

    def save(self) -> None:
        state = {
            "recipe": asdict(self.recipe),
            "steps": len(self.steps),
            "matrices": matrices(self.layers),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seen": self.seen,
        }
        unfinished = self.folder / (STATE + ".part")
        torch.save(state, unfinished)
        unfinished.replace(self.folder / STATE)

    def snapshot(self) -> Path:
        """The matrices alone, in bfloat16."""
        (self.folder / SNAPSHOTS).mkdir(exist_ok=True)
        path = self.folder / SNAPSHOTS / f"{self.step:06}.safetensors"
        kept = {name: tensor.to(torch.bfloat16).cpu().contiguous() for name, tensor in matrices(self.layers).items()}
        facts = asdict(self.recipe) | {"step": self.step, "steps": len(self.steps), "seen": self.seen}
        save_file(kept, path, {key: str(value) for key, value in facts.items()})
        return path

    def advance(self) -> dict[str, float]:
        """One step. Returns its loss and what else is worth a line."""
        batch = collate([self.groups[n] for n in self.steps[self.step]])
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(self.step, len(self.steps), self.recipe)
        loss = loss_of(scores_of(self.model, self.layers, batch), batch)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.recipe.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.seen += batch.examples
        return {"loss": float(loss.detach()), "norm": float(norm), "examples": batch.examples}


def share_cores() -> None:
    """Two threads that wait for each other are slower than one where others want the cores: take what is free."""
    if hasattr(os, "sched_getaffinity") and not torch.cuda.is_available():
        cores = len(os.sched_getaffinity(0))
        others = os.getloadavg()[0] - torch.get_num_threads()
        torch.set_num_threads(max(1, min(cores, round(cores - others))))


def wait_while_paused(mark: Path) -> None:
    """Wait while the file is there; one that names a process counts only as long as that process lives."""
    waited = False
    while mark.exists():
        if not waited:
            return_memory()
        waited = True
        with suppress(FileNotFoundError, ValueError):
            try:
                os.kill(int(mark.read_text()), 0)
            except ProcessLookupError:
                return
        time.sleep(2)


def train(run: Run) -> Iterator[dict[str, float]]:
    """Step until the plan is done; a line after each. Saves every few minutes, and at the end."""
    saved = time.monotonic()
    average, pace = 0.0, 0.0
    if run.step == 0:
        yield {"step": 0, **validate(run.model, run.layers, run.development)}
    while run.step < len(run.steps):
        share_cores()
        wait_while_paused(run.folder / PAUSE)
        began = time.monotonic()
        line = run.advance()
        seconds = time.monotonic() - began
        average = line["loss"] if not average else 0.98 * average + 0.02 * line["loss"]
        pace = seconds if not pace else 0.98 * pace + 0.02 * seconds
        yield {
            "step": run.step,
            "of": len(run.steps),
            "seen": run.seen,
            **line,
            "average": average,
            "seconds": seconds,
            "hours_left": pace * (len(run.steps) - run.step) / 3600,
        }
        if run.step % SNAPSHOT_EVERY == 0 or run.step == len(run.steps):
            run.snapshot()
            yield {"step": run.step, **validate(run.model, run.layers, run.development)}
        if time.monotonic() - saved > CHECKPOINT_SECONDS or run.step == len(run.steps):
            run.save()
            saved = time.monotonic()


def write_log(run: Run) -> None:
    """Train to the end, a line of JSON a step into the log. A polite end (SIGTERM, Ctrl-C) saves first."""
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with (run.folder / LOG).open("a", encoding="utf-8") as log:
        for line in train(run):
            rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in line.items()}
            log.write(json.dumps(rounded) + "\n")
            log.flush()
            if line["step"] % 10 == 0 or "loss" not in line:
                print(json.dumps(rounded), flush=True)
            if stopping:
                run.save()
                return


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.training.adapters", description="Train an adapter.")
    parser.add_argument("task", choices=("answer",))
    parser.add_argument("--name", help="folder of the run, if it is not the task's own")
    parser.add_argument("--passes", type=float, default=DEFAULT.passes, help="over the data (default %(default)s)")
    parser.add_argument("--rank", type=int, default=DEFAULT.rank)
    parser.add_argument("--rate", type=float, default=DEFAULT.rate)
    parser.add_argument("--warm-up", type=int, default=DEFAULT.warm_up, help="steps")
    parser.add_argument("--begin", default="", metavar="SNAPSHOT", help="go on from these matrices")
    options = parser.parse_args(arguments)
    settings = read_settings()
    try:
        folder = training_folder(settings, options.name or options.task)
        folder.mkdir(parents=True, exist_ok=True)
        share_arenas()
        own = folder if (folder / DATA).is_file() else training_folder(settings, options.task)
        data, development = (unpack(own / name) for name in (DATA, DEVELOPMENT))
        base = load_base(int8_folder(settings), "cuda" if torch.cuda.is_available() else "cpu")
        recipe = Recipe(
            options.rank, float(options.rank), options.rate, options.warm_up, passes=options.passes, begin=options.begin
        )
        run = Run(base, data, development, recipe, folder)
        run.resume()
        print(f"step {run.step} of {len(run.steps)}, in {folder}", flush=True)
        write_log(run)
    except UserError as error:
        print(error.message("en"), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
