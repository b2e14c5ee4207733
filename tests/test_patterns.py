"""No pattern takes for ever, whatever it is fed: `re` keeps the interpreter's lock while it works, so one line of an article, or
one question, would stop the chat for everybody."""

import subprocess
import sys

import pytest

from rag.reading.lines import REPORTERS
from rag.text.normalization import HAN
from rag.text.person_names import NAME
from tests.slow_patterns import ROOT, Found, hostile_texts, package_patterns, slow_patterns

# Four that did, as they were written.
ONCE_SLOW = {
    "places, one behind the other": "(?:[\u4e00-\u9fff]{2,4}[省市县区])+",
    "a dateline with several names": rf"^(?:本报讯|[{HAN}]{{2,6}}讯)\s*((?:记者|通讯员)\s*(?:{NAME}[\s、]*)+)报道",
    "who compiled a page": rf"[（(]?(?:(?:本报)?记者|通讯员)?[:：\s]*(?P<a>(?:{NAME}[\s、，,]*)+)[\s/／]*整理[)）]?|"
    rf"[（(]?整理[\s/／:：]+(?:(?:本报)?记者|通讯员)?\s*(?P<b>(?:{NAME}[\s、，,]*)+)[)）]?",
    "who took a picture": rf"[（(]?(?:{REPORTERS}|图[/／:：]|摄影[/／:：])?[:：\s]*(?P<names>(?:(?:{REPORTERS})?\s*{NAME}[\s、，,]*)+)"
    rf"[\s/／]*(?:摄影报道|摄影|摄|供图)[)）]?|[（(]?(?:摄影|图片|图)[/／:：]\s*(?:{REPORTERS})?\s*(?P<after>(?:{NAME}[\s、，,]*)+)[)）]?",
}  # fmt: skip


@pytest.mark.parametrize("pattern", ONCE_SLOW.values(), ids=ONCE_SLOW.keys())
def test_a_pattern_that_took_for_ever_is_found_when_put_back(pattern: str) -> None:
    assert slow_patterns([Found("put back", pattern, 0, True)])


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a|aa)+$",  # two ways to read the same
        r"(?:\w+\s?)+:",
        r"^\s*(?P<role>[^,]*?)\s*,",  # three that may take the same blanks
        r"\s+$",  # from each blank to the last
        r"[^。]*委员会",
    ],
)
def test_what_grows_faster_than_its_text_is_slow(pattern: str) -> None:
    assert slow_patterns([Found("made", pattern, 0, False)])


@pytest.mark.parametrize(
    "pattern", [r"a+b", r"(?<!\s)\s+$", r"[^。]{0,40}委员会", r"(?:(?:(?![省市县区])[\u4e00-\u9fff]){2,4}[省市县区])+"]
)
def test_what_grows_with_its_text_is_not(pattern: str) -> None:
    assert slow_patterns([Found("made", pattern, 0, False)]) == []


def test_patterns_are_found_wherever_they_are_written() -> None:
    where = {found.where for found in package_patterns()}
    assert {"rag.answering.by_structure.PLACES", "rag.question.synonyms.WORDS", "desk.privacy.HOUSE"} <= where
    assert any(place.startswith("rag.reading.draft_article:") for place in where)  # in a function


def test_a_text_is_made_of_what_the_pattern_is_made_of() -> None:
    assert ("x", "ab") in hostile_texts("x(?:ab)+y")
    assert ("", "x" + "ab") in hostile_texts("x(?:ab)+y")


@pytest.mark.slow
def test_no_pattern_of_the_packages_takes_for_ever() -> None:
    assert run() == (0, "0 slow")


def run() -> tuple[int, str]:
    """The exit code and what it found, in a process of its own, which can be ended."""
    command = [sys.executable, "-m", "tests.slow_patterns"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    lines = done.stdout.splitlines()
    slow = lines[-1].split(", ")[1] if lines else done.stderr
    return done.returncode, slow if slow == "0 slow" else done.stdout
