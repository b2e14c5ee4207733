"""Tokens of prompts: what two of them share, and what a text repeats."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """Tokens, of which the base model reads the first `base` and the adapter takes part in all others."""

    ids: list[int]
    base: int = sys.maxsize

    def grown(self, new: Sequence[int]) -> "Prompt":
        return Prompt([*self.ids, *new], self.base)

    def shared(self, other: "Prompt") -> int:
        """How many of the first tokens both read alike."""
        length = common_prefix(self.ids, other.ids)
        return length if self.base == other.base else min(length, self.base, other.base)


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def look_up(ids: Sequence[int], ngram: int, most: int) -> list[int]:
    """What followed the last earlier occurrence of the final `ngram` tokens; empty where there is none."""
    tail = list(ids[-ngram:])
    for start in range(len(ids) - ngram - 1, -1, -1):
        if list(ids[start : start + ngram]) == tail:
            return list(ids[start + ngram : start + ngram + most])
    return []
