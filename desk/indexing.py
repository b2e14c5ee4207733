"""Builds the index of the catalogue's articles while the chat goes on, one build at a time.

catalogue changed -> Indexing.start -> (a thread) bot.reindex(live articles) -> citations re-checked
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

log = logging.getLogger("wence")

Advance = Callable[[int, int], object]  # (paragraphs done, of how many)


class BotHandle(Protocol):
    """What the desk needs of the bot that the chat serves."""

    @property
    def articles(self) -> Sequence[Article]:
        """The articles that it answers from now."""
        ...

    def reindex(self, articles: Sequence[Article], advance: Advance) -> str:
        """Answer from these articles from now on; the digest of the new corpus. UserError where it cannot be."""
        ...


class ServedBot:
    """The chat's bot, whose index in `directory` is built anew and swapped while it answers."""

    def __init__(self, bot: "Chatbot", directory: Path, vector_cache: Path) -> None:
        self._bot = bot
        self._directory = directory
        self._vector_cache = vector_cache

    @property
    def articles(self) -> Sequence[Article]:
        return self._bot.articles

    def reindex(self, articles: Sequence[Article], advance: Advance) -> str:
        from rag.index import build_index, open_index
        from rag.passages import split_articles

        done, total = 0, len(split_articles(articles))

        def more(by: int) -> None:
            nonlocal done
            done += by
            advance(done, total)

        advance(0, total)
        encoder = self._bot.encoder
        manifest = build_index(articles, self._directory, encoder, self._vector_cache, more)
        self._bot.reopen(open_index(self._directory, encoder.identity))
        return manifest.corpus


@dataclass(frozen=True, slots=True)
class Progress:
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
        self._wanted_by = ""  # who asked for a build that has not begun
        self._thread: threading.Thread | None = None
        self._progress = Progress()

    @property
    def progress(self) -> Progress:
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
                self._progress = Progress(running=True)
                self._thread = threading.Thread(target=self._run, name="wence-indexing", daemon=True)
                self._thread.start()

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
            problem = self._build(by)
            self._progress = Progress(running=True, problem=problem)

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
        self._progress = Progress(running=True, done=done, total=total)


def join_catalogue(store: Store, indexing: Indexing, bot: BotHandle) -> None:
    """At start: take in what the index holds, build it anew where staff wanted otherwise, and check old citations.
    What was withdrawn is out of the index before anybody asks."""
    if store.catalogue.adopt(bot.articles):
        indexing.start(SYSTEM)
        if indexing.differences()[1]:
            indexing.wait()
    else:
        recheck(store, bot.articles)
