"""A short run of the fuzzing of office files; `python -m tests.fuzz_formats` is the long one."""

from pathlib import Path

import pytest

from tests.fuzz_formats import MAKERS, bombs, make_files, read_folder

QUICK = [suffix for suffix in MAKERS if suffix != ".png"]  # to recognise a picture's text takes seconds


def test_malformed_office_files_are_read_or_refused_in_one_line_each(tmp_path: Path) -> None:
    make_files(21, 20_261, tmp_path, QUICK)
    outcome = read_folder(tmp_path, 60.0)
    assert outcome.failed == []
    assert outcome.read > 3
    assert outcome.refused.total() > 3


@pytest.mark.slow
def test_files_that_unpack_to_more_than_anybody_reads_are_one_line_each(tmp_path: Path) -> None:
    for name, data in bombs().items():
        (tmp_path / name).write_bytes(data)
    make_files(80, 20_262, tmp_path)
    assert read_folder(tmp_path, 60.0).failed == []
