"""The papers say what is so: the help in the README is the command line's, links lead somewhere, named commands, files and anchors exist."""

import importlib
import importlib.util
import re
from pathlib import Path

import pytest

from rag.__main__ import build_parser, commands_beside, main

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README.en.md"]
PAPERS = [*READMES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = [file for package in ("rag", "chat", "desk", "eval") for file in sorted((ROOT / package).rglob("*.py"))]

LINK = re.compile(r"\]\(([^)\s]+)\)")
ANCHOR = re.compile(r'<a id="([^"]+)"')
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MODULE = re.compile(r"python -m ([\w.]+)")
TARGET = re.compile(r"`make ([a-z-]+)")
WENCE = re.compile(r"`wence ([a-z-]+)")
FILE = re.compile(r"`((?:rag|chat|desk|eval|tests|docs)/[\w./-]*\w\.\w+|ui\.py|Makefile)`")
TERM = re.compile(r"^\|[^|]+\|[^|]+\| `([\w.]+)", re.MULTILINE)
OTHERS = {"pytest", "pip", "venv"}  # modules that are not ours


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """The anchors set by hand, and those that GitHub makes of headings: lower case, no punctuation, hyphens for spaces."""
    text = path.read_text("utf-8")
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}
    return made | set(ANCHOR.findall(text))


@pytest.mark.parametrize("path", READMES, ids=name)
def test_the_help_in_the_readme_is_the_command_lines(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("sys.argv", ["wence"])
    with pytest.raises(SystemExit):
        main(["--help"])
    assert f"```\n{capsys.readouterr().out}```\n" in path.read_text("utf-8")


@pytest.mark.parametrize("path", PAPERS, ids=name)
def test_every_link_leads_to_a_file_and_a_place_in_it(path: Path) -> None:
    links = [link for link in LINK.findall(path.read_text("utf-8")) if not link.startswith("http")]
    lost = []
    for link in links:
        file, _, anchor = link.partition("#")
        target = (path.parent / file) if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("path", PAPERS, ids=name)
def test_every_command_that_is_named_exists(path: Path) -> None:
    text, made = path.read_text("utf-8"), (ROOT / "Makefile").read_text("utf-8")
    modules = set(MODULE.findall(text)) - OTHERS
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []
    assert [target for target in TARGET.findall(text) if not re.search(rf"^{target}:", made, re.MULTILINE)] == []
    known = {*commands_beside(), *re.findall(r"^    ([a-z-]+)  ", build_parser().format_help(), re.MULTILINE)}
    assert [command for command in WENCE.findall(text) if command not in known] == []


@pytest.mark.parametrize("path", PAPERS, ids=name)
def test_every_file_that_is_named_exists(path: Path) -> None:
    assert [file for file in FILE.findall(path.read_text("utf-8")) if not (ROOT / file).exists()] == []


def test_every_name_in_the_glossary_is_one_in_the_code() -> None:
    names = TERM.findall((ROOT / "docs" / "glossary.md").read_text("utf-8"))
    assert len(names) > 25
    assert [name for name in names if not is_in_code(name)] == []


def is_in_code(dotted: str) -> bool:
    """Whether `rag.<dotted>`, `<dotted>`, or a noun of `rag.datatypes` with that member, is there."""
    return any(resolves(f"{before}{dotted}") for before in ("rag.", "", "rag.datatypes."))


def resolves(dotted: str) -> bool:
    """Whether the longest part that is a module has the rest as attributes; a field of a dataclass counts."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(thing, part) and part not in getattr(thing, "__annotations__", {}):
                return False
            thing = getattr(thing, part, None)
        return True
    return False


def test_what_the_code_says_stands_in_the_experiments_does() -> None:
    known = anchors(ROOT / "docs" / "experiments.md")
    cited = {
        anchor for path in CODE for anchor in re.findall(r"docs/experiments\.md#([\w-]+)", path.read_text("utf-8"))
    }
    assert cited
    assert cited - known == set()


@pytest.mark.parametrize("path", [*PAPERS, *CODE], ids=name)
def test_nothing_refers_to_a_paper_that_a_stranger_does_not_have(path: Path) -> None:
    assert re.findall(r"MEASURED\.md|DESIGN\.md|[Ii]ssue \d|问题单", path.read_text("utf-8")) == []
