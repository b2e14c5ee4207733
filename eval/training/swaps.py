"""The same question about another year, place or kind of person: asked of a text that does not tell of it.

What a twin notice of another county, or last year's, would be asked. Each table's words exclude one another; a swap counts
only where the new word stands nowhere in the text and the old one does.
"""

import random
import re
from collections.abc import Sequence

YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
PLACES = [
    line.split()
    for line in (
        "北京 上海 天津 重庆",
        "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 "
        "内蒙古 广西 西藏 宁夏 新疆",
        "广州 深圳 南京 武汉 成都 西安 杭州 郑州 长沙 济南 青岛 大连 厦门 宁波 苏州 无锡 合肥 福州 南昌 昆明 贵阳 南宁 太原 "
        "石家庄 沈阳 长春 哈尔滨 兰州 西宁 银川 海口 拉萨",
        "天河 越秀 海珠 荔湾 白云 黄埔 番禺 花都 南沙 增城 从化",
        "中国 美国 日本 英国 法国 德国 俄罗斯 印度 韩国 意大利 西班牙 加拿大 澳大利亚 巴西 越南 泰国",
    )
]
OPPOSITES = (
    ("上半年", "下半年"),
    ("第一季度", "第二季度", "第三季度", "第四季度"),
    ("本科", "专科", "硕士", "博士"),
    ("男性", "女性"),
    ("城镇", "农村"),
    ("初中", "小学", "高中"),
    ("最大", "最小"),
    ("最高", "最低"),
    ("最早", "最晚"),
    ("出生", "去世"),
    ("父亲", "母亲"),
    ("甲级", "乙级"),
    ("东部", "西部", "南部", "北部"),
    ("个人", "单位"),
    ("一级", "二级", "三级"),
    ("第一", "第二", "第三", "第四"),
    ("春季", "秋季", "夏季", "冬季"),
    ("养老保险", "失业保险", "工伤保险", "生育保险", "医疗保险"),
)


def swapped(question: str, text: str, rng: random.Random, tables: Sequence[Sequence[str]] | None = None) -> str | None:
    """`question` with one year, place or opposite changed for another that `text` never mentions; None where none can be."""
    options: list[tuple[str, str]] = []
    for year in set(YEAR.findall(question)):
        if year in text:
            others = [str(int(year) + step) for step in (-3, -2, -1, 1, 2, 3)]
            options += [(f"{year}年", f"{other}年") for other in others if other not in text]
    for table in (*PLACES, *OPPOSITES) if tables is None else tables:
        for word in table:
            if word in question and word in text:
                options += [(word, other) for other in table if other not in text and other not in question]
    if not options:
        return None
    old, new = rng.choice(sorted(options))
    return question.replace(old, new)
