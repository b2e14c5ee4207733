"""Articles and their questions as tensors of one row each, without padding.

An article is read once for all its questions, by itself. `asked` holds the questions of all articles with their answers,
one after the other: each token sees its question's article and what stands before it in the same question
(`eval.training.attention`), and positions count on from that article's end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from eval.training.attention import Part


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as tokens: `prompt` up to where the answer begins, then `target` with the end mark."""

    prompt: tuple[int, ...]
    target: tuple[int, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """An article as tokens and the questions asked of it."""

    read: tuple[int, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """`read`: each article (1, its length); `asked` (1, A) with `positions` (1, A); `parts`: what sees what. `scored` (S,): places in `asked` whose next token is a target,
    `targets` (S,) those tokens, `weights` (S,) their shares of the loss: every example weighs as much as its own
    weight says, however long its answer is."""

    read: tuple[Tensor, ...]
    asked: Tensor
    positions: Tensor
    parts: tuple[Part, ...]
    scored: Tensor
    targets: Tensor
    weights: Tensor
    examples: int


FIRST_TOKEN = 0.5  # weight of an answer's first token, which says whether it is told; all others share 1 - this


def token_weights(length: int) -> list[float]:
    """Weights of an answer's tokens, which sum to 1. The first decides whether the question is told at all."""
    if length == 1:
        return [1.0]
    return [FIRST_TOKEN, *[(1 - FIRST_TOKEN) / (length - 1)] * (length - 1)]


def collate(groups: Sequence[Group]) -> Batch:
    asked: list[int] = []
    positions: list[int] = []
    parts: list[Part] = []
    scored: list[int] = []
    targets: list[int] = []
    weights: list[float] = []
    read = examples = 0
    for group in groups:
        begin, lengths = len(asked), []
        for one in group.asked:
            tokens = [*one.prompt, *one.target[:-1]]  # after the end mark nothing is predicted
            first = len(asked) + len(one.prompt) - 1
            scored += range(first, first + len(one.target))
            targets += one.target
            weights += [one.weight * w for w in token_weights(len(one.target))]
            positions += range(len(group.read), len(group.read) + len(tokens))
            lengths.append(len(tokens))
            asked += tokens
        parts.append(
            Part(slice(read, read + len(group.read)), slice(begin, len(asked)), sees(len(group.read), lengths))
        )
        read += len(group.read)
        examples += len(group.asked)
    return Batch(
        tuple(torch.tensor([g.read]) for g in groups),
        torch.tensor([asked]),
        torch.tensor([positions]),
        tuple(parts),
        torch.tensor(scored),
        torch.tensor(targets),
        torch.tensor(weights) / examples,
        examples,
    )


def sees(article: int, questions: Sequence[int]) -> Tensor:
    """Which tokens each token of the questions sees, by their lengths: the article's, and its own question's up to itself."""
    own = torch.tensor([number for number, length in enumerate(questions) for _ in range(length)])
    order = torch.arange(len(own))
    among = (own[:, None] == own[None]) & (order[:, None] >= order[None])
    return torch.cat([torch.ones(len(own), article, dtype=torch.bool), among], dim=1)
