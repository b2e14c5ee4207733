"""The one error that a user can act on.

    Exception
    ├── UserError        a sentence that says what is wrong and what to do, in Chinese and in English; exit code 2
    └── CancelledError   whoever asked has left: nothing is wrong, and nothing is logged

Everything else is a bug: it keeps its traceback in the log and shows one plain line.
"""


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
