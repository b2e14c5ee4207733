"""What identifies a person is masked, exactly; what a policy says is not."""

import time

import pytest

from desk.privacy import is_id_number, mask, passes_luhn


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("我的身份证11010519491231002X能查吗", "我的身份证〔身份证号〕能查吗"),
        ("证号11010519491231002x", "证号〔身份证号〕"),
        ("110105 19491231 002X", "〔身份证号〕"),
        ("１１０１０５１９４９１２３１００２Ｘ", "〔身份证号〕"),
        ("身份证号是110105194912310021", "身份证号是〔身份证号〕"),  # the checksum is wrong, but it is called so
        ("身份证：110105491231002", "身份证：〔身份证号〕"),
        ("电话13812345678。", "电话〔手机号〕。"),
        ("+86 138-1234-5678或８６１３９００００１１１１", "〔手机号〕或〔手机号〕"),
        ("138 1234 5678", "〔手机号〕"),
        ("手机13812345678，18岁；13812345678,18岁", "手机〔手机号〕，18岁；〔手机号〕,18岁"),
        ("卡号6222021234567890128没到账", "卡号〔银行卡号〕没到账"),
        ("4111 1111 1111 1111", "〔银行卡号〕"),
        ("发到 zhang.san@example.com.cn 吧", "发到 〔邮箱〕 吧"),
        ("ｚｓ＠ｑｑ．ｃｏｍ", "〔邮箱〕"),
        ("我住在吕梁市离石区滨河北路12号3栋2单元501室，能装电梯吗", "我住在〔住址〕，能装电梯吗"),
        ("家住山西省吕梁市兴县蔚汾镇城关村８号", "家住〔住址〕"),
        ("幸福小区三号楼二单元401室漏水", "〔住址〕漏水"),
        ("我家枣林路7号院的暖气", "我家〔住址〕的暖气"),
        ("张三13812345678，住云河市棠溪区枣林路18号", "张三〔手机号〕，住〔住址〕"),
    ],
)
def test_what_identifies_a_person_is_masked(typed: str, kept: str):
    assert mask(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "托育补贴每月600元，打12345还是0358-8221234？",
        "2026年1月20日到2026-12-31",
        "20260120和2026012020260131",
        "总投资13800000000元",
        "共1380000000000平方米",
        "国发〔2026〕5号文件说了什么",
        "滨河北路在哪个区",
        "吕梁市离石区有多少个社区",
        "209国道和2号线什么时候通",
        "第12号提案的委员是谁",
        "5号令里3座桥、12栋楼怎么改",
        "110105194912310021",  # no valid checksum, and nothing that calls it an identity number
        "6222021234567890123",  # fails Luhn
        "增长3.14159265358979323%",
        "W2路中途停哪些站",
        "1,380,000,000,000人",
    ],
)
def test_figures_hotlines_dates_and_amounts_stay(typed: str):
    assert mask(typed) == typed


def test_the_checksum_of_an_identity_number_may_be_x():
    assert is_id_number("11010519491231002X")
    assert is_id_number("440524188001010014")
    assert not is_id_number("110105194912310020")


def test_the_checksum_of_a_card_is_luhns():
    assert passes_luhn("79927398713000") is False
    assert passes_luhn("4111111111111111") is True
    assert passes_luhn("411111111111") is False  # twelve digits are no card


def test_a_masked_text_is_masked_only_once():
    once = mask("住云河市枣林路18号，13812345678")
    assert mask(once) == once == "住〔住址〕，〔手机号〕"


def test_no_text_makes_the_masking_slow():
    started = time.perf_counter()
    mask("市区县镇路街村" * 70 + "1号" * 20 + "1" * 500)
    mask("市路" * 250 + "9号")
    assert time.perf_counter() - started < 1
