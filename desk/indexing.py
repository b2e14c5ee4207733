"""Keeps the index and the catalogue together while the chat goes on, one change at a time.

catalogue changed  -> Indexing.start -> (a thread) bot.reindex(live articles) -> citations re-checked
built from files   -> Indexing.take  -> the catalogue follows the files -> the bot answers from that build
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from desk.decay import recheck
from desk.store import Store
from desk.store.audit import SYSTEM
from rag.datatypes import Article
from rag.errors import UserError

if TYPE_CHECKING:
    from rag.chatbot import Chatbot
    from rag.search.index import Index

log = logging.getLogger("wence")

Advance = Callable[[int, int], object]  # (paragraphs done, of how many)


class BotHandle(Protocol):
    """What the desk needs of the bot that the chat serves."""

    @property
    def articles(self) -> Sequence[Article]:
        """The articles that it answers from now."""
        ...

    @property
    def corpus(self) -> str:
        """The digest of what it answers from now."""
        ...

    @property
    def problems(self) -> Sequence[UserError]:
        """What keeps it from working as it was set up: a model that could not be loaded."""
        ...

    def reindex(self, articles: Sequence[Article], advance: Advance) -> str:
        """Answer from these articles from now on; the digest of the new corpus. UserError where it cannot be."""
        ...

    def see(self, index: "Index", serve: bool) -> None:
        """This build, which another process made, is known, so that the next one may take its place. `serve`: answer from
        it from now on."""
        ...


class OvertakenError(UserError):
    """Another process has built the index meanwhile: what it holds is to be seen before it is built over."""


class ServedBot:
    """The chat's bot, whose index in `directory` is built anew and swapped while it answers."""

    def __init__(self, bot: "Chatbot", directory: Path, vector_cache: Path) -> None:
        self._bot = bot
        self._directory = directory
        self._vector_cache = vector_cache
        self._seen = bot.index.manifest.build

    @property
    def articles(self) -> Sequence[Article]:
        return self._bot.articles

    @property
    def corpus(self) -> str:
        return self._bot.index.manifest.corpus

    @property
    def problems(self) -> Sequence[UserError]:
        return self._bot.problems

    def see(self, index: "Index", serve: bool) -> None:
        self._seen = index.manifest.build
        if serve:
            self._bot.reopen(index)

    def reindex(self, articles: Sequence[Article], advance: Advance) -> str:
        from rag.reading.passages import split_articles
        from rag.search.index import build_index, current_build, open_index
        from rag.search.vector_cache import encode_with_cache

        passages = split_articles(articles)
        done, total = 0, len(passages)

        def more(by: int) -> None:
            nonlocal done
            done += by
            advance(done, total)

        advance(0, total)
        encoder = self._bot.encoder
        encode_with_cache(
            encoder, passages, self._vector_cache, more
        )  # the long part, before the look at what is there
        if current_build(self._directory) != self._seen:
            raise OvertakenError(
                "命令行刚刚重建了索引，先取用它，随后自动再建。",
                "The index was just built on the command line; that is taken in first, then it is built again.",
            )
        manifest = build_index(articles, self._directory, encoder, self._vector_cache, before=self._bot.index)
        self.see(open_index(self._directory, encoder.identity), serve=True)
        return manifest.corpus


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """Where the build is. `problem`: why the last one failed, else ""."""

    running: bool = False
    done: int = 0
    total: int = 0
    problem: str = ""


class Indexing:
    """Keeps the bot's index in step with the catalogue."""

    def __init__(self, store: Store, bot: BotHandle) -> None:
        self._store = store
        self._bot = bot
        self._lock = threading.Lock()
        self._changing = threading.Lock()  # held while the index, the catalogue's state and the note of both change
        self._wanted_by = ""  # who asked for a build that has not begun
        self._thread: threading.Thread | None = None
        self._progress = BuildProgress()

    @property
    def progress(self) -> BuildProgress:
        return self._progress

    def differences(self) -> tuple[int, int]:
        """How many articles the index lacks, and how many it holds that it should not."""
        wanted = self._store.catalogue.live_ids()
        held = {article.id for article in self._bot.articles}
        return len(wanted - held), len(held - wanted)

    def start(self, by: str) -> None:
        """Build in the background. During a build: once more after it."""
        with self._lock:
            self._wanted_by = by
            if not self._progress.running:
                self._progress = BuildProgress(running=True)
                self._thread = threading.Thread(target=self._run, name="wence-indexing", daemon=True)
                self._thread.start()

    def join(self) -> None:
        """At start: take in what the index holds, build it anew where staff wanted otherwise, and check old citations.
        What was withdrawn is out of the index before anybody asks."""
        with self._changing:
            self._follow_files(self._bot.articles, self._bot.corpus)
            recheck(self._store, self._bot.articles)
        more, less = self.differences()
        if more or less:
            self.start(SYSTEM)
        if less:
            self.wait()

    def take(self, index: "Index") -> None:
        """Another process has built the index: the catalogue follows its files, and the bot answers from it; where it holds
        what staff have withdrawn or corrected, only once it is built again without that."""
        with self._changing:
            if index.manifest.corpus != self._bot.corpus:
                self._follow_files(index.articles, index.manifest.corpus)
                wanted = {article.id for article in index.articles} <= self._store.catalogue.live_ids()
                self._bot.see(index, serve=wanted)
                recheck(self._store, self._bot.articles)
        if self.differences() != (0, 0):
            self.start(SYSTEM)

    def _follow_files(self, articles: Sequence[Article], corpus: str) -> None:
        """The catalogue takes in what another process indexed; what the desk indexed last it knows."""
        if not self._store.catalogue.is_last_build(corpus):
            self._store.catalogue.adopt(articles, corpus)

    def wait(self) -> None:
        """Until nothing is being built."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                by, self._wanted_by = self._wanted_by, ""
                if not by:
                    self._progress = replace(self._progress, running=False)
                    return
            with self._changing:
                problem = self._build(by)
            self._progress = BuildProgress(running=True, problem=problem)

    def _build(self, by: str) -> str:
        """One build; what went wrong, or ""."""
        started, corpus, problem = time.monotonic(), "", ""
        articles = self._store.catalogue.live()
        try:
            corpus = self._bot.reindex(articles, self._advance)
        except UserError as error:
            problem = error.message()
        except Exception as error:
            log.exception("the index was not built")
            problem = f"{type(error).__name__}: {error}"
        seconds = time.monotonic() - started
        try:
            self._store.catalogue.note_build(by, len(articles), seconds, corpus, problem)
            if not problem:
                recheck(self._store, self._bot.articles)
        except Exception as error:
            log.exception("the build was not noted")
            problem = f"{type(error).__name__}: {error}"
        return problem

    def _advance(self, done: int, total: int) -> None:
        self._progress = BuildProgress(running=True, done=done, total=total)
