import pytest

from rag.names import clean_names, is_person_name


@pytest.mark.parametrize("name", ["沈岚", "沈若溪", "欧阳明", "欧阳明远", "阿依古丽·买买提"])
def test_these_are_names_of_people(name: str) -> None:
    assert is_person_name(name)


@pytest.mark.parametrize("words", ["沈", "高建议", "方案通知", "的若溪", "沈若溪在", "", "关注", "Anna"])
def test_these_are_not(words: str) -> None:
    assert not is_person_name(words)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("本报记者 陆鸣", "陆鸣"),
        ("□ 本报记者 王 芳 通讯员 丁一鸣", "王芳、丁一鸣"),
        ("（记者 陆鸣 摄）", "陆鸣"),
        ("文/图 陆鸣、顾清和", "陆鸣、顾清和"),
        ("记者陆鸣 整理", "陆鸣"),
    ],
)
def test_a_byline_is_cleaned_to_its_names(byline: str, names: str) -> None:
    assert clean_names(byline) == names


def test_a_byline_without_a_name_is_none() -> None:
    assert clean_names("□ 本报记者") is None
