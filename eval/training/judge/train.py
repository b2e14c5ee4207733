"""Training the judge: pairs -> weights, on two CPU cores, in an hour or two. Stops and goes on at checkpoints.

The learning rate rises over the first steps, stays, and falls to nothing over the last part (warm-up, stable, decay):
the curve up to a checkpoint does not depend on how long the run will be, so that start weights can be compared early.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from eval.training.judge.pairs import Pair
from rag.models.judge import BOS, EOS, FIRST_TOKENS, MOST_TOKENS, PAD
from rag.models.judge_model import Judged, JudgeModel

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BATCH = 32
SORTED_TOGETHER = 12  # batches whose pairs are sorted by length among themselves: less padding, still mixed
RATE, HEAD_RATE = 1.2e-4, 5e-4
WARM_UP, DECAY = 0.04, 0.3  # parts of the run
SPAN_WEIGHT = 0.5
CHECKPOINT_EVERY = 100  # steps


@dataclass(frozen=True, slots=True)
class Encoded:
    """A pair as tokens; `start`, `end`: the answer's tokens, 0 where there is none, -1 where the task asks for none."""

    ids: tuple[int, ...]
    task: str
    label: float
    start: int
    end: int


def encode_pair(tokenizer: "Tokenizer", pair: Pair) -> Encoded:
    first = tokenizer.encode(pair.first, add_special_tokens=False)
    second = tokenizer.encode(pair.second, add_special_tokens=False)
    lead = [BOS, *first.ids[:FIRST_TOKENS], EOS, EOS]
    ids = [*lead, *second.ids[: MOST_TOKENS - len(lead) - 1], EOS]
    start = end = -1 if pair.task == "supports" else 0
    if pair.task == "answers" and pair.label:
        inside = [i for i, (a, b) in enumerate(second.offsets) if a < pair.end and pair.start < b and b > a]
        start, end = (len(lead) + inside[0], len(lead) + inside[-1]) if inside else (-1, -1)
        if end >= len(ids) - 1:
            start = end = -1
    return Encoded(tuple(ids), pair.task, pair.label, start, end)


def batches(pairs: Sequence[Encoded], seed: int) -> list[list[Encoded]]:
    """All pairs once, mixed, in batches of about one length."""
    rng = random.Random(seed)
    order = list(pairs)
    rng.shuffle(order)
    made: list[list[Encoded]] = []
    for start in range(0, len(order), BATCH * SORTED_TOGETHER):
        block = sorted(order[start : start + BATCH * SORTED_TOGETHER], key=lambda e: len(e.ids))
        own = [block[i : i + BATCH] for i in range(0, len(block), BATCH)]
        rng.shuffle(own)
        made += own
    return made


def to_tensors(batch: Sequence[Encoded]) -> tuple[Tensor, Tensor]:
    longest = max(len(e.ids) for e in batch)
    ids = torch.tensor([[*e.ids, *[PAD] * (longest - len(e.ids))] for e in batch])
    return ids, (ids != PAD).long()


def loss_of(judged: Judged, batch: Sequence[Encoded]) -> Tensor:
    """Cross-entropy of the verdict that each pair has, and of where the answer stands."""
    labels = torch.tensor([e.label for e in batch])
    asks = torch.tensor([e.task == "answers" for e in batch])
    verdict = torch.where(asks, judged.answers, judged.supports)
    loss: Tensor = functional.binary_cross_entropy_with_logits(verdict, labels * 0.96 + 0.02)
    spans = [i for i, e in enumerate(batch) if e.start >= 0]
    if spans:
        for scores, places in ((judged.start, [e.start for e in batch]), (judged.end, [e.end for e in batch])):
            aim = torch.tensor([places[i] for i in spans])
            loss = loss + SPAN_WEIGHT / 2 * functional.cross_entropy(scores[spans], aim) * len(spans) / len(batch)
    return loss


def rate_at(step: int, steps: int) -> float:
    """The share of the full learning rate."""
    warm, decay = max(1, int(WARM_UP * steps)), max(1, int(DECAY * steps))
    return min(1.0, (step + 1) / warm, (steps - step) / decay)


def train(
    model: JudgeModel,
    pairs: Sequence[Encoded],
    folder: Path,
    seed: int,
    measure: Callable[[JudgeModel, int], dict[str, float]],
    steps: int | None = None,
    measure_every: int = 400,
    tell: Callable[[str], object] = print,
) -> None:
    """Trains `model` in place on all pairs once, or on the first `steps` batches of them; the state is kept in `folder`
    and taken up again from there."""
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.AdamW(_groups(model), betas=(0.9, 0.98), weight_decay=0.01)
    todo = batches(pairs, seed)[:steps]
    state = folder / "state.pt"
    first = 0
    if state.is_file():
        kept: dict[str, Any] = torch.load(state, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        first = int(kept["step"])
        tell(f"goes on at step {first} of {len(todo)}")
    model.train()
    began, average = time.perf_counter(), 0.0
    for step, batch in enumerate(todo[first:], start=first):
        for group in optimizer.param_groups:
            group["lr"] = group["full"] * rate_at(step, len(todo))
        ids, mask = to_tensors(batch)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported()):
            judged = model(ids, mask)
        loss = loss_of(judged, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average = loss.item() if not average else 0.98 * average + 0.02 * loss.item()
        done = step + 1
        if done % 20 == 0:
            pace = (time.perf_counter() - began) / (done - first)
            tell(f"step {done}/{len(todo)} loss {average:.4f} {pace / BATCH:.3f} s a pair, {pace * (len(todo) - done) / 60:.0f} min left")  # fmt: skip
        if done % measure_every == 0 or done == len(todo):
            figures = {"step": done, "pairs": done * BATCH, "loss": average, **measured(model, done, measure)}
            with (folder / "curve.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(figures) + "\n")
            tell(json.dumps(figures))
        if done % CHECKPOINT_EVERY == 0 or done == len(todo):
            unfinished = state.with_suffix(".part")
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": done}, unfinished)
            unfinished.replace(state)


def measured(model: JudgeModel, step: int, measure: Callable[[JudgeModel, int], dict[str, float]]) -> dict[str, float]:
    model.eval()
    with torch.inference_mode():
        figures = measure(model, step)
    model.train()
    return figures


def _groups(model: JudgeModel) -> list[dict[str, Any]]:
    body = [p for n, p in model.named_parameters() if n.startswith("body.")]
    heads = [p for n, p in model.named_parameters() if not n.startswith("body.")]
    return [{"params": body, "lr": 0.0, "full": RATE}, {"params": heads, "lr": 0.0, "full": HEAD_RATE}]


def score(model: JudgeModel, pairs: Sequence[Encoded]) -> list[float]:
    """The logit of each pair's own task, in order."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].ids))
    values = [0.0] * len(pairs)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        batch = [pairs[i] for i in chosen]
        judged = model(*to_tensors(batch))
        for i, e, a, s in zip(chosen, batch, judged.answers.tolist(), judged.supports.tolist(), strict=True):
            values[i] = a if e.task == "answers" else s
    return values
