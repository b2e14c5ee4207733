"""What a block of a page looks like by itself, and whether the page was wrapped."""

import time

import pytest

from rag.reading.lines import Role, blocks, role_of, speaker_of, wrap_width
from rag.reading.page import parse_page


def test_a_page_of_long_lines_has_no_width() -> None:
    assert wrap_width(blocks("桥通了。\n" * 20)) is None


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("沈若溪", ("沈若溪", None)),
        ("沈 岚", ("沈岚", None)),
        ("沈若溪（市政协委员）", ("沈若溪", "市政协委员")),
        ("沈若溪委员：", ("沈若溪", "委员")),
        ("市人大代表 沈若溪", ("沈若溪", "市人大代表")),
        ("沈若溪 市政协委员", ("沈若溪", "市政协委员")),
    ],
)
def test_a_line_that_is_nothing_but_a_speaker(line: str, speaker: tuple[str, str | None]) -> None:
    assert speaker_of(line) == speaker


@pytest.mark.parametrize("line", ["桥通了", "市教育局局长沈若溪", "沈若溪建议减免租金", ""])
def test_a_line_that_is_no_speaker(line: str) -> None:
    assert speaker_of(line) is None


NAMES = "王建国 李小明 张丽华 刘志强 陈晓东 杨文静 赵国庆 黄海燕"


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("记者 沈若溪 陆鸣 整理", Role.COMPILED),
        ("（整理/记者 沈若溪、陆鸣）", Role.COMPILED),
        ("记者沈若溪整理", Role.COMPILED),
        ("本报记者 沈若溪 通讯员 陆鸣 摄", Role.PHOTO),
        ("记者沈若溪通讯员陆鸣摄影报道", Role.PHOTO),
        ("沈若溪 陆鸣 摄", Role.PHOTO),
        ("摄影/沈若溪", Role.PHOTO),
        (NAMES, Role.TITLE),
    ],
)
def test_a_credit_is_told_from_a_row_of_names(line: str, role: Role) -> None:
    assert role_of(blocks(line)[0]) is role


@pytest.mark.parametrize(
    ("line", "furniture"),
    [
        ("柳林日报 2026年3月12日 星期四", True),
        ("2026年3月12日 星期四 农历正月廿四", True),
        ("责编 沈若溪 版式 陆鸣", True),
        ("版式设计/陆鸣", True),
        ("A04 两会特刊", True),
        ("03 专版", True),
        ("2版 要闻", True),
        ("12 时评", True),
        ("新闻热线：0300-8600123", True),
        ("办公时间：星期一至星期五 9:00-17:00", False),
        ("星期六、星期日休息", False),
        ("培训时间：2026年3月12日 星期四", False),
        ("校对人员招聘", False),
        ("12 个月", False),
        ("80 元", False),
        ("35 人", False),
        ("3 / 12", False),
    ],
)
def test_the_papers_own_words_are_told_from_hours_and_figures(line: str, furniture: bool) -> None:
    assert (role_of(blocks(line)[0]) is Role.FURNITURE) is furniture


@pytest.mark.parametrize(
    "line",
    [
        "王" * 59,
        "记者" + "王李张刘" * 14,
        "本报讯记者" + "赵钱孙李周吴郑王" * 3000,
        "（记者" * 20_000,
        "（作者" + " " * 100_000 + "。",
        "热线8600221" + " " * 100_000 + "热线8600222",
        "市政协委员" * 20_000 + "沈若溪建议",
        "通知（" * 20_000,
        "（ 下转" * 20_000,
        "2026" * 20_000,
        "- 1 -\n" * 30_000,
        "12\n" * 30_000,
        ("桥面铺沥青，护栏刷白漆，由村里\n- 1 -\n" * 10_000),
        ("桥面铺沥青护栏刷白漆由村里出工县里出料按月通报进展\n" * 20_000),
    ],
    ids=lambda line: line[:12].strip(),
)
def test_no_line_takes_long(line: str) -> None:
    begun = time.process_time()
    for draft in parse_page(f"桥通了\n\n{line}\n"):
        assert draft.paragraphs
    assert time.process_time() - begun < 4
