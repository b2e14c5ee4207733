from pathlib import Path

import pytest

from rag.errors import UserError
from tests.kill_index import BEFORE, Conversion
from tests.test_builds import files_of_at_most


def test_a_full_disk_is_told_and_the_weights_before_stay(tmp_path: Path) -> None:
    scene = Conversion()
    scene.start(tmp_path)
    path = tmp_path / "int8" / "weights.safetensors"
    with files_of_at_most(10_000), pytest.raises(UserError, match=f"^无法写入 {path}：[^\n]*$"):
        scene.work(tmp_path)
    assert scene.state(tmp_path) == BEFORE
    assert sorted(p.name for p in path.parent.iterdir()) == ["complete.json", "weights.safetensors"]
