"""The judge of evidence: does this passage answer this question, and where; does this quote support this statement?

A small cross-encoder trained for it (eval/training/judge, docs/judge.md), shipped with the package as int8 weights. It sees two
texts and nothing else: not how a sentence came about, nor what was retrieved. Its logits are calibrated: of the pairs
that get .8, about eight in ten are so.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.datatypes import Reading, Span
from rag.errors import UserError
from rag.text.normalization import Normalized, normalize_with_offsets, split_sentences

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer
    from torch import Tensor

    from rag.models.judge_model import Judged

SHIPPED = Path(__file__).parent / "weights" / "judge"
WEIGHTS, TOKENIZER, CONFIG = "model.safetensors", "tokenizer.json", "config.json"
BOS, PAD, EOS = 0, 1, 2
MOST_TOKENS = 320  # a pair; a longer passage is read in parts
FIRST_TOKENS = 80  # of them at most for the question or the statement
BATCH_TOKENS = 1600  # padded tokens at once: more gains nothing on two cores
ANSWER_TOKENS = 60  # longest answer that is looked for


@dataclass(frozen=True, slots=True)
class Calibration:
    """probability = 1 / (1 + e^-(scale * logit + shift)): Platt's scaling, fitted on held-back pairs."""

    scale: float
    shift: float

    def probability(self, logit: float) -> float:
        return logistic((self.scale, self.shift), (logit, 1.0))


def logistic(weights: Sequence[float], features: Sequence[float]) -> float:
    """1 / (1 + e^-(w . f)); an intercept is the weight of a feature of 1."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(w * f for w, f in zip(weights, features, strict=True))))))


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), within +-7."""
    held = min(1 - 1e-3, max(1e-3, probability))
    return math.log(held / (1 - held))


class Judge:
    """Reads pairs of texts. Safe to use from several threads."""

    def __init__(
        self, model: Any, tokenizer: "Tokenizer", identity: str, answers: Calibration, supports: Calibration
    ) -> None:
        self.identity = identity
        self._model = model
        self._tokenizer = tokenizer
        self._answers = answers
        self._supports = supports

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        """How surely each passage answers the question, in [0, 1]; comparable between passages and questions."""
        return [reading.probability for reading in self.read(question, passages)]

    def answerable(self, question: str, passage: str) -> float:
        """Probability that the passage answers the question."""
        return self.rank(question, [passage])[0]

    def support(self, statement: str, quote: str) -> float:
        """Probability that the quote supports the statement; of a long quote, that its best part does."""
        return self.supports([(statement, quote)])[0]

    def supports(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """`support` of many (statement, quote) pairs at once."""
        firsts = [self._encode(normalize_with_offsets(statement)) for statement, _ in pairs]
        parts = [(row, part) for row, (_, quote) in enumerate(pairs) for part in self._parts(quote, firsts[row])]
        judged = self._judge([(firsts[row], part.encoding) for row, part in parts])
        best = [0.0] * len(pairs)
        for (row, _), logits in zip(parts, judged, strict=True):
            best[row] = max(best[row], self._supports.probability(logits.supports))
        return best

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """For each passage whether it answers the question, and where its best answer stands."""
        first = self._encode(normalize_with_offsets(question))
        parts = [(row, part) for row, passage in enumerate(passages) for part in self._parts(passage, first)]
        judged = self._judge([(first, part.encoding) for _, part in parts])
        found = [Reading(0.0, Span(0, 0), 0.0)] * len(passages)
        for (row, part), logits in zip(parts, judged, strict=True):
            probability = self._answers.probability(logits.answers)
            if probability >= found[row].probability:
                span, certainty = best_span(logits.start, logits.end, part, lead_length(first))
                found[row] = Reading(probability, span, certainty)
        return found

    def _encode(self, text: Normalized) -> "Encoding":
        return self._tokenizer.encode(text.text, add_special_tokens=False)

    def _parts(self, text: str, first: "Encoding") -> list["_Part"]:
        """The text as tokens; where it is too long for one pair, in parts of whole sentences."""
        room = MOST_TOKENS - lead_length(first) - 1
        whole = normalize_with_offsets(text)
        encoding = self._encode(whole)
        if len(encoding.ids) <= room:
            return [_Part(whole, encoding, 0)]
        parts: list[_Part] = []
        spans = split_sentences(text)
        while spans:
            taken = 1
            while taken < len(spans) and spans[taken].end - spans[0].start <= room:  # a token is a character or more
                taken += 1
            piece = normalize_with_offsets(text[spans[0].start : spans[taken - 1].end])
            parts.append(_Part(piece, self._encode(piece), spans[0].start))
            spans = spans[taken:]
        return parts

    def _judge(self, pairs: Sequence[tuple["Encoding", "Encoding"]]) -> list["_Logits"]:
        """Logits of each pair, in order; pairs of about one length are read together."""
        import torch

        rows = [
            [BOS, *a.ids[:FIRST_TOKENS], EOS, EOS, *b.ids[: MOST_TOKENS - lead_length(a) - 1], EOS] for a, b in pairs
        ]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found: dict[int, _Logits] = {}
        with torch.inference_mode():
            for chosen in batches([len(rows[i]) for i in order]):
                own = [order[i] for i in chosen]
                longest = len(rows[own[-1]])
                ids = torch.tensor([[*rows[i], *[PAD] * (longest - len(rows[i]))] for i in own])
                judged: Judged = self._model(ids, (ids != PAD).long())
                for i, *values in zip(own, *(column.cpu() for column in judged), strict=True):
                    found[i] = _Logits(float(values[0]), float(values[1]), values[2], values[3])
        return [found[i] for i in range(len(rows))]


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a text as tokens; `offset`: where it begins in the text."""

    text: Normalized
    encoding: "Encoding"
    offset: int


@dataclass(frozen=True, slots=True)
class _Logits:
    answers: float
    supports: float
    start: "Tensor"
    end: "Tensor"


def lead_length(first: "Encoding") -> int:
    """Tokens before the passage's own: <s> question </s></s>."""
    return min(len(first.ids), FIRST_TOKENS) + 3


def batches(lengths: Sequence[int]) -> list[range]:
    """Ranges over ascending `lengths` whose padded size stays within BATCH_TOKENS."""
    made: list[range] = []
    start = 0
    for end in range(1, len(lengths) + 1):
        if end == len(lengths) or lengths[end] * (end + 1 - start) > BATCH_TOKENS:
            made.append(range(start, end))
            start = end
    return made


def best_span(start: "Tensor", end: "Tensor", part: _Part, lead: int) -> tuple[Span, float]:
    """The likeliest answer's span in the text, and how much likelier it is than that there is none: its log-odds
    against the first token (Devlin et al. 2018, section 4.3)."""
    count = min(len(part.encoding.ids), MOST_TOKENS - lead - 1)
    if not count:
        return Span(0, 0), 0.0
    starts, ends = start[lead : lead + count], end[lead : lead + count]
    sums = (starts[:, None] + ends[None, :]).triu().tril(ANSWER_TOKENS)
    sums = sums.masked_fill(sums == 0, -1e9)
    a, b = divmod(int(sums.argmax()), count)
    offsets = part.encoding.offsets
    span = part.text.to_source(Span(offsets[a][0], max(offsets[b][1], offsets[a][0] + 1)))
    none = float(start[0] + end[0])
    return Span(part.offset + span.start, part.offset + span.end), float(sums[a, b]) - none


@cache
def load_judge(folder: Path = SHIPPED) -> Judge:
    """The judge shipped with the package, or another in the same form. UserError where there is none."""
    from safetensors.torch import load_file
    from tokenizers import Tokenizer
    from torch import nn

    from rag.models.int8 import Int8Embedding, Int8Linear
    from rag.models.judge_model import JudgeModel

    if not (folder / WEIGHTS).is_file():
        raise UserError(
            f"{folder} 中没有判断模型。请重新安装，或运行 make train-judge。",
            f"There is no judge in {folder}. Install again, or run make train-judge.",
        )
    config = json.loads((folder / CONFIG).read_text("utf-8"))
    model = JudgeModel(config["sizes"]).eval()
    tensors = load_file(folder / WEIGHTS)
    for name, module in list(model.named_modules()):
        own = {key.rpartition(".")[2]: value for key, value in tensors.items() if key.rpartition(".")[0] == name}
        if "scale" in own:
            made = Int8Embedding if isinstance(module, nn.Embedding) else Int8Linear
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, made(**own))
        else:
            for leaf, value in own.items():
                setattr(module, leaf, nn.Parameter(value.float(), requires_grad=False))
    calibrations = (Calibration(**config["calibration"][task]) for task in ("answers", "supports"))
    return Judge(model, Tokenizer.from_file(str(folder / TOKENIZER)), config["identity"], *calibrations)
