"""What the model reads and writes under the `answer` adapter: the only place where that form is written down.

The instruction stands before the article and the article ends with its turn, so that whatever is kept of it (the base
model's key-value cache) serves every question, and so that no token lies across the border: the question is a turn of
its own, and the adapter is active from that turn's first token on. Sentences are numbered because numbers are cheap to
write (two to four tokens each) and an answer that names them can be checked against them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.text.normalization import split_sentences

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SYSTEM = (
    "你是政务问答助手。只根据资料回答问题：用最短的话直接回答，数字和名称照抄资料；资料没有说的，只答“资料未提及”。"
)
UNTOLD = "资料未提及"
READ = "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n资料：\n{article}<|im_end|>\n"
INVOCATION = "<|im_start|>user\n问题："  # from its first token on the adapter is active
ASK = INVOCATION + "{question}<|im_end|>\n<|im_start|>assistant\n"
END = "<|im_end|>"
NUMBERS = re.compile(r"\[(\d+(?:,\d+)*)\]$")


@dataclass(frozen=True, slots=True)
class Reading:
    """An article or a stretch of one, cut into sentences; `title` may be empty."""

    title: str
    sentences: tuple[str, ...]

    @staticmethod
    def of(text: str, title: str = "") -> "Reading":
        return Reading(title, tuple(" ".join(text[s.start : s.end].split()) for s in split_sentences(text)))


def article_text(reading: Reading, numbered: bool = True) -> str:
    """The title and the sentences, one a line: `[1]…`."""
    lines = [f"《{reading.title}》"] if reading.title else []
    lines += [f"[{n}]{s}" if numbered else s for n, s in enumerate(reading.sentences, 1)]
    return "\n".join(lines)


def read_text(reading: Reading, numbered: bool = True) -> str:
    """All that stands before the question."""
    return READ.format(system=SYSTEM, article=_no_marks(article_text(reading, numbered)))


def ask_text(question: str) -> str:
    return ASK.format(question=_no_marks(question))


def target_text(answer: str, support: Sequence[int]) -> str:
    """The answer with the numbers of the sentences that it rests on, counted from 1; the one phrase where it is empty."""
    if not answer:
        return UNTOLD
    return answer + (f"[{','.join(map(str, support))}]" if support else "")


def parse_answer(written: str) -> tuple[str, tuple[int, ...]]:
    """The answer, empty where it is the phrase for "not told", and the numbers written after it."""
    text = written.strip()
    found = NUMBERS.search(text)
    answer = text[: found.start()].strip() if found else text
    if answer.rstrip("。") == UNTOLD:
        return "", ()
    return answer, tuple(int(n) for n in found[1].split(",")) if found else ()


def encode(tokenizer: "Tokenizer", text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids


def _no_marks(text: str) -> str:
    """Nothing that a text says is a mark of the chat's form."""
    return text.replace("<|", "< |")
