"""The house as docs/design.md draws it, read off the imports: they point down, and each heavy library has one door."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RAG = sorted((ROOT / "rag").glob("*.py"))
UI = [ROOT / "ui.py"]
WEB = sorted((ROOT / "web").glob("*.py"))
EVAL = sorted((ROOT / "eval").glob("*.py"))

# Bottom first. A module may import from its own layer and from those below it.
LAYERS = (
    {"errors", "datatypes", "names", "settings", "typed", "atomic"},
    {
        "text",
        "numerals",
        "units",
        "bounds",
        "dates",
        "amounts",
        "figures",
        "decoding",
        "furniture",
        "leftovers",
        "markdown",
        "blocks",
        "draft_article",
        "speakers",
        "page",
        "articles",
        "passages",
        "examples",
        "questions",
        "expected",
        "parts",
        "wording",
        "scope",
        "jurisdiction",
        "note_marks",
        "refusals",
        "models",
        "builds",
        "int8",
        "convert",
        "prefixes",
        "injection",
        "probe",
    },
    {"encoder", "vectors", "index", "judge_model", "judge", "cross_encoder"},
    {"retrieval", "generator", "citations", "prompts", "outline", "evidence", "sources", "quotations", "attribution"},
    {"answer_builder", "standalone"},
    {"answering"},
    {"chatbot"},
    {"setup", "following"},
    {"doctor"},
    {"__init__", "__main__"},
)
DOORS = {
    "sentence_transformers": "rag/cross_encoder.py, rag/encoder.py",  # one text to a vector; two texts to a logit
    "faiss": "rag/index.py",
    "bm25s": "rag/index.py",
    "transformers": "rag/generator.py, rag/judge_model.py",  # two models, each behind a door of its own
    "gguf": "rag/convert.py",
    "opencc": "rag/text.py",
    "markdown_it": "rag/markdown.py",
    "rjieba": "rag/names.py",
}
TORCH = {
    f"rag/{module}.py"
    for module in ("int8", "convert", "generator", "encoder", "cross_encoder", "prefixes", "judge", "judge_model")
}
BUILT_ON_TORCH = {"int8", "judge_model"}  # layers and networks: imported only where they are needed


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports anywhere, in full: `rag.text`, `faiss`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        yield from imported(node)


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
    """`text` for `from rag.text import …`, `__init__` for `from rag import …`."""
    return {module.partition(".")[2] or "__init__" for module in imports(path) if module.partition(".")[0] == "rag"}


def layer(module: str) -> int:
    return next(number for number, modules in enumerate(LAYERS) if module in modules)


def test_every_module_has_its_layer() -> None:
    assert {path.stem for path in RAG} == set().union(*LAYERS)


@pytest.mark.parametrize("path", RAG, ids=name)
def test_imports_point_down(path: Path) -> None:
    assert {module for module in modules_of_rag(path) if layer(module) > layer(path.stem)} == set()


def test_no_module_imports_itself_by_way_of_others() -> None:
    needs = {path.stem: modules_of_rag(path) for path in RAG}
    while free := {module for module, needed in needs.items() if not needed}:
        needs = {module: needed - free for module, needed in needs.items() if module not in free}
    assert needs == {}


@pytest.mark.parametrize("path", RAG, ids=name)
def test_the_package_knows_nothing_of_what_stands_around_it(path: Path) -> None:
    assert libraries(path) & {"ui", "web", "desk", "eval", "tests", "gradio"} == set()


@pytest.mark.parametrize("path", UI, ids=name)
def test_the_chat_holds_no_retrieval_prompt_or_model_code(path: Path) -> None:
    below = {
        "retrieval",
        "prompts",
        "generator",
        "encoder",
        "index",
        "citations",
        "evidence",
        "sources",
        "quotations",
        "int8",
        "convert",
    }
    assert modules_of_rag(path) & below == set()


@pytest.mark.parametrize("library", DOORS)
def test_each_heavy_library_has_its_doors_and_no_other(library: str) -> None:
    assert ", ".join(name(path) for path in RAG + UI + WEB if library in libraries(path)) == DOORS[library]


def test_gradio_is_imported_by_the_chat_alone() -> None:
    assert [path for path in RAG + UI + WEB + EVAL if "gradio" in libraries(path)] == UI


@pytest.mark.parametrize("path", WEB, ids=name)
def test_what_makes_pages_knows_no_server_and_of_rag_only_the_nouns(path: Path) -> None:
    assert libraries(path) - sys.stdlib_module_names <= {"rag", "web", "desk"}
    assert modules_of_rag(path) <= {"datatypes", "errors", "refusals"}
    assert {module for module in imports(path) if module.startswith("desk")} <= {
        "desk.log",
        "desk.plain",
        "desk.privacy",
    }


def test_torch_is_touched_by_the_two_models_and_their_weights_alone() -> None:
    assert {name(path) for path in RAG + UI + WEB if "torch" in libraries(path)} <= TORCH


@pytest.mark.parametrize("path", [path for path in RAG if path.stem not in BUILT_ON_TORCH], ids=name)
def test_nothing_heavy_is_imported_before_it_is_needed(path: Path) -> None:
    heavy = {*DOORS, "gradio", "torch", "safetensors", "tqdm"}
    assert top_level_imports(path) & heavy == set()


@pytest.mark.parametrize("path", RAG, ids=name)
def test_numpy_is_the_only_library_at_a_modules_top(path: Path) -> None:
    assert top_level_imports(path) - sys.stdlib_module_names - {"rag"} <= {"numpy"} | (
        {"torch"} if path.stem in BUILT_ON_TORCH else set()
    )


@pytest.mark.parametrize("path", [*RAG, *UI, *WEB, *EVAL, *sorted((ROOT / "tests").glob("*.py"))], ids=name)
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
