"""Greedy answers to many questions at once, and how surely each is not told.

One token of every question goes through the model in each step: its weights are read once for all of them, which is
what a step costs on a CPU.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from eval.training.batches import Group, collate
from eval.training.lora import AdaptedLinear, active
from eval.training.steps import additive, read_articles


@dataclass(frozen=True, slots=True)
class Written:
    """`ids` without the end mark; `untold`: log-odds of the untold phrase's first token against all others."""

    ids: tuple[int, ...]
    untold: float


def answer(
    model: Any, layers: dict[str, AdaptedLinear], groups: Sequence[Group], untold: int, end: int, most: int
) -> list[Written]:
    """An answer of at most `most` tokens to each question of `groups`, in order; `untold`, `end` are token ids."""
    batch = collate(groups)
    device = model.device
    with torch.inference_mode():
        cache: DynamicCache = read_articles(model, batch)
        with active(layers):
            return _decode(model, groups, cache, untold, end, most, device)


def _decode(
    model: Any, groups: Sequence[Group], cache: Any, untold: int, end: int, most: int, device: Any
) -> list[Written]:
    article = [n for n, g in enumerate(groups) for _ in g.asked]
    prompts = [one.prompt for g in groups for one in g.asked]
    # Of each column of the cache: whose article it is (-1: a question's), and whose question (-1: an article's).
    column_article = [n for n, g in enumerate(groups) for _ in g.read]
    column_question = [-1] * len(column_article)
    position = [len(groups[n].read) for n in article]
    new = [(q, token) for q, prompt in enumerate(prompts) for token in prompt]
    written: list[list[int]] = [[] for _ in prompts]
    odds = [0.0] * len(prompts)
    going = list(range(len(prompts)))
    while going:
        column_article += [-1] * len(new)
        column_question += [q for q, _ in new]
        owner = torch.tensor([q for q, _ in new])
        read_by = torch.tensor([article[q] for q, _ in new])
        order = torch.arange(len(new))
        sees = (torch.tensor(column_article)[None] == read_by[:, None]) | (
            torch.tensor(column_question)[None] == owner[:, None]
        )
        sees[:, -len(new) :] &= order[:, None] >= order[None]
        positions = []
        for q, _ in new:
            positions.append(position[q])
            position[q] += 1
        states = model.model(
            torch.tensor([[token for _, token in new]], device=device),
            attention_mask=additive(sees[None, None], model),
            position_ids=torch.tensor([positions], device=device),
            past_key_values=cache,
            use_cache=True,
        ).last_hidden_state[0]
        last = {q: place for place, (q, _) in enumerate(new)}
        scores: Tensor = model.lm_head(states[[last[q] for q in going]]).float()
        if not any(written):
            first = scores.log_softmax(-1)[:, untold].double().clamp(max=-1e-9)
            odds = [float(p) - math.log(-math.expm1(float(p))) for p in first]
        best = scores.argmax(-1).tolist()
        new = []
        for q, token in zip(going, best, strict=True):
            if token != end and len(written[q]) < most:
                written[q].append(token)
                new.append((q, token))
        going = [q for q, _ in new]
    return [Written(tuple(ids), o) for ids, o in zip(written, odds, strict=True)]
