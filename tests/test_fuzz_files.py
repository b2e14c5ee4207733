"""A short run of the fuzzing of files; `python -m tests.fuzz_files` is the long one."""

from pathlib import Path

from tests.fuzz_files import fuzz


def test_fifty_malformed_files_are_read_or_refused_in_one_line_each_and_nothing_is_lost(tmp_path: Path) -> None:
    outcome = fuzz(50, 20_261, tmp_path)
    assert outcome.failed == []
    assert outcome.read + outcome.refused.total() == 50
