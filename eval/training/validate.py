"""What an adapter has learnt, without writing a word: the loss on answers never seen, and told from untold."""

from collections.abc import Sequence
from typing import Any

import torch

from eval.metrics import auroc
from eval.training.batches import Group, collate
from eval.training.data import Packed
from eval.training.lora import AdaptedLinear
from eval.training.steps import scores_of

GROUPS_AT_ONCE = 6


def validate(model: Any, layers: dict[str, AdaptedLinear], packed: Packed) -> dict[str, float]:
    """For every set of `packed` (kinds `<set>/told`, `<set>/untold`): `<set>.loss`, the mean over told questions of the
    answer's loss a token, and `<set>.auroc` of the log-odds of the untold phrase's first token."""
    untold = first_untold(packed)
    losses: dict[str, list[float]] = {}
    odds: dict[str, list[tuple[float, bool]]] = {}
    for start in range(0, len(packed.groups), GROUPS_AT_ONCE):
        groups = packed.groups[start : start + GROUPS_AT_ONCE]
        names = [name for own in packed.kinds[start : start + GROUPS_AT_ONCE] for name in own]
        for name, (log_odds, loss) in zip(names, _each(model, layers, groups, untold), strict=True):
            of_set, _, kind = name.partition("/")
            odds.setdefault(of_set, []).append((log_odds, kind == "untold"))
            if kind == "told":
                losses.setdefault(of_set, []).append(loss)
    made = {f"{name}.loss": sum(own) / len(own) for name, own in losses.items()}
    return made | {f"{name}.auroc": auroc([o for o, _ in own], [u for _, u in own]) for name, own in odds.items()}


def first_untold(packed: Packed) -> int:
    """The token with which the untold phrase begins, taken from the first untold question."""
    return next(
        one.target[0]
        for group, names in zip(packed.groups, packed.kinds, strict=True)
        for one, name in zip(group.asked, names, strict=True)
        if name.endswith("/untold")
    )


def _each(
    model: Any, layers: dict[str, AdaptedLinear], groups: Sequence[Group], untold: int
) -> list[tuple[float, float]]:
    """Of every question of `groups`: log-odds of `untold` as the first token, and the target's mean loss a token."""
    batch = collate(groups)
    with torch.no_grad():
        logs = scores_of(model, layers, batch).log_softmax(-1).double()
    picked = logs[torch.arange(len(batch.targets)), batch.targets.to(logs.device)]
    made, at = [], 0
    for one in (one for group in groups for one in group.asked):
        first = logs[at, untold].clamp(max=-1e-12)
        made.append((float(first - torch.log(-torch.expm1(first))), float(-picked[at : at + len(one.target)].mean())))
        at += len(one.target)
    return made
