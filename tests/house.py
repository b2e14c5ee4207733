"""What the house looks like in numbers: `python -m tests.house` counts modules, lines, arrows between rooms, the longest file and
function; `python -m tests.house rules` (or `make rules`) counts the rules: patterns, their characters, constants and functions that
are called from one place, in rag/ outside reading/ and text/, where what a page or a number looks like may be a rule.

Read off the syntax tree; nothing is imported. tests/test_house.py keeps the rules from growing.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULED = ("rag/question/", "rag/answering/")  # elsewhere a step of an algorithm is no rule
PACKAGES = ("rag", "chat", "desk", "eval")
LEARNED = ("rag/reading/", "rag/text/")  # not here: rules belong there
PATTERN_CALLS = {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class House:
    """`inner`: imports of a module of rag/ by another of it. `arrows`: imports of a module by one of another room, in all
    packages. `ways`: from which room to which. The functions of migrations, which are lists of columns, are left out."""

    modules: int
    lines: int
    inner: int
    arrows: int
    ways: Counter[tuple[str, str]]
    longest_file: tuple[str, int]
    longest_function: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Rules:
    """What was written by hand and not learned. `characters`: of all patterns together. `constants`: numbers with a name."""

    patterns: int
    characters: int
    constants: int
    one_use: tuple[str, ...]


def main(arguments: list[str]) -> int:
    if arguments == ["rules"]:
        rules = count_rules(ROOT)
        print(f"patterns            {rules.patterns:6}   regular expressions in rag/ outside reading/ and text/")
        print(f"characters          {rules.characters:6}   of these patterns together")
        print(f"constants           {rules.constants:6}   named numbers")
        print(f"one-use functions   {len(rules.one_use):6}   of question/ and answering/, used in one place only")
        return 0
    if arguments:
        print("python -m tests.house [rules]", file=sys.stderr)
        return 2
    house = count_house(ROOT)
    print(f"modules             {house.modules:6}   of {', '.join(PACKAGES)} and ui.py")
    print(f"lines               {house.lines:6}")
    print(f"imports in rag/     {house.inner:6}   of one of its modules by another")
    print(f"arrows              {house.arrows:6}   imports from one room into another")
    print(f"longest file        {house.longest_file[1]:6}   {house.longest_file[0]}")
    print(f"longest function    {house.longest_function[1]:6}   {house.longest_function[0]}")
    for (here, there), count in sorted(house.ways.items()):
        print(f"  {here} -> {there}  {count}")
    return 0


def count_house(root: Path) -> House:
    trees = parsed(root)
    names = {module_name(path) for path in trees}
    imports = [(module_name(path), target) for path, tree in trees.items() for target in imported(tree, names)]
    ways = Counter((room(here), room(there)) for here, there in imports if room(here) != room(there))
    lengths = {path: len((root / path).read_text("utf-8").splitlines()) for path in trees}
    functions = {
        f"{path}:{node.name}": node.end_lineno - node.lineno + 1
        for path, tree in trees.items()
        for node in functions_of(tree)
        if node.end_lineno and "/migrations/" not in path
    }
    longest = max(lengths, key=lambda path: lengths[path])
    slowest = max(functions, key=lambda name: functions[name])
    return House(
        modules=len(trees),
        lines=sum(lengths.values()),
        inner=sum(is_of("rag", here) and is_of("rag", there) for here, there in imports),
        arrows=ways.total(),
        ways=ways,
        longest_file=(longest, lengths[longest]),
        longest_function=(slowest, functions[slowest]),
    )


def count_rules(root: Path) -> Rules:
    trees = parsed(root)
    ours = {path: tree for path, tree in trees.items() if path.startswith("rag/") and not path.startswith(LEARNED)}
    patterns = [pattern for tree in ours.values() for pattern in patterns_of(tree)]
    used = Counter(name for tree in trees.values() for name in names_used(tree))
    return Rules(
        patterns=len(patterns),
        characters=sum(map(len, patterns)),
        constants=sum(len(constants_of(tree)) for tree in ours.values()),
        one_use=tuple(
            sorted(
                f"{path}:{node.name}"
                for path, tree in ours.items()
                for node in functions_of(tree)
                if used[node.name] == 1 and path.startswith(RULED)
            )
        ),
    )


def parsed(root: Path) -> dict[str, ast.Module]:
    """Every module by its path below `root`."""
    files = [root / "ui.py", *(file for package in PACKAGES for file in sorted((root / package).rglob("*.py")))]
    return {file.relative_to(root).as_posix(): ast.parse(file.read_text("utf-8")) for file in files if file.is_file()}


def module_name(path: str) -> str:
    """rag/text/dates.py -> rag.text.dates; rag/text/__init__.py -> rag.text"""
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def is_of(package: str, module: str) -> bool:
    return module.partition(".")[0] == package


def room(module: str) -> str:
    """The folder that a module stands in: rag.text of rag.text.dates; rag itself is the hall."""
    return module if module in PACKAGES or "." not in module else module.rpartition(".")[0]


def imported(tree: ast.Module, names: set[str]) -> set[str]:
    """The modules of this project that a module imports anywhere."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & names or {node.module}
    return found & names


def functions_of(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def patterns_of(tree: ast.Module) -> Iterator[str]:
    """The written part of every pattern that is given to `re`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and is_call_of_re(node.func) and (text := written(node.args[0])):
            yield text


def is_call_of_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in PATTERN_CALLS
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
    )


def written(node: ast.expr) -> str:
    """All string literals in an expression, joined."""
    return "".join(n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def constants_of(tree: ast.Module) -> list[str]:
    """Names in capitals that a module gives to a number, or to several."""
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and is_number(node.value):
            names = [name for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
            found += [name.id for name in names if name.id.isupper()]
    return found


def is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return bool(node.elts) and all(map(is_number, node.elts))
    if isinstance(node, ast.UnaryOp):
        return is_number(node.operand)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def names_used(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
