"""Follows an index directory while a chatbot answers: a build made by another process is opened and handed on.

Only the manifest's few lines are read, once a second; the build itself when it is another one than the bot answers from.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from rag.errors import UserError
from rag.search.index import Index, current_build, open_index

log = logging.getLogger("wence")

EVERY = 1.0  # seconds between two looks
AFTER_FAILURE = 5.0  # seconds: a build that could not be opened or taken is tried again


class Follower:
    """Hands every other build of the index in `directory` to `take`. `held` names the build that is answered from. What
    goes wrong is logged once for each build and tried again; the bot answers from what it has."""

    def __init__(
        self, directory: Path, encoder_identity: str, held: Callable[[], str], take: Callable[[Index], object]
    ) -> None:
        self._directory = directory
        self._encoder_identity = encoder_identity
        self._held = held
        self._take = take
        self._taken = ""  # the last build handed on, whether or not it is answered from
        self._complained = ""
        self._stopped = threading.Event()

    def look(self) -> bool:
        """Open and hand on the build that holds now, where it is another; False where that failed."""
        build = ""
        try:
            build = current_build(self._directory)
            if build not in (self._taken, self._held()):
                index = open_index(self._directory, self._encoder_identity)
                self._take(index)
                self._taken = index.manifest.build
                log.info("the index is now %s: %s articles", self._taken, len(index.articles))
        except Exception as error:
            if self._complained != build + str(error):
                self._complained = build + str(error)
                known = isinstance(error, UserError)
                log.error("the newer index is not used yet: %s", error, exc_info=None if known else error)
            return False
        self._complained = ""
        return True

    def start(self) -> None:
        """Look every second from now on, in a thread that ends with the process or with `stop`."""
        threading.Thread(target=self._run, name="wence-following", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        pause = EVERY
        while not self._stopped.wait(pause):
            pause = EVERY if self.look() else AFTER_FAILURE
