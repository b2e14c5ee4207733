"""What somebody typed -> text that the rest may trust to be whole characters; and text -> whatever terminal is there.

A browser cuts an emoji in two, a terminal sends GBK or half a character, a script sends NUL. Every door cleans with these
functions, once; nothing behind them asks again.
"""

import json
import os
import re
import sys
import unicodedata

HALF = re.compile("[\ud800-\udfff]")
BLANKS = "\t\n\r\v\f\x85\u2028\u2029"  # controls and separators that stand for a blank or a line's end


def clean_question(text: str) -> str:
    """The text without what nobody typed on purpose: halves of characters, control characters and invisible marks.
    Halves that belong together become the character that they are."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return "".join(
        "\n" if c in BLANKS else c for c in whole if c in BLANKS or unicodedata.category(c) not in ("Cc", "Cf")
    )


def whole_characters(text: str) -> str:
    """The text with the replacement character in the place of each half of one: every offset stays."""
    return HALF.sub("\ufffd", text)


def decode_argument(argument: str) -> str:
    """A word of the command line as what its bytes are: UTF-8, even with a character cut off, or else GB 18030. (A file's
    name is left as it is: its bytes are its name.)"""
    try:
        data = os.fsencode(argument)
    except UnicodeEncodeError:  # not from a command line
        return argument
    text = data.decode("utf-8", "replace")
    good = sum(c > "\x7f" and c != "\ufffd" for c in text)
    if text.count("\ufffd") <= good:
        return data.decode("utf-8", "ignore")
    return data.decode("gb18030", "replace")


def write_whatever_comes() -> None:
    r"""Let the standard streams write a character that their encoding lacks as \uXXXX in place of failing."""
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")


def close_output() -> None:
    """After a broken pipe: what is still to be written goes nowhere, so that the end of the process has nothing to say."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def json_line(values: object, indent: int | None = 1) -> str:
    """JSON in the characters that the standard output can write; the others as JSON's own escapes, so that it stays JSON."""
    text = json.dumps(values, ensure_ascii=False, indent=indent)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(values, indent=indent)
    return text
