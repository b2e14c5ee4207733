"""The one error that a user can act on.

    Exception
    ├── UserError        a sentence that says what is wrong and what to do, in Chinese and in English; exit code 2
    └── CancelledError   whoever asked has left: nothing is wrong, and nothing is logged

Everything else is a bug: it keeps its traceback in the log and shows one plain line.
"""

import errno


class UserError(Exception):
    """Something the user can mend. `str(error)` is the Chinese message; `error.message("en")` the English one."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en

    def message(self, lang: str = "zh") -> str:
        return self.en if lang == "en" else self.zh


class CancelledError(Exception):
    """Whoever asked has left while the model was at work."""


NO_MEMORY = UserError(
    "内存不够（或超过了系统给的上限）：请关闭其他程序，放宽上限，或换一台内存大一些的机器（至少 8 GB）后再运行一次。",
    "Out of memory, or above the limit that the system sets: close other programs, raise the limit, or take a machine with more (8 GB at least), then run it again.",
)
NO_HANDLES = UserError(
    "打开的文件或线程超过了系统给的上限：请放宽上限（ulimit -n、ulimit -u）后再运行一次。",
    "More open files or threads than the system allows: raise the limits (ulimit -n, ulimit -u), then run it again.",
)
# As libraries say it that raise no OSError: torch, Python's threads.
NO_MEMORY_SAID, NO_HANDLES_SAID = ("can't allocate memory", "cannot allocate memory"), ("can't start new thread",)


def lack_of_machine(error: BaseException) -> UserError | None:
    """What the machine lacks, where that is what the error comes from: memory, files or threads. None for any other."""
    number = error.errno if isinstance(error, OSError) else None
    said = str(error).lower()
    if isinstance(error, MemoryError) or number == errno.ENOMEM or any(words in said for words in NO_MEMORY_SAID):
        return NO_MEMORY
    if number in (errno.EMFILE, errno.ENFILE, errno.EAGAIN) or any(words in said for words in NO_HANDLES_SAID):
        return NO_HANDLES
    return None
