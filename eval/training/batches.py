"""Articles and their questions as tensors of one row each, without padding.

An article is read once for all its questions, by itself. `asked` holds the questions of all articles with their answers,
one after the other: each token sees its question's article and what stands before it in the same question, and positions
count on from that article's end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


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
    """`read`: each article (1, its length), R tokens together; `asked` (1, A) with `positions` (1, A) and `mask`
    (1, 1, A, R + A), true where a token sees another. `scored` (S,): places in `asked` whose next token is a target,
    `targets` (S,) those tokens, `weights` (S,) their shares of the loss: every example weighs as much as its own
    weight says, however long its answer is."""

    read: tuple[Tensor, ...]
    asked: Tensor
    positions: Tensor
    mask: Tensor
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
    owner = torch.tensor([n for n, g in enumerate(groups) for _ in g.read])
    asked: list[int] = []
    positions: list[int] = []
    article: list[int] = []  # of each token of `asked`
    question: list[int] = []
    scored: list[int] = []
    targets: list[int] = []
    weights: list[float] = []
    examples = 0
    for number, group in enumerate(groups):
        for one in group.asked:
            tokens = [*one.prompt, *one.target[:-1]]  # after the end mark nothing is predicted
            first = len(asked) + len(one.prompt) - 1
            scored += range(first, first + len(one.target))
            targets += one.target
            weights += [one.weight * w for w in token_weights(len(one.target))]
            positions += range(len(group.read), len(group.read) + len(tokens))
            article += [number] * len(tokens)
            question += [examples] * len(tokens)
            asked += tokens
            examples += 1
    of_article, of_question = torch.tensor(article), torch.tensor(question)
    order = torch.arange(len(asked))
    own = (of_question[:, None] == of_question[None]) & (order[:, None] >= order[None])
    mask = torch.cat([of_article[:, None] == owner[None], own], dim=1)
    return Batch(
        tuple(torch.tensor([g.read]) for g in groups),
        torch.tensor([asked]),
        torch.tensor([positions]),
        mask[None, None],
        torch.tensor(scored),
        torch.tensor(targets),
        torch.tensor(weights) / examples,
        examples,
    )
