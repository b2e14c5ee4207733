"""What an adapter is taught to write after the prompts of `rag.answering.prompts`, and all of it as tokens."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.answering.prompts import UNTOLD

if TYPE_CHECKING:
    from tokenizers import Tokenizer

END = "<|im_end|>"


def target_text(answer: str, support: Sequence[int]) -> str:
    """The answer with the numbers of the sentences that it rests on, counted from 1; the one phrase where it is empty."""
    if not answer:
        return UNTOLD
    return answer + (f"[{','.join(map(str, support))}]" if support else "")


def encode(tokenizer: "Tokenizer", text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids
