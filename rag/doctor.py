"""Is everything there that answers need? Checks as data: each says what it found and the command that mends it.

`python -m rag doctor` runs them all, and those of the desk (`desk.health`) where there is one. Nothing is changed by looking.
"""

import importlib.metadata
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rag.errors import UserError
from rag.models.fetch import Pin, is_complete, model_dir, read_pins, sha256_of
from rag.models.generator import INT8_FOLDER, is_converted
from rag.search.builds import SNAPSHOTS, usable_folder
from rag.search.index import open_index, read_manifest
from rag.settings import NO_GENERATOR, Settings
from rag.setup import PREFIXES, VECTOR_CACHE, encoder_identity, load_chatbot
from rag.shelf.snapshots import problem_of, snapshots

TOO_LITTLE, LITTLE = 200_000_000, 2_000_000_000  # bytes of free disk: a build may fail; what is read can hardly be kept
SETUP = "python -m rag setup"
INSTALL = "python -m pip install --constraint constraints.txt --editable ."


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


MARKS = {State.OK: "✓", State.WARNING: "!", State.FAILED: "✗"}


@dataclass(frozen=True, slots=True)
class Place:
    """What is looked at."""

    settings: Settings
    index: Path


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, in Chinese and in English, and the command that mends it ("" where nothing is to be mended)."""

    state: State
    zh: str
    en: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """`name` is for scripts, `title` (Chinese, English) for people. `mend` is the command where `look` raises UserError."""

    name: str
    title: tuple[str, str]
    look: Callable[[Place], Finding]
    mend: Callable[[Place], str] = lambda _: ""


def run_checks(checks: Sequence[Check], place: Place) -> Iterator[tuple[Check, Finding]]:
    """Each check with its finding, as soon as it is known. What a check stumbles over is its finding."""
    for check in checks:
        try:
            finding = check.look(place)
        except UserError as error:
            finding = Finding(State.FAILED, error.zh, error.en, check.mend(place))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            finding = Finding(State.FAILED, reason, reason, check.mend(place))
        yield check, finding


def report_line(check: Check, finding: Finding, lang: str) -> str:
    """The finding as people read it."""
    english = lang == "en"
    line = f"{MARKS[finding.state]} {check.title[english]}{': ' if english else '：'}{finding.en if english else finding.zh}"
    return f"{line}\n    {'mend: ' if english else '修复：'}{finding.mend}" if finding.mend else line


def to_json(check: Check, finding: Finding) -> dict[str, str]:
    return {"name": check.name, "state": finding.state.value, "zh": finding.zh, "en": finding.en, "mend": finding.mend}


# ---------------------------------------------------------------- the checks


def check_models(place: Place) -> Finding:
    """The pinned models, whole to the last byte. Others are whoever named them to look after."""
    pins, told = read_pins(), []
    for name in filter(None, (place.settings.encoder, place.settings.generator, place.settings.judge)):
        if name == NO_GENERATOR:
            continue
        if name in pins:
            problem = _problem_of(pins[name], place.settings.home)
            if problem is not None:
                return problem
        elif not Path(name).is_dir():
            told.append(name)
    if told:
        names = "、".join(told)
        return Finding(
            State.WARNING, f"没有核对：{names} 不在本机的文件夹里", f"not checked, no local folder: {', '.join(told)}"
        )
    return Finding(State.OK, "齐全，校验和相符", "all there, their sums right")


def _problem_of(pin: Pin, home: Path) -> Finding | None:
    folder = model_dir(home, pin.name)
    if not is_complete(home, pin):
        return Finding(State.FAILED, f"{pin.name} 还没有准备好", f"{pin.name} is not there yet", SETUP)
    sums = dict(pin.member_sha256) if pin.is_zip else {pin.file: pin.sha256}
    for file, expected in sums.items():
        if not (folder / file).is_file() or sha256_of(folder / file) != expected:
            return Finding(
                State.FAILED,
                f"{folder / file} 已损坏或缺失",
                f"{folder / file} is damaged or missing",
                f"rm -r {folder} && {SETUP}",
            )
    if pin.task != "text-generation":
        return None
    converted = folder / INT8_FOLDER
    if not is_converted(folder):
        return Finding(State.FAILED, f"{pin.name} 还没有转换", f"{pin.name} is not converted yet", SETUP)
    if damaged := _damaged(converted):
        return Finding(
            State.FAILED, f"{damaged[0]} 已损坏", f"{damaged[0]} is damaged", f"rm -r {converted} && {SETUP}"
        )
    return None


def _damaged(folder: Path) -> list[Path]:
    """The safetensors files in the folder that are cut short or none."""
    from safetensors import SafetensorError, safe_open

    bad = []
    for path in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(path, framework="numpy"):
                pass
        except (SafetensorError, OSError):
            bad.append(path)
    return bad


def check_index(place: Place) -> Finding:
    """Opened as the chat opens it: every file's sum, the format, the encoder that it was made with."""
    index = open_index(place.index, encoder_identity(place.settings))
    articles, passages = len(index.articles), len(index.passages)
    made = index.manifest.made[:16].replace("T", " ")
    return Finding(
        State.OK,
        f"{place.index}：{articles} 篇文章，{passages} 个段落，{made} UTC 建立",
        f"{place.index}: {articles} articles, {passages} passages, built {made} UTC",
    )


def check_snapshots(place: Place) -> Finding:
    """Each named state can be gone back to."""
    names = [snapshot.name for snapshot in snapshots(place.index)]
    problems = {name: problem_of(place.index, name, encoder_identity(place.settings)) for name in names}
    bad = [name for name, problem in problems.items() if problem]
    if bad:
        first = problems[bad[0]]
        assert first
        folders = " ".join(str(place.index / SNAPSHOTS / name) for name in bad)
        return Finding(State.WARNING, first.zh, first.en, f"rm -r {folders}")
    if not names:
        return Finding(State.OK, "没有", "none")
    return Finding(
        State.OK, f"{len(names)} 个，完好：{'、'.join(names[:5])}", f"{len(names)}, whole: {', '.join(names[:5])}"
    )


def check_disk(place: Place, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Finding:
    """Room where the models and what is read are kept, and beside the index."""
    folders = {_existing(place.settings.home), _existing(place.index)}
    least, folder = min((free(folder), folder) for folder in folders)
    zh, en = f"{folder} 还有 {least / 1e9:.1f} GB", f"{least / 1e9:.1f} GB left at {folder}"
    if least >= LITTLE:
        return Finding(State.OK, zh, en)
    return Finding(State.FAILED if least < TOO_LITTLE else State.WARNING, zh, en, f"du -xh {folder} | sort -h | tail")


def _existing(path: Path) -> Path:
    path = path.resolve()
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def check_versions(
    place: Place,
    pinned: Callable[[], Sequence[str] | None] = lambda: importlib.metadata.requires("wence"),
    installed: Callable[[str], str] = importlib.metadata.version,
) -> Finding:
    """The packages that the project pins, in the versions with which it was tested."""
    try:
        pins = [line.split("==") for line in pinned() or () if "==" in line and "extra ==" not in line]
    except importlib.metadata.PackageNotFoundError:
        return Finding(State.WARNING, "没有用 pip 安装，无法核对", "not installed with pip, so not checked", INSTALL)
    wrong, missing = [], []
    for name, version in ((name.partition("[")[0], version.strip()) for name, version in pins):
        try:
            # 2.13.0 stands for 2.13.0+cpu too
            if installed(name).partition("+")[0] != version:
                wrong.append(f"{name} {installed(name)} ≠ {version}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(State.FAILED, f"缺少 {'、'.join(missing)}", f"missing: {', '.join(missing)}", INSTALL)
    if wrong:
        return Finding(
            State.WARNING, f"与测试过的不同：{'；'.join(wrong)}", f"not as tested: {'; '.join(wrong)}", INSTALL
        )
    return Finding(State.OK, f"{len(pins)} 个软件包与测试过的相同", f"{len(pins)} packages as tested")


def check_kept(place: Place) -> Finding:
    """What is kept to save time: vectors and what the model has read. Without it everything is slower, nothing is wrong."""
    vectors, prefixes = place.settings.home / VECTOR_CACHE, place.settings.home / PREFIXES
    if vectors.is_file():
        try:
            with closing(sqlite3.connect(f"{vectors.resolve().as_uri()}?mode=ro", uri=True)) as database:
                whole = database.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        except sqlite3.Error:
            whole = False
        if not whole:
            return Finding(State.WARNING, f"{vectors} 已损坏", f"{vectors} is damaged", f"rm {vectors}")
    if bad := _damaged(prefixes):
        again = f"rm {' '.join(map(str, bad[:5]))} && python -m rag read --index {place.index}"
        return Finding(State.WARNING, f"{len(bad)} 个预读的文件已损坏", f"{len(bad)} kept readings are damaged", again)
    count = len(list(prefixes.glob("*.safetensors")))
    return Finding(State.OK, f"完好，预读 {count} 段", f"whole; {count} readings")


def check_question(place: Place) -> Finding:
    """One question that an article answers, asked as a citizen asks it, once all models are loaded."""
    bot = load_chatbot(place.index, place.settings)
    if bot.generator is not None:
        bot.generator.count_tokens("问")  # waits until it is loaded; what went wrong is raised
    question = next(iter(bot.example_questions(1)), None)
    if question is None:
        return Finding(State.WARNING, "没有文章可以用来试问", "no article makes a question to try")
    begun = time.perf_counter()
    answer = bot.ask(question)
    seconds = time.perf_counter() - begun
    if not answer.status.has_sentences:
        return Finding(
            State.FAILED, f"“{question}”没有答出：{answer.text}", f"not answered: {question}", _rebuild(place)
        )
    return Finding(State.OK, f"“{question}”{seconds:.1f} 秒答出", f"{question} answered in {seconds:.1f} s")


def _rebuild(place: Place) -> str:
    return f"python -m rag index PATH --index {usable_folder(place.index)}"


def _mend_question(place: Place) -> str:
    """Where there is no index to ask, the index is what is to be made."""
    try:
        read_manifest(place.index)
    except UserError:
        return _rebuild(place)
    return SETUP


CHECKS = (
    Check("versions", ("软件包", "packages"), check_versions),
    Check("models", ("模型", "models"), check_models, lambda _: SETUP),
    Check("disk", ("磁盘", "disk"), check_disk),
    Check("index", ("索引", "index"), check_index, _rebuild),
    Check("snapshots", ("快照", "snapshots"), check_snapshots),
    Check("kept", ("缓存", "cache"), check_kept),
)
LAST = (Check("question", ("试问", "a question"), check_question, _mend_question),)
