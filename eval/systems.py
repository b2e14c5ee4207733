"""The one place where the evaluation touches the product: everything else sees these protocols.

Tests put fakes with meaning in their stead. `Product` loads each model once and builds an index for each corpus, kept
under WENCE_HOME/eval by the corpus's digest and the encoder.
"""

import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from tqdm import tqdm

from eval.data import Corpus
from rag.datatypes import Answer, Article, EvidenceJudge, Hit, Message, Passage, Progress, Sentence

if TYPE_CHECKING:
    from rag.models.encoder import Encoder
    from rag.models.generator import Generator
    from rag.search.index import Index
    from rag.search.retrieval import Retriever
    from rag.settings import Settings

Method = Literal["judged", "fused", "dense", "lexical"]
METHODS: tuple[Method, ...] = ("judged", "fused", "dense", "lexical")
History = Sequence[tuple[str, str]]


class Searcher(Protocol):
    """Search over one corpus."""

    @property
    def passages(self) -> Sequence[Passage]: ...

    def search(self, query: str, top_k: int, method: Method) -> list[Hit]: ...


class Asker(Protocol):
    """Answers over one corpus."""

    def ask(self, question: str, history: History = ()) -> Answer: ...

    def ask_over(self, question: str, passages: Sequence[str]) -> Answer: ...

    def stream(self, question: str, history: History = ()) -> Iterator[Progress | Sentence | Answer]: ...


class Systems(Protocol):
    """What is evaluated."""

    @property
    def settings(self) -> str:
        """Encoder and generator by name: with the commit, what the answers depend on."""
        ...

    def searcher(self, corpus: Corpus) -> Searcher: ...

    def asker(self, corpus: Corpus) -> Asker: ...

    def parse(self, page: Path) -> Sequence[Article]: ...

    def support(self, statement: str, quote: str) -> float: ...

    def time_indexing(self, corpus: Corpus, most: int) -> tuple[int, float]:
        """How many of at most `most` passages were encoded anew, and in how many seconds."""
        ...

    def time_generation(self, prompt: str, tokens: int) -> "Generation | None":
        """None where the system has no generator."""
        ...

    def time_plain_generation(self, prompt: str, tokens: int) -> "Generation | None":
        """The same by plain transformers in float32: the baseline."""
        ...

    def disk(self) -> Mapping[str, int]:
        """Bytes on disk, by what they are for."""
        ...


@dataclass(frozen=True, slots=True)
class Generation:
    """Tokens read and written, and in how many seconds each."""

    read: int
    read_seconds: float
    written: int
    write_seconds: float

    @property
    def read_per_second(self) -> float:
        return self.read / self.read_seconds

    @property
    def written_per_second(self) -> float:
        return self.written / self.write_seconds


class Product:
    """The product itself. The encoder and the generator are loaded once, at first need; an index is built for each
    corpus and kept."""

    @property
    def settings(self) -> str:
        return ", ".join(filter(None, (self._settings.encoder, self._settings.generator, self._settings.judge)))

    def parse(self, page: Path) -> Sequence[Article]:
        from rag import load_articles

        loaded = load_articles([page])
        if not loaded.articles:
            raise next(iter(loaded.problems))
        return loaded.articles

    def support(self, statement: str, quote: str) -> float:
        from rag.answering.support import support

        return support(statement, quote)

    def searcher(self, corpus: Corpus) -> Searcher:
        from rag.search.retrieval import Retriever

        return _IndexSearcher(Retriever(self._index(corpus), self._encoder, self._judge))

    def asker(self, corpus: Corpus) -> Asker:
        from rag.chatbot import Chatbot
        from rag.search.retrieval import Retriever
        from rag.setup import taught

        retriever = Retriever(self._index(corpus), self._encoder, self._judge)
        generator = self.generator
        return Chatbot(retriever, self._encoder, generator, reader=taught(generator))

    def time_indexing(self, corpus: Corpus, most: int) -> tuple[int, float]:
        from rag.reading.passages import split_articles

        passages = split_articles(corpus.articles)[:most]
        start = time.perf_counter()
        self._encoder.encode_passages(passages)
        return len(passages), time.perf_counter() - start

    def time_generation(self, prompt: str, tokens: int) -> Generation | None:
        """Read, then written: the second call finds the prompt already read."""
        generator = self.generator
        if generator is None:
            return None
        messages = [Message("user", prompt)]
        start = time.perf_counter()
        list(generator.stream(messages, 1))
        read = time.perf_counter()
        text = "".join(generator.stream(messages, tokens))
        written = time.perf_counter()
        count = generator.count_tokens
        return Generation(count(prompt), read - start, max(1, count(text)), written - read)

    def time_plain_generation(self, prompt: str, tokens: int) -> Generation | None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from rag.models.fetch import model_dir, read_pins

        pin = read_pins().get(self._settings.generator)
        folder = model_dir(self._settings.home, pin.name) if pin else None
        if pin is None or folder is None or not (folder / pin.file).is_file() or find_spec("accelerate") is None:
            return None
        tokenizer: Any = AutoTokenizer.from_pretrained(folder, gguf_file=pin.file)
        model: Any = AutoModelForCausalLM.from_pretrained(folder, gguf_file=pin.file, dtype=torch.float32)
        model.eval()
        chat = [{"role": "user", "content": prompt}]
        given = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt", return_dict=True)
        with torch.inference_mode():
            start = time.perf_counter()
            model(**given)
            read = time.perf_counter()
            output = model.generate(**given, max_new_tokens=tokens, do_sample=False)
            done = time.perf_counter()
        length = int(given["input_ids"].shape[1])
        return Generation(length, read - start, int(output.shape[1]) - length, max(1e-6, done - read - (read - start)))

    def disk(self) -> Mapping[str, int]:
        home = self._settings.home
        return {name: _size_of(home / name) for name in ("models", "eval", "vectors.sqlite") if (home / name).exists()}

    @cached_property
    def _settings(self) -> "Settings":
        from rag.settings import read_settings
        from rag.setup import go_offline

        settings = read_settings()
        go_offline(settings)
        return settings

    @cached_property
    def _encoder(self) -> "Encoder":
        from rag.setup import open_encoder

        return open_encoder(self._settings)

    @cached_property
    def _judge(self) -> EvidenceJudge:
        from rag.setup import open_judge

        return open_judge(self._settings)

    @property
    def home(self) -> Path:
        return self._settings.home

    @cached_property
    def generator(self) -> "Generator | None":
        from rag.setup import open_generator

        loading = open_generator(self._settings)
        return None if loading is None else loading.generator

    def _index(self, corpus: Corpus) -> "Index":
        from rag.reading.passages import split_articles
        from rag.search.index import build_index, is_current, open_index

        encoder = self._encoder
        maker = re.sub(r"[^\w.+-]", "-", encoder.identity)[-60:]
        directory = self._settings.home / "eval" / f"{corpus.name}-{corpus.digest()}-{maker}"
        if not is_current(directory, corpus.articles, encoder.identity):
            total = len(split_articles(corpus.articles))
            with tqdm(total=total, desc=f"indexing {corpus.name}", disable=not sys.stderr.isatty()) as bar:
                build_index(corpus.articles, directory, encoder, self._settings.home / "vectors.sqlite", bar.update)
        return open_index(directory, encoder.identity)


class _IndexSearcher:
    """The product's retriever with its passages, as the protocol has it."""

    def __init__(self, retriever: "Retriever") -> None:
        self._retriever = retriever

    @property
    def passages(self) -> Sequence[Passage]:
        return self._retriever.index.passages

    def search(self, query: str, top_k: int, method: Method) -> list[Hit]:
        return self._retriever.search(query, top_k, method)


def _size_of(path: Path) -> int:
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in files)
