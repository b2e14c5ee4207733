"""What is fetched and made before the first question, and in which order."""

import os
import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from rag.errors import UserError
from rag.models.fetch import Pin
from rag.models.generator import Generator
from rag.settings import DEFAULT_ENCODER, DEFAULT_GENERATOR, Settings
from rag.setup import LoadingGenerator, fetch_and_convert

ROOT = Path(__file__).parent.parent


class FakeModels:
    """Nothing is there at first; what was fetched and made is written down."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self.encoder_came = threading.Event()
        monkeypatch.setattr("rag.setup.is_complete", lambda home, pin: f"fetched {pin.name}" in self.done)
        monkeypatch.setattr("rag.setup.is_converted", lambda folder: f"converted {folder.name}" in self.done)
        monkeypatch.setattr("rag.setup.fetch_model", self.fetch)
        monkeypatch.setattr("rag.setup.convert_model", self.convert)

    def fetch(self, pin: Pin, home: Path, advance: Callable[[int], object]) -> None:
        self.done.append(f"fetched {pin.name}")
        if pin.name == DEFAULT_ENCODER:
            self.encoder_came.set()

    def convert(self, folder: Path, gguf_name: str, advance: Callable[[int], object]) -> None:
        assert self.encoder_came.wait(10)  # for ever, were the encoder fetched only afterwards
        self.done.append(f"converted {folder.name}")


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> FakeModels:
    return FakeModels(monkeypatch)


def test_the_encoder_is_fetched_while_the_generator_is_converted(models: FakeModels, tmp_path: Path) -> None:
    fetch_and_convert(Settings(tmp_path))

    assert models.done == [
        f"fetched {DEFAULT_GENERATOR}",
        f"fetched {DEFAULT_ENCODER}",
        f"converted {DEFAULT_GENERATOR}",
    ]


def test_what_is_there_is_left_alone(models: FakeModels, tmp_path: Path) -> None:
    fetch_and_convert(Settings(tmp_path))
    before = list(models.done)

    fetch_and_convert(Settings(tmp_path))

    assert models.done == before


def test_a_model_that_cannot_be_fetched_is_told(
    models: FakeModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(pin: Pin, home: Path, advance: Callable[[int], object]) -> None:
        raise UserError("下载失败。", "The download failed.")

    monkeypatch.setattr("rag.setup.fetch_model", fail)

    with pytest.raises(UserError, match="下载失败。"):
        fetch_and_convert(Settings(tmp_path))
    assert models.done == []


def test_what_make_starts_may_keep_what_python_compiles_though_the_environment_forbids_it() -> None:
    asked = ["make", "--no-print-directory", "--eval", "told: ; @echo kept=$${PYTHONDONTWRITEBYTECODE-unset}", "told"]
    forbidding = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    made = subprocess.run(asked, cwd=ROOT, env=forbidding, capture_output=True, text=True, check=True)
    assert made.stdout == "kept=unset\n"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UserError("没有这个模型。", "No such model."), "没有这个模型。"),
        (ValueError("header too large\nmore"), "本地模型 m 无法载入（header too large），回答只引用原文。"),
        (MemoryError(), "本地模型 m 无法载入（MemoryError），回答只引用原文。"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_told_once_in_the_log_and_then_by_the_bot(
    error: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> Generator:
        raise error

    model = LoadingGenerator(load, "m")
    for _ in range(2):
        with pytest.raises(UserError, match=re.escape(told)):
            list(model.stream([], 1))
    assert str(model.problem()).startswith(told)
    assert len([record for record in caplog.records if record.name == "wence"]) == 1


def test_a_model_that_is_still_being_loaded_or_is_there_is_no_problem() -> None:
    go = threading.Event()

    def load() -> Generator:
        go.wait(10)
        return cast("Generator", SimpleNamespace(identity="m"))

    model = LoadingGenerator(load, "m")
    assert model.problem() is None
    go.set()
    assert model.generator.identity == "m"
    assert model.problem() is None
