"""Every pattern of the packages, run against texts made to keep it busy: `python -m tests.slow_patterns` prints those that
take for ever, one a line, and exits 1 where there is one.

A pattern is slow where its time grows faster than its text. The texts are made from what the pattern itself is made of: each
of its repeated parts is fed over and over behind what leads to it, with a tail that fits nothing.
"""

import argparse
import ast
import importlib
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any

ROOT = Path(__file__).parent.parent
PACKAGES = ("rag", "chat", "desk", "eval", "ui.py")
LITERAL_CALLS = ("search", "match", "fullmatch", "sub", "subn", "split", "finditer", "findall", "compile")
ANCHORED = {"match", "fullmatch"}  # tried at one place of the text, not at each
UNKNOWN = "个"  # stands for what only a running function knows of a pattern
TAILS = ("\x00", "")
PAGE = 1_000  # characters of a text
LONGER = 4  # times as long: a linear pattern takes so many times as long, a quadratic one the square of it
GROWS = 9.0  # times, between those two
SURELY = 0.03  # CPU seconds for the longer text, below which growth is not told from noise
# What reads no more than a question, or only the project's own data: there a square does no harm.
SHORT_TEXTS = ("rag.question.content", "rag.question.subquestions", "eval.")
BOUNDED = {"desk.privacy.BEFORE_HOUSE": 40}  # characters that the caller cuts out for it
LIMIT = 0.25  # CPU seconds that a pattern may take for a text
NOTICED = 0.002  # CPU seconds below which a pattern is not looked at again
MOST_LEADS, MOST_PUMPS = 2, 24


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern of the source: where it stands, and how it is called. `anchored`: never searched for."""

    where: str
    pattern: str
    flags: int
    anchored: bool


@dataclass(frozen=True, slots=True)
class Slow:
    """A pattern that takes for ever: CPU seconds for a text of so many characters, and how that begins."""

    found: Found
    seconds: float
    length: int
    begins: str


# ---------------------------------------------------------------- finding


def package_patterns() -> list[Found]:
    """Every pattern: compiled at a module's top (in tuples and tables too) or written in a function, each once."""
    files = [
        f for name in PACKAGES for f in ([ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py")))
    ]
    trees = {file: ast.parse(file.read_text("utf-8")) for file in files}
    called = _calls(trees)
    found: dict[tuple[str, int, bool], Found] = {}
    for file, tree in trees.items():
        if not any(isinstance(node, ast.Import) and node.names[0].name == "re" for node in ast.walk(tree)):
            continue
        name = _module(file)
        own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        namespace = vars(importlib.import_module(name))
        made = {key: value for key, value in namespace.items() if key in own}
        for one in [*_compiled(name, made, called), *_written(name, tree, namespace)]:
            found.setdefault((one.pattern, one.flags, one.anchored), one)
    return list(found.values())


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def _calls(trees: Mapping[Path, ast.Module]) -> dict[str, set[str]]:
    """`rag.reading.lines.DATE` -> the methods that are called of it, in its module, where it is imported, or by a loop over it."""
    called: dict[str, set[str]] = {}
    for file, tree in trees.items():
        nodes = list(ast.walk(tree))
        imported = {a.asname or a.name: n.module for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names}
        methods: dict[str, set[str]] = {}
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                methods.setdefault(node.value.id, set()).add(node.attr)
        for loop in nodes:
            if isinstance(loop, ast.For | ast.comprehension) and isinstance(loop.target, ast.Name):
                for name in (n.id for n in ast.walk(loop.iter) if isinstance(n, ast.Name)):
                    methods.setdefault(name, set()).update(methods.get(loop.target.id, set()))
        for name, attributes in methods.items():
            called.setdefault(f"{imported.get(name) or _module(file)}.{name}", set()).update(attributes - {"pattern"})
    return called


def _compiled(module: str, namespace: Mapping[str, Any], called: Mapping[str, set[str]]) -> Iterator[Found]:
    for name, value in namespace.items():
        uses = called.get(f"{module}.{name}", set())
        for pattern in _patterns_in(value):
            yield Found(f"{module}.{name}", pattern.pattern, pattern.flags, bool(uses) and uses <= ANCHORED)


def _patterns_in(value: object, depth: int = 3) -> Iterator["re.Pattern[str]"]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif depth and isinstance(value, dict):
        yield from (p for pair in value.items() for one in pair for p in _patterns_in(one, depth - 1))
    elif depth and isinstance(value, tuple | list | set | frozenset):
        yield from (p for one in value for p in _patterns_in(one, depth - 1))


def _written(module: str, tree: ast.Module, namespace: Mapping[str, Any]) -> Iterator[Found]:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef))
    for node in dict.fromkeys(inner for function in functions for inner in ast.walk(function)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr in LITERAL_CALLS:
            written = _value(node.args[0], namespace)
            flags = next((_value(k.value, namespace) for k in node.keywords if k.arg == "flags"), 0)
            if isinstance(written, str):
                where = f"{module}:{node.lineno}"
                yield Found(where, written, flags if isinstance(flags, int) else 0, node.func.attr in ANCHORED)


def _value(node: ast.expr, namespace: Mapping[str, Any]) -> object:
    """What the expression is worth at the module's top; names that only a function knows stand for UNKNOWN."""
    known = {**namespace}
    for name in (n for n in ast.walk(node) if isinstance(n, ast.Name)):
        known.setdefault(name.id, UNKNOWN)
    try:
        return eval(compile(ast.Expression(node), "<pattern>", "eval"), known)
    except (AttributeError, TypeError, KeyError, IndexError):
        return None


# ---------------------------------------------------------------- feeding


def hostile_texts(pattern: str, flags: int = 0) -> list[tuple[str, str]]:
    """(lead, pump): a text is the lead and the pump over and over."""
    tree = _parser.parse(pattern, flags)
    pumps: dict[str, None] = {}
    leads: dict[str, None] = {"": None}
    for lead, body in _repeats(tree):
        leads.setdefault(lead)
        pumps.update(dict.fromkeys(_samples(body)))
    signs = _signs(tree)
    pumps.update(dict.fromkeys(signs[:12]))
    pumps.update(dict.fromkeys("".join(pair) for pair in product(signs[:4], signs[:8]) if pair[0] != pair[1]))
    whole = _sample(tree, 0)
    pumps.setdefault(whole)
    pairs = [(lead, pump) for lead, body in _repeats(tree) for pump in _samples(body)]
    pairs += [(lead, pump) for pump in list(pumps)[:MOST_PUMPS] for lead in list(leads)[:MOST_LEADS]]
    pairs += [("", lead + pump) for lead, pump in pairs if lead]
    return list(dict.fromkeys((lead, pump) for lead, pump in pairs if pump))


def _repeats(tree: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """(a text that leads to it, the body) of each part that may stand several times, the outer ones first."""
    for op, argument in tree:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            _, most, body = argument
            if most > 1:
                yield before, body
            yield from _repeats(body, before)
        else:
            for body in _inside(op, argument):
                yield from _repeats(body, before)
        before += _sample([(op, argument)], 0)


def _inside(op: Any, argument: Any) -> list[Any]:
    if op is sre.SUBPATTERN:
        return [argument[-1]]
    if op is sre.BRANCH:
        return list(argument[1])
    if op in (sre.ASSERT, sre.ASSERT_NOT):
        return [argument[1]]
    if op is sre.ATOMIC_GROUP:
        return [argument]
    return []


def _samples(body: Any) -> list[str]:
    """Texts that the body fits: with each of its choices in turn, as short and somewhat longer."""
    return [text for choice in range(6) for text in (_sample(body, choice), _sample(body, choice, longer=True)) if text]


def _sample(tree: Any, choice: int, longer: bool = False) -> str:
    text = ""
    for op, argument in tree:
        if op is sre.LITERAL:
            text += chr(argument)
        elif op is sre.NOT_LITERAL:
            text += "一" if argument != ord("一") else "二"
        elif op is sre.ANY:
            text += "一"
        elif op is sre.IN:
            signs = _class_signs(argument)
            text += signs[choice % len(signs)]
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            least, most, body = argument
            text += _sample(body, choice, longer) * min(int(most), max(int(least) + longer, 1 if longer else least))
        elif op is sre.BRANCH:
            text += _sample(argument[1][choice % len(argument[1])], choice, longer)
        elif op not in (sre.ASSERT, sre.ASSERT_NOT):
            text += "".join(_sample(body, choice, longer) for body in _inside(op, argument))
    return text


CANDIDATES = "一市王1a A、，。 \n\t（)：-/０①…"
CATEGORIES = {
    sre.CATEGORY_DIGIT: str.isdigit, sre.CATEGORY_NOT_DIGIT: lambda c: not c.isdigit(),
    sre.CATEGORY_SPACE: str.isspace, sre.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
    sre.CATEGORY_WORD: lambda c: c.isalnum() or c == "_", sre.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
}  # fmt: skip


def _class_signs(items: Any) -> list[str]:
    """Some characters of a class, those named in it first; more than one of a kind only where they are named."""
    named = [chr(a) for op, a in items if op is sre.LITERAL]
    ranges = [chr(a) for op, pair in items if op is sre.RANGE for a in pair]
    negated = any(op is sre.NEGATE for op, _ in items)

    def inside(sign: str) -> bool:
        held = any(
            (op is sre.LITERAL and ord(sign) == a)
            or (op is sre.RANGE and a[0] <= ord(sign) <= a[1])
            or (op is sre.CATEGORY and CATEGORIES[a](sign))
            for op, a in items
        )
        return held != negated

    fits = [sign for sign in CANDIDATES if inside(sign)]
    return list(dict.fromkeys(fits if negated else [*named[:6], *fits, *ranges[:4]])) or ["\u4e8c"]


def _signs(tree: Any) -> list[str]:
    """The characters that fit the most places of the pattern, first."""
    count: dict[str, int] = dict.fromkeys(" 一1a", 1)

    def visit(part: Any) -> None:
        for op, argument in part:
            if op is sre.LITERAL:
                count[chr(argument)] = count.get(chr(argument), 0) + 1
            elif op is sre.IN:
                for sign in _class_signs(argument):
                    count[sign] = count.get(sign, 0) + 1
            elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
                visit(argument[2])
            for body in _inside(op, argument):
                visit(body)

    visit(tree)
    return sorted(count, key=lambda sign: -count[sign])


# ---------------------------------------------------------------- timing


class TooLongError(Exception):
    """The CPU time that a call may take is over."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooLongError


def seconds(pattern: "re.Pattern[str]", text: str, anchored: bool, limit: float) -> float:
    """CPU seconds to match the whole text, and to find every match in it where the pattern is searched for; infinite from
    `limit` on (`re` looks for signals while it works)."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        pattern.fullmatch(text)
        if not anchored:
            for _ in pattern.finditer(text):
                pass
        return time.process_time() - began
    except TooLongError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def slowest(found: Found) -> Slow | None:
    """The text on which the pattern takes for ever; None where there is none."""
    pattern = re.compile(found.pattern, found.flags)
    length = BOUNDED.get(found.where, PAGE)
    for (lead, pump), tail in product(hostile_texts(found.pattern, found.flags), TAILS):
        text = (lead + pump * (length // len(pump) + 1))[:length] + tail
        longer = (lead + pump * (LONGER * length // len(pump) + 1))[: LONGER * length] + tail
        one = seconds(pattern, text, found.anchored, LIMIT)
        if one < NOTICED:
            continue
        begins = (lead + pump * 3)[:40]
        if one == float("inf"):
            return Slow(found, one, len(text), begins)
        if found.where.startswith(SHORT_TEXTS) or found.where in BOUNDED:
            continue
        one = min(one, *(seconds(pattern, text, found.anchored, LIMIT) for _ in range(2)))
        other = min(seconds(pattern, longer, found.anchored, LIMIT * GROWS * LONGER) for _ in range(2))
        if other > max(GROWS * one, SURELY):
            return Slow(found, other, len(longer), begins)
    return None


def slow_patterns(patterns: Sequence[Found]) -> list[Slow]:
    signal.signal(signal.SIGPROF, _stop)
    return [slow for found in patterns if (slow := slowest(found))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pattern", help="this pattern alone")
    options = parser.parse_args()
    patterns = [Found("given", options.pattern, 0, False)] if options.pattern else package_patterns()
    slow = slow_patterns(patterns)
    for one in slow:
        print(
            f"{one.found.where}: {one.seconds:.2f} s for {one.length} characters of {one.begins!r}: {one.found.pattern[:100]}"
        )
    print(f"{len(patterns)} patterns, {len(slow)} slow, {time.process_time():.1f} s")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
