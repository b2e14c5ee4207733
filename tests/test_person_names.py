import pytest

from rag.text.person_names import clean_names, has_name_shape, is_person_name


@pytest.mark.parametrize(
    "name",
    [
        *("沈岚", "沈若溪", "欧阳明", "欧阳明远", "上官云", "阿依古丽·买买提", "巴特尔·那顺"),
        *(
            "乜小云",
            "鄢映雪",
            "高培元",
            "安思源",
            "程向晚",
            "李胜利",
            "顾清和",
        ),  # a surname or a given name is a word too
    ],
)
def test_these_are_names_of_people(name: str) -> None:
    assert is_person_name(name)


@pytest.mark.parametrize("words", ["沈", "高建议", "方案通知", "的若溪", "沈若溪在", "", "关注", "Anna"])
def test_these_are_not(words: str) -> None:
    assert not is_person_name(words)


WORDS = "范围 程序 费用 申请 管理 时限 方式 单位 时间 金额 应急 高度 范畴 宁静 和谐 平台 成果 向导 余额 水费 路线 温度 党员 严禁 花费 陈述"
LONGER = "申请人 管理费 车船税 空巢户 田长制 路线图 高中生 双职工 应付款 养护费 水价格 高标准 全流程 建设·管理"


@pytest.mark.parametrize("word", [*WORDS.split(), *LONGER.split()])
def test_a_word_is_no_name_though_it_begins_with_a_surname(word: str) -> None:
    assert not is_person_name(word)


@pytest.mark.parametrize("name", ["高峰", "宁静", "王平"])
def test_a_name_that_is_a_word_too_has_the_shape_of_one_and_is_none_by_itself(name: str) -> None:
    assert has_name_shape(name)
    assert not is_person_name(name)


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
