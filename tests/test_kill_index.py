"""Killed anywhere, the disk holds the old state or the new one: a short run of `python -m tests.kill_index`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kill_index import AFTER, BEFORE, FirstIndex, Scene, leftovers, run_round


@pytest.mark.slow
def test_fifty_kills_leave_the_old_state_or_the_new_and_nothing_half_made() -> None:
    command = [sys.executable, "-m", "tests.kill_index", "--times", "50", "--seed", "7"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=False)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "50 rounds, 0 failures"), run.stdout + run.stderr


class Careless(Scene):
    """Writes in place, as nothing of ours does."""

    def start(self, folder: Path) -> None:
        (folder / "kept").write_text("old")

    def work(self, folder: Path) -> None:
        with (folder / "kept").open("w") as out:
            for piece in ("n", "e", "w"):
                out.write(piece)
                out.flush()
                (folder / "kept.part").touch()

    def state(self, folder: Path) -> str:
        found = (folder / "kept").read_text()
        assert found in ("old", "new")
        return AFTER if found == "new" else BEFORE


def test_what_a_careless_writer_leaves_is_seen(tmp_path: Path) -> None:
    Careless().start(tmp_path)
    with pytest.raises(AssertionError, match=r"kept\.part"):
        run_round(Careless(), tmp_path, after=1)


def test_leftovers_are_named(tmp_path: Path) -> None:
    for name in ("a.part", "index/builds/1.building/x", "parts/tiny/01.bin", "v.sqlite-journal", "index/manifest.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(leftovers(tmp_path)) == ["a.part", "index/builds/1.building", "parts/tiny/01.bin", "v.sqlite-journal"]


def test_no_index_and_a_whole_one_are_the_two_states_of_the_first(tmp_path: Path) -> None:
    scene = FirstIndex()
    assert scene.state(tmp_path) == BEFORE
    scene.work(tmp_path)
    assert scene.state(tmp_path) == AFTER
    (tmp_path / "index" / "manifest.json").write_text("{")
    with pytest.raises(Exception, match="已损坏"):
        scene.state(tmp_path)
