"""Text made fit for where it goes: what people type as it comes in, and what sources say as it is shown.

No library, nothing of the web: the chat, the desk and the database all stand on these two functions.
"""

import re

UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # what no database, page or model takes
NOTE_NUMBER = re.compile(r"[\[［]([\d\s,，、–~-]{1,12})[\]］]")


def clean(text: str) -> str:
    """The text without control characters (lines and tabs stay) and halves of characters, as a cut emoji leaves them."""
    return UNFIT.sub("", text)


def set_apart(text: str) -> str:
    """The source's own bracketed numbers as 〔3〕: [3] is a marker of ours and nothing else."""
    return NOTE_NUMBER.sub(r"〔\1〕", text)
