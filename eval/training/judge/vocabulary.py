"""The judge's tokenizer: the start model's unigram pieces, cut to those that normalised Chinese text uses."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")  # the start model's first four, in its order
LEAST = 3  # a piece used less often in the training texts is left out
HAN = ("\u4e00", "\u9fff")


def build_tokenizer(pieces: Sequence[tuple[str, float]]) -> "Tokenizer":
    """SentencePiece's unigram as the start model has it. Text comes normalised (rag.text.normalization), so nothing is changed here."""
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(list(pieces), unk_id=SPECIAL.index("<unk>")))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    return tokenizer


def used_pieces(pieces: Sequence[tuple[str, float]], texts: Iterable[str]) -> list[int]:
    """Ids of the special pieces, of those that `texts` use, and of every single Han character, in order."""
    tokenizer = build_tokenizer(pieces)
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(tokenizer.encode(text, add_special_tokens=False).ids)
    kept = set(range(len(SPECIAL))) | {piece for piece, count in counts.items() if count >= LEAST}
    kept |= {i for i, (text, _) in enumerate(pieces) if len(text) == 1 and HAN[0] <= text <= HAN[1]}
    kept |= {i for i, (text, _) in enumerate(pieces) if len(text) == 1 and text.isascii()}
    return sorted(kept)
