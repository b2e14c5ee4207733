"""What the environment may set, read once at the border and passed on as a value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_ENCODER = "embeddinggemma-300m"
DEFAULT_GENERATOR = "qwen2_5-coder-1_5b-instruct-q4_k_m"
SMALL_GENERATOR = "qwen2_5-coder-0_5b-instruct-q4_k_m"
NO_GENERATOR = "none"
DEFAULT_INDEX = Path("index/default")


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` keeps the models; `encoder` and `generator` are a pinned name, a local folder or a hub id; `judge` is a
    CrossEncoder's folder or hub id, or "" for the one shipped with the package."""

    home: Path
    encoder: str = DEFAULT_ENCODER
    generator: str = DEFAULT_GENERATOR
    judge: str = ""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from WENCE_HOME, WENCE_ENCODER, WENCE_JUDGE and WENCE_GENERATOR ("0.5b", "1.5b" and "none" are understood)."""
    env = os.environ if environment is None else environment
    cache = env.get("XDG_CACHE_HOME") or Path(env.get("HOME") or Path.home()) / ".cache"
    home = Path(env.get("WENCE_HOME") or Path(cache) / "wence").expanduser().resolve()
    generator = env.get("WENCE_GENERATOR") or DEFAULT_GENERATOR
    short_names = {"1.5b": DEFAULT_GENERATOR, "0.5b": SMALL_GENERATOR}
    return Settings(
        home=home,
        encoder=env.get("WENCE_ENCODER") or DEFAULT_ENCODER,
        generator=short_names.get(generator.lower(), generator),
        judge=env.get("WENCE_JUDGE") or "",
    )
