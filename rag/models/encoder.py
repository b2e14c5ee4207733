"""Text -> unit vectors. The only importer of sentence_transformers.

On the CPU the linear layers are int8 (`rag.models.int8`): 1.7 times as quick, at a cosine of .99 to float32.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.datatypes import Vectors
from rag.errors import UserError

if TYPE_CHECKING:
    from rag.datatypes import Passage

BATCH = 4  # more gains nothing on two cores
TITLE_MAX = 60  # characters of title in a passage's prompt

# EmbeddingGemma's model card: "task: search result | query: …" and "title: … | text: …".
QUERY_PROMPT = "task: search result | query: {query}"
PASSAGE_PROMPT = "title: {title} | text: {text}"
WORD_PROMPT = "task: sentence similarity | query: {word}"


class Encoder:
    """`encode_*` give float32 arrays (texts, dimensions) of unit length."""

    def __init__(self, model: Any, identity: str) -> None:
        self.identity = identity
        self.dimensions: int = model.get_embedding_dimension()
        self._model = model

    def encode_passages(
        self, passages: Sequence["Passage"], advance: Callable[[int], object] = lambda _: None
    ) -> Vectors:
        """Vectors of the passages, their titles in front; `advance` is told how many are done, batch by batch."""
        return self._encode([passage_prompt(p) for p in passages], advance)

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        return self._encode([QUERY_PROMPT.format(query=query) for query in queries])

    def encode_words(self, words: Sequence[str]) -> Vectors:
        """Vectors that are near where the words mean the same, which those of queries are not."""
        return self._encode([WORD_PROMPT.format(word=word) for word in words])

    def _encode(self, prompts: Sequence[str], advance: Callable[[int], object] = lambda _: None) -> Vectors:
        vectors = np.zeros((len(prompts), self.dimensions), dtype=np.float32)
        by_length = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))  # less padding
        for start in range(0, len(prompts), BATCH):
            chosen = by_length[start : start + BATCH]
            vectors[chosen] = self._model.encode(
                [prompts[i] for i in chosen], batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
            advance(len(chosen))
        return vectors


def passage_prompt(passage: "Passage") -> str:
    """What is embedded for a passage: the article's title (and kicker) and the passage's text."""
    return PASSAGE_PROMPT.format(title=searched_title(passage) or "none", text=passage.text)


def searched_title(passage: "Passage") -> str:
    article = passage.article
    words: Iterable[str | None] = (article.title, article.kicker, article.subtitle)
    return " ".join(filter(None, words))[:TITLE_MAX]


def load_encoder(model: str | Path, identity: str) -> Encoder:
    """The encoder in a local folder or under a hub id. UserError where there is none."""
    import torch
    from sentence_transformers import SentenceTransformer

    from rag.models.int8 import quantize_module

    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        loaded = SentenceTransformer(str(model), device=device)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"无法载入向量模型 {model}：{reason}。请运行 make setup，或让 WENCE_ENCODER 指向本地目录。",
            f"Cannot load the encoder {model}: {reason}. Run make setup, or point WENCE_ENCODER at a local folder.",
        ) from error
    if device == "cpu":
        quantize_module(loaded)
    return Encoder(loaded, identity)
