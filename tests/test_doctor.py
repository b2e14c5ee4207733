"""What `python -m rag doctor` finds, each check alone, and the command that mends each fault."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fakes import FakeEncoder, FakeGenerator, make_article, make_bot

from desk import health
from desk.store import open_store
from rag import doctor
from rag.__main__ import main
from rag.doctor import (
    Check,
    Finding,
    Place,
    State,
    check_disk,
    check_index,
    check_kept,
    check_models,
    check_question,
    check_versions,
    report_line,
    run_checks,
)
from rag.errors import UserError
from rag.models.fetch import Pin, write_complete
from rag.search.index import build_index
from rag.settings import NO_GENERATOR, Settings

ARTICLE = make_article("过江索道恢复运营", "过江索道3月1日恢复运营，单程票价25元。")
OK, WARNING, FAILED = State.OK, State.WARNING, State.FAILED


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A home and an index of one article, made with the fake encoder."""
    monkeypatch.setattr(doctor, "encoder_identity", lambda settings: "fake")
    monkeypatch.delenv("WENCE_DATABASE", raising=False)
    build_index([ARTICLE], tmp_path / "index", FakeEncoder(), tmp_path / "vectors.sqlite")
    return Place(Settings(tmp_path / "home", "enc", "gen"), tmp_path / "index")


def found(check: Check, place: Place) -> Finding:
    ((_, finding),) = run_checks([check], place)
    return finding


def named(name: str) -> Check:
    return next(check for check in (*doctor.CHECKS, *health.CHECKS, *doctor.LAST) if check.name == name)


# ---- models


def a_pin(name: str, file: str, data: bytes, task: str = "embedding") -> Pin:
    import hashlib

    return Pin(name, task, "", "", file, len(data), hashlib.sha256(data).hexdigest(), ())


@pytest.fixture
def models(place: Place, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Two pinned models, whole: their folders by name."""
    pins = {"enc": a_pin("enc", "e.bin", b"weights"), "gen": a_pin("gen", "g.gguf", b"more weights", "text-generation")}
    monkeypatch.setattr(doctor, "read_pins", lambda: pins)
    folders = {}
    for name, data in (("enc", b"weights"), ("gen", b"more weights")):
        folders[name] = place.settings.home / "models" / name
        folders[name].mkdir(parents=True)
        (folders[name] / pins[name].file).write_bytes(data)
        write_complete(folders[name], {"sha256": pins[name].sha256})
    (folders["gen"] / "int8").mkdir()
    save_tensors(folders["gen"] / "int8" / "model.safetensors")
    write_complete(folders["gen"] / "int8", {"format": "1", "source": "g.gguf"})
    return folders


def save_tensors(path: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    save_file({"a": np.zeros(64, dtype=np.float32)}, path)


def test_whole_models_are_well(place: Place, models: dict[str, Path]) -> None:
    assert check_models(place) == Finding(OK, "齐全，校验和相符", "all there, their sums right")


@pytest.mark.parametrize(
    ("spoil", "words", "mend"),
    [
        (lambda m: (m["enc"] / "complete.json").unlink(), "enc 还没有准备好", "python -m rag setup"),
        (
            lambda m: (m["enc"] / "e.bin").write_bytes(b"weighty"),
            "e.bin 已损坏或缺失",
            "rm -r {enc} && python -m rag setup",
        ),
        (lambda m: (m["gen"] / "g.gguf").unlink(), "g.gguf 已损坏或缺失", "rm -r {gen} && python -m rag setup"),
        (lambda m: (m["gen"] / "int8" / "complete.json").unlink(), "gen 还没有转换", "python -m rag setup"),
        (lambda m: cut(m["gen"] / "int8" / "model.safetensors"), "已损坏", "rm -r {gen}/int8 && python -m rag setup"),
    ],
    ids=["missing", "changed", "gone", "not converted", "cut short"],
)
def test_a_model_that_is_not_whole_fails(
    place: Place, models: dict[str, Path], spoil: Callable[[dict[str, Path]], object], words: str, mend: str
) -> None:
    spoil(models)
    finding = check_models(place)
    assert finding.state is FAILED
    assert words in finding.zh
    assert finding.mend == mend.format(**models)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def test_a_model_of_the_users_own_is_not_checked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "read_pins", dict)
    own = Place(Settings(place.settings.home, str(place.index), NO_GENERATOR), place.index)
    assert check_models(own).state is OK
    elsewhere = Place(Settings(place.settings.home, "someone/encoder", NO_GENERATOR), place.index)
    assert check_models(elsewhere) == Finding(
        WARNING, "没有核对：someone/encoder 不在本机的文件夹里", "not checked, no local folder: someone/encoder"
    )


# ---- the index


def test_a_whole_index_is_told_with_what_it_holds(place: Place) -> None:
    finding = check_index(place)
    assert finding.state is OK
    assert f"{place.index}：1 篇文章，1 个段落" in finding.zh


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda index: (index / "manifest.json").unlink(), "中没有索引"),
        (lambda index: (index / "manifest.json").write_text("{"), "已损坏"),
        (lambda index: next(index.rglob("articles.jsonl")).write_text("{}\n"), "已损坏"),
    ],
    ids=["missing", "no manifest", "changed"],
)
def test_an_index_that_cannot_be_opened_fails(place: Place, spoil: Callable[[Path], object], words: str) -> None:
    spoil(place.index)
    finding = found(named("index"), place)
    assert finding.state is FAILED
    assert words in finding.zh
    assert finding.mend == f"python -m rag index PATH --index {place.index}"


def test_any_file_of_a_build_that_is_cut_short_fails_in_one_line_with_its_remedy(place: Place) -> None:
    files = [path for path in place.index.rglob("*") if path.is_file() and path.stat().st_size]
    assert len(files) > 5
    for path in files:
        whole = path.read_bytes()
        for spoiled in (whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1])):
            path.write_bytes(spoiled)
            finding = found(named("index"), place)
            assert finding.state is FAILED, path
            assert finding.mend == f"python -m rag index PATH --index {place.index}"
            assert "\n" not in finding.zh
            assert "Error" not in finding.zh
        path.write_bytes(whole)
    assert found(named("index"), place).state is OK


def test_a_folder_of_something_else_is_no_index(place: Place, tmp_path: Path) -> None:
    (tmp_path / "照片").mkdir()
    (tmp_path / "照片" / "1.txt").write_text("青石桥", "utf-8")
    finding = found(named("index"), Place(place.settings, tmp_path / "照片"))
    assert (finding.state, "中没有索引" in finding.zh) == (FAILED, True)


def test_an_index_of_another_encoder_fails(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "encoder_identity", lambda settings: "another")
    finding = found(named("index"), place)
    assert (finding.state, "别的向量模型" in finding.zh) == (FAILED, True)


# ---- disk, versions, what is kept


@pytest.mark.parametrize(
    ("free", "state"),
    [(10**10, OK), (2 * 10**9, OK), (10**9, WARNING), (2 * 10**8, WARNING), (10**8, FAILED), (0, FAILED)],
)
def test_little_room_is_a_warning_and_none_a_fault(place: Place, free: int, state: State) -> None:
    finding = check_disk(place, lambda folder: free)
    assert finding.state is state
    assert f"还有 {free / 1e9:.1f} GB" in finding.zh
    assert finding.mend.startswith("du -xh ") == (state is not OK)


def test_packages_as_pinned_are_well_whatever_their_build() -> None:
    pins = ["torch==2.13.0", "psycopg[binary]==3.3.9", 'pytest==9.2.0; extra == "dev"']
    finding = check_versions(None, lambda: pins, lambda name: {"torch": "2.13.0+cpu", "psycopg": "3.3.9"}[name])  # type: ignore[arg-type]
    assert finding == Finding(OK, "2 个软件包与测试过的相同", "2 packages as tested")


@pytest.mark.parametrize(
    ("versions", "state", "words"),
    [
        ({"torch": "2.12.1", "gradio": "6.31.0"}, WARNING, "与测试过的不同：torch 2.12.1 ≠ 2.13.0"),
        ({"gradio": "6.31.0"}, FAILED, "缺少 torch"),
    ],
)
def test_another_version_is_a_warning_and_a_missing_package_a_fault(
    versions: dict[str, str], state: State, words: str
) -> None:
    def installed(name: str) -> str:
        if name not in versions:
            raise doctor.importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    finding = check_versions(None, lambda: ["torch==2.13.0", "gradio==6.31.0"], installed)  # type: ignore[arg-type]
    assert (finding.state, finding.zh) == (state, words)
    assert finding.mend == "python -m pip install --constraint constraints.txt --editable ."


def test_what_is_kept_is_well_even_where_nothing_is(place: Place) -> None:
    assert check_kept(place) == Finding(OK, "完好，预读 0 段", "whole; 0 readings")


def test_what_was_kept_and_is_cut_short_is_a_warning(place: Place) -> None:
    folder = place.settings.home / "prefixes"
    folder.mkdir(parents=True)
    save_tensors(folder / "3-ab.safetensors")
    assert check_kept(place).state is OK
    cut(folder / "3-ab.safetensors")
    finding = check_kept(place)
    assert (finding.state, finding.zh) == (WARNING, "1 个预读的文件已损坏")
    assert finding.mend == f"rm {folder}/3-ab.safetensors && python -m rag read --index {place.index}"


def test_damaged_vectors_are_a_warning(place: Place) -> None:
    file = place.settings.home / "vectors.sqlite"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database" * 999)
    assert check_kept(place) == Finding(WARNING, f"{file} 已损坏", f"{file} is damaged", f"rm {file}")


# ---- the database


def test_a_database_that_is_not_made_yet_or_up_to_date_is_well(place: Place) -> None:
    file = place.index.with_name("index.desk.sqlite")
    assert "第一次启动时建立" in found(named("database"), place).zh
    assert not file.exists()
    open_store(f"sqlite:///{file}").close()
    finding = found(named("database"), place)
    assert (finding.state, finding.zh) == (OK, f"sqlite:///{file}，表是最新的")


def test_tables_of_another_version_are_told(place: Place) -> None:
    file = place.index.with_name("index.desk.sqlite")
    open_store(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    finding = found(named("database"), place)
    assert (finding.state, finding.mend) == (FAILED, "git pull && make setup")
    assert "更新的版本" in finding.zh


def test_a_damaged_database_fails(place: Place) -> None:
    file = place.index.with_name("index.desk.sqlite")
    file.write_bytes(b"no database" * 999)
    finding = found(named("database"), place)
    assert finding.state is FAILED
    assert finding.zh.startswith("无法打开数据库")
    assert finding.mend == f"sqlite3 {file} .recover | sqlite3 {file}.new && mv {file}.new {file}"


def test_a_server_that_does_not_answer_fails_and_its_password_is_not_shown(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WENCE_DATABASE", f"postgresql://wence:secret@/desk?host={tmp_path}")
    finding = found(named("database"), place)
    assert finding.state is FAILED
    assert "secret" not in finding.zh + finding.en + finding.mend
    assert finding.mend.startswith("pg_isready")


# ---- a question


def test_a_question_that_is_answered_is_well(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bot = make_bot(tmp_path / "bot", [ARTICLE], FakeGenerator())
    monkeypatch.setattr(doctor, "load_chatbot", lambda *_: bot)
    finding = check_question(place)
    assert finding.state is OK
    assert "秒答出" in finding.zh


def test_a_model_that_cannot_be_loaded_fails(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def count_tokens(self, text: str) -> int:
            raise UserError("本地模型无法载入。", "The local model cannot be loaded.")

    monkeypatch.setattr(doctor, "load_chatbot", lambda *_: SimpleNamespace(generator=Broken()))
    finding = found(named("question"), place)
    assert finding == Finding(FAILED, "本地模型无法载入。", "The local model cannot be loaded.", "python -m rag setup")


def test_an_index_whose_question_is_refused_fails(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bot = make_bot(tmp_path / "bot", [ARTICLE])
    bot.example_questions = lambda count=1: ["海洋牧场养殖许可证怎样续期？"]  # type: ignore[method-assign]
    monkeypatch.setattr(doctor, "load_chatbot", lambda *_: bot)
    finding = check_question(place)
    assert (finding.state, finding.mend) == (FAILED, f"python -m rag index PATH --index {place.index}")


# ---- as a whole


def stumbling(place: Place) -> Finding:
    raise ZeroDivisionError("oops")


def fixed(*findings: Finding) -> tuple[Check, ...]:
    return tuple(
        Check(f"c{number}", ("检查", "check"), lambda place, finding=finding: finding)  # type: ignore[misc]
        for number, finding in enumerate(findings)
    )


def test_what_a_check_stumbles_over_is_its_finding(place: Place) -> None:
    assert found(Check("c", ("检查", "check"), stumbling), place) == Finding(
        FAILED, "ZeroDivisionError: oops", "ZeroDivisionError: oops"
    )


def test_a_finding_is_one_line_and_its_remedy_another() -> None:
    (check,) = fixed(Finding(FAILED, "坏了", "broken", "mend it"))
    assert report_line(check, check.look(None), "zh") == "✗ 检查：坏了\n    修复：mend it"  # type: ignore[arg-type]
    assert report_line(check, check.look(None), "en") == "✗ check: broken\n    mend: mend it"  # type: ignore[arg-type]


@pytest.mark.parametrize(("state", "code"), [(OK, 0), (WARNING, 0), (FAILED, 1)])
def test_the_exit_code_is_1_where_something_failed(
    state: State, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "CHECKS", fixed(Finding(OK, "好", "fine"), Finding(state, "这样", "so", "do")))
    monkeypatch.setattr(doctor, "LAST", ())
    monkeypatch.setattr(health, "CHECKS", ())
    assert main(["doctor", "--lang", "en"]) == code
    assert capsys.readouterr().out.splitlines()[0] == "✓ check: fine"
    assert main(["doctor", "--json"]) == code
    values: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert values[1] == {"name": "c1", "state": state.value, "zh": "这样", "en": "so", "mend": "do"}


# ---- an index where none can be


def test_where_a_file_or_a_foreign_folder_stands_the_mending_command_names_another_folder(place: Place) -> None:
    a_file, foreign, none = place.index.parent / "file", place.index.parent / "foreign", place.index.parent / "none"
    a_file.write_text("a")
    foreign.mkdir()
    (foreign / "precious.doc").write_text("a")
    mends = {
        path: [found(named(name), replace(place, index=path)).mend for name in ("index", "question")]
        for path in (a_file, foreign, none)
    }
    assert mends == {
        a_file: [f"python -m rag index PATH --index {a_file}.index"] * 2,
        foreign: [f"python -m rag index PATH --index {foreign}/index"] * 2,
        none: [f"python -m rag index PATH --index {none}"] * 2,
    }
