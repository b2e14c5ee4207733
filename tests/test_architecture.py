"""The house as docs/design.md draws it, read off the imports: they point down (the contracts stand in pyproject.toml), and each
heavy library has one door."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RAG = sorted((ROOT / "rag").rglob("*.py"))
UI = [ROOT / "ui.py"]
CHAT = sorted((ROOT / "chat").glob("*.py"))
EVAL = sorted((ROOT / "eval").rglob("*.py"))

DOORS = {
    "sentence_transformers": "rag/models/cross_encoder.py, rag/models/encoder.py",  # one text to a vector; two texts to a logit
    "faiss": "rag/search/index.py",
    "bm25s": "rag/search/terms.py",
    "transformers": "rag/models/generator.py, rag/models/judge_model.py",  # two models, each behind a door of its own
    "gguf": "rag/models/gguf.py",
    "opencc": "rag/text/normalization.py",
    "markdown_it": "rag/reading/markdown.py",
    "lxml": "rag/reading/web_page.py",
    "openpyxl": "rag/reading/sheets.py",
    "pypdfium2": "rag/reading/pdf.py, rag/reading/scans.py",
    "rapidocr": "rag/reading/scans.py",
    "httpcore": "rag/shelf/web.py",
    "rjieba": "rag/text/person_names.py",
}
TORCH = {
    f"rag/models/{module}.py"
    for module in (
        "int8",
        "gguf",
        "generator",
        "encoder",
        "cross_encoder",
        "kv_cache",
        "judge",
        "judge_model",
        "adapter",
    )
}
BUILT_ON_TORCH = {"int8", "judge_model", "adapter"}  # layers and networks: imported only where they are needed


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module that the file imports anywhere, in full: `rag.text.normalization`, `faiss`."""
    return frozenset(module for node in ast.walk(ast.parse(path.read_text("utf-8"))) for module in imported(node))


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module


def top_level_imports(path: Path) -> set[str]:
    """Libraries that importing the file imports at once (what only the type checker sees left out)."""
    body = ast.parse(path.read_text("utf-8")).body
    return {module.partition(".")[0] for node in body for module in imported(node)}


def libraries(path: Path) -> set[str]:
    return {module.partition(".")[0] for module in imports(path)}


def modules_of_rag(path: Path) -> set[str]:
    """`text.normalization` for `from rag.text.normalization import …`, `__init__` for `from rag import …`."""
    return {module.partition(".")[2] or "__init__" for module in imports(path) if module.partition(".")[0] == "rag"}


def module_of(path: Path) -> str:
    """rag/text/dates.py -> `text.dates`, rag/text/__init__.py -> `text`."""
    parts = path.relative_to(ROOT / "rag").with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def test_imports_keep_the_contracts() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True
    )
    assert found.returncode == 0, found.stdout.decode()


def test_no_module_imports_itself_by_way_of_others() -> None:
    needs = {module_of(path): modules_of_rag(path) for path in RAG}
    while free := {module for module, needed in needs.items() if not needed}:
        needs = {module: needed - free for module, needed in needs.items() if module not in free}
    assert needs == {}


def test_every_folder_of_the_package_is_installed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    found = {
        name(path.parent).replace("/", ".")
        for top in ("rag", "chat", "desk", "eval")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert set(listed) == found


@pytest.mark.parametrize(
    "path", [*RAG, *(ROOT / "chat").rglob("*.py"), *UI, *EVAL, *(ROOT / "desk").rglob("*.py")], ids=name
)
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", RAG, ids=name)
def test_the_package_knows_nothing_of_what_stands_around_it(path: Path) -> None:
    assert libraries(path) & {"ui", "chat", "desk", "eval", "tests", "gradio"} == set()


@pytest.mark.parametrize("path", UI, ids=name)
def test_the_chat_holds_no_retrieval_prompt_or_model_code(path: Path) -> None:
    hall = {
        "datatypes",
        "errors",
        "settings",
        "setup",
        "chatbot",
        "answering.refusals",
        "search.following",
        "text.typed",
    }
    assert modules_of_rag(path) - hall == set()


@pytest.mark.parametrize("library", DOORS)
def test_each_heavy_library_has_its_doors_and_no_other(library: str) -> None:
    assert ", ".join(name(path) for path in RAG + UI + CHAT if library in libraries(path)) == DOORS[library]


def test_gradio_is_imported_by_the_chat_alone() -> None:
    assert [path for path in RAG + UI + CHAT + EVAL if "gradio" in libraries(path)] == UI


@pytest.mark.parametrize("path", CHAT, ids=name)
def test_what_makes_pages_knows_no_server_and_of_rag_only_the_nouns(path: Path) -> None:
    templates = {"jinja2", "markupsafe"} if path.name == "rendering.py" else set()
    assert libraries(path) - sys.stdlib_module_names <= {"rag", "chat", "desk"} | templates
    assert modules_of_rag(path) <= {"datatypes", "validity", "errors", "answering.refusals", "text.typed", "text.rows"}
    assert {module for module in imports(path) if module.startswith("desk")} <= {
        "desk.log",
        "desk.plain",
        "desk.privacy",
    }


API = sorted((ROOT / "chat" / "api").glob("*.py"))


@pytest.mark.parametrize("path", API, ids=name)
def test_the_doors_for_programs_know_of_rag_only_the_nouns(path: Path) -> None:
    known = {"rag", "chat", "desk", "fastapi", "pydantic", "starlette"} | (
        {"mcp", "mcp_types"} if path.stem == "agents" else set()
    )
    assert libraries(path) - sys.stdlib_module_names <= known
    assert modules_of_rag(path) <= {"datatypes", "validity", "errors", "answering.refusals"}
    beside = {"desk.clock", "desk.keys", "desk.log", "desk.plain", "desk.privacy"}
    assert {module for module in imports(path) if module.startswith("desk")} <= beside


def test_torch_is_touched_by_the_two_models_and_their_weights_alone() -> None:
    assert {name(path) for path in RAG + UI + CHAT if "torch" in libraries(path)} <= TORCH


@pytest.mark.parametrize("path", [path for path in RAG if path.stem not in BUILT_ON_TORCH], ids=name)
def test_nothing_heavy_is_imported_before_it_is_needed(path: Path) -> None:
    heavy = {*DOORS, "gradio", "torch", "safetensors", "tqdm"}
    assert top_level_imports(path) & heavy == set()


@pytest.mark.parametrize("path", RAG, ids=name)
def test_numpy_is_the_only_library_at_a_modules_top(path: Path) -> None:
    assert top_level_imports(path) - sys.stdlib_module_names - {"rag"} <= {"numpy"} | (
        {"torch"} if path.stem in BUILT_ON_TORCH else set()
    )


@pytest.mark.parametrize("path", [*RAG, *UI, *CHAT, *EVAL, *sorted((ROOT / "tests").glob("*.py"))], ids=name)
def test_eval_is_never_imported_by_its_bare_name(path: Path) -> None:
    plain = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Import)]
    assert not [alias.name for node in plain for alias in node.names if alias.name.split(".")[0] == "eval"]


# ---------------------------------------------------------------- the desk, above rag and beside the chat

DESK = sorted((ROOT / "desk").glob("**/*.py"))
DESK_DOORS = {  # the only importers; a folder stands for what is in it
    "sqlalchemy": ("desk/store/",),
    "alembic": ("desk/store/database.py", "desk/store/migrations/"),
    "argon2": ("desk/passwords.py",),
    "jinja2": ("desk/web/desk.py",),
    "fastapi": ("desk/app.py", "ui.py"),
    "starlette": ("desk/app.py", "desk/web/", "ui.py"),
    "eval": ("desk/commands.py",),
}


@pytest.mark.parametrize("library", DESK_DOORS)
def test_each_library_of_the_desk_has_its_door(library: str) -> None:
    importers = [name(path) for path in RAG + UI + DESK if library in libraries(path)]
    assert importers
    assert [path for path in importers if not path.startswith(DESK_DOORS[library])] == []


@pytest.mark.parametrize("path", DESK, ids=name)
def test_the_desk_knows_nothing_of_the_chat_or_the_tests(path: Path) -> None:
    assert libraries(path) & {"ui", "tests", "gradio", *DOORS, "torch"} == set()


@pytest.mark.parametrize("path", [path for path in DESK if "web" not in path.parts and path.stem != "app"], ids=name)
def test_what_the_desk_does_is_apart_from_how_it_is_shown(path: Path) -> None:
    assert {module for module in imports(path) if module.startswith(("desk.web", "desk.app"))} == set()


def test_the_log_that_the_chat_needs_brings_no_library() -> None:
    assert top_level_imports(ROOT / "desk" / "log.py") <= sys.stdlib_module_names | {"rag", "desk"}
    assert top_level_imports(ROOT / "desk" / "plain.py") <= sys.stdlib_module_names
    assert top_level_imports(ROOT / "desk" / "privacy.py") <= sys.stdlib_module_names | {"desk"}


@pytest.mark.parametrize("module", ["commands", "passwords", "settings", "privacy", "clock", "verdicts", "csvfile"])
def test_commands_that_fail_early_load_no_database(module: str) -> None:
    path = ROOT / "desk" / f"{module}.py"
    assert top_level_imports(path) & {*DESK_DOORS} == set()
    needed = {imported for imported in imports_at_top(path) if imported.startswith("desk.store")}
    assert needed == set()


def imports_at_top(path: Path) -> set[str]:
    return {module for node in ast.parse(path.read_text("utf-8")).body for module in imported(node)}
