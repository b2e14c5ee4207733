from pathlib import Path

import pytest

from rag.settings import DEFAULT_ENCODER, DEFAULT_GENERATOR, SMALL_GENERATOR, Settings, read_settings


def test_an_empty_environment_gives_the_defaults_in_the_users_cache() -> None:
    assert read_settings({"HOME": "/home/a"}) == Settings(
        Path("/home/a/.cache/wence"), DEFAULT_ENCODER, DEFAULT_GENERATOR
    )


def test_the_users_cache_may_be_elsewhere() -> None:
    assert read_settings({"HOME": "/home/a", "XDG_CACHE_HOME": "/cache"}).home == Path("/cache/wence")


def test_wence_home_counts_before_everything() -> None:
    assert read_settings({"WENCE_HOME": "/models", "XDG_CACHE_HOME": "/cache"}).home == Path("/models")


@pytest.mark.parametrize(
    ("value", "generator"),
    [
        ("0.5b", SMALL_GENERATOR),
        ("1.5B", DEFAULT_GENERATOR),
        ("none", "none"),
        ("/my/model", "/my/model"),
        ("", DEFAULT_GENERATOR),
    ],
)
def test_the_generator_has_short_names(value: str, generator: str) -> None:
    assert read_settings({"HOME": "/home/a", "WENCE_GENERATOR": value}).generator == generator


def test_the_encoder_may_be_any() -> None:
    assert read_settings({"HOME": "/home/a", "WENCE_ENCODER": "someone/model"}).encoder == "someone/model"


def test_the_judge_is_the_shipped_one_unless_another_is_named() -> None:
    assert read_settings({"HOME": "/home/a"}).judge == ""
    assert read_settings({"HOME": "/home/a", "WENCE_JUDGE": "someone/reranker"}).judge == "someone/reranker"
