"""Every word that the local model is told, in one place. Prompt texts are part of what is measured: change, then measure.

A small model neither cites nor refuses when told to (docs/experiments.md#asked-plainly), so no prompt here asks it to: citing and refusing
are done by `rag.answering.support` and `rag.answering.answerability`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.datatypes import Evidence, Message
from rag.question.analysis import Question
from rag.question.answer_type import AnswerType
from rag.text.instructions import is_order
from rag.text.normalization import split_sentences

SYSTEM = "你是政务问答助手，只根据给出的资料回答问题。"
DRAFT = "用一两句话直接回答问题，照抄资料里的原话、数字和名称，不要补充资料以外的内容。"
DRAFT_LIST = (
    "把资料里与问题有关的每一项都说出来，每项一句，照抄资料里的原话、数字和名称，不要遗漏，不要补充资料以外的内容。"
)
# Asked whether something is so, a model says yes; the source's sentence says what is.
DRAFT_WHETHER = "从资料里找出回答这个问题的那一句话，原样照抄，一个字也不要改。"
SAYS_NOTHING = ("未提及", "没有提及", "没有提到", "未提到", "无法回答", "没有说明", "未说明", "没有相关")
STANDALONE = "把最后一个问题改写成一个不看前文也能懂的完整问题，补上省略的对象，不要回答，只输出改写后的问题。\n\n{history}\n最后一个问题：{question}"


def source_text(evidence: Sequence[Evidence]) -> str:
    """The evidence as the model reads it: each stretch under its article's title. Given texts have none of their own."""
    lines: list[str] = []
    title = None
    for item in evidence:
        if item.passage.article.title != title:
            title = item.passage.article.title
            lines.append(f"《{title}》" if title and not item.passage.article.is_given and not is_order(title) else "")
        lines.append(item.text)
    return "\n".join(filter(None, lines))


def ask_about(question: str, evidence: Sequence[Evidence], instruction: str) -> list[Message]:
    """Source, question and what to do, in this order: questions about the same source share their beginning."""
    content = f"资料：\n{source_text(evidence)}\n\n问题：{question}\n{instruction}"
    return [Message("system", SYSTEM), Message("user", content)]


def drafting_instruction(question: Question) -> str:
    if question.answer_type is AnswerType.LIST:
        return DRAFT_LIST
    return DRAFT_WHETHER if question.is_yes_or_no else DRAFT


def make_standalone(question: str, history: Sequence[tuple[str, str]]) -> list[Message]:
    turns = "\n".join(f"问：{asked}\n答：{answer[:120]}" for asked, answer in history[-2:])
    return [Message("system", "你负责改写问题。"), Message("user", STANDALONE.format(history=turns, question=question))]


# ---- what a taught model reads and writes ------------------------------------------------------------------------
# The instruction stands before the text and the text ends with its turn, so that whatever is kept of it (the base model's
# key-value cache) serves every question, and no token lies across the border: the question is a turn of its own, from
# whose first token on the adapter is active. Sentences are numbered: numbers are cheap to write and can be checked.

READER_SYSTEM = (
    "你是政务问答助手。只根据资料回答问题：用最短的话直接回答，数字和名称照抄资料；资料没有说的，只答“资料未提及”。"
)
UNTOLD = "资料未提及"
READ = "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n资料：\n{article}<|im_end|>\n"
INVOCATION = "<|im_start|>user\n问题："
ASK = INVOCATION + "{question}<|im_end|>\n<|im_start|>assistant\n"


@dataclass(frozen=True, slots=True)
class NumberedText:
    """An article or a stretch of one, cut into sentences; `title` may be empty."""

    title: str
    sentences: tuple[str, ...]

    @staticmethod
    def of(text: str, title: str = "") -> "NumberedText":
        return NumberedText(title, tuple(" ".join(text[s.start : s.end].split()) for s in split_sentences(text)))


def article_text(reading: NumberedText, numbered: bool = True) -> str:
    """The title and the sentences, one a line: `[1]…`."""
    lines = [f"《{reading.title}》"] if reading.title else []
    lines += [f"[{n}]{s}" if numbered else s for n, s in enumerate(reading.sentences, 1)]
    return "\n".join(lines)


def read_text(reading: NumberedText, numbered: bool = True) -> str:
    """All that stands before the question."""
    return READ.format(system=READER_SYSTEM, article=_no_marks(article_text(reading, numbered)))


def ask_text(question: str) -> str:
    return ASK.format(question=_no_marks(question))


def parse_answer(written: str) -> tuple[str, tuple[int, ...]]:
    """The answer, empty where it is the phrase for "not told", and the numbers written behind it or behind its parts."""
    answer, *marked = written.split("[")
    numbers: list[int] = []
    for part in marked:
        inside, closing, rest = part.partition("]")
        each = inside.split(",")
        if closing and all(number.isdecimal() for number in each):
            numbers += map(int, each)
            answer += rest
        else:
            answer += f"[{part}"
    answer = answer.strip()
    return ("", ()) if answer.rstrip("。") == UNTOLD else (answer, tuple(dict.fromkeys(numbers)))


def _no_marks(text: str) -> str:
    """Nothing that a text says is a mark of the chat's form."""
    return text.replace("<|", "< |")
