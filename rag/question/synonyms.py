"""Citizens' words and those of documents for the same thing: who asks about a 狗 is answered by a rule on 犬.

A word is put for another only where the article that answers does not hold the one and holds the other, so that a text in
everyday words is searched and read as it was asked about. Names of other things (猫) have no entry: they stay what they are.
"""

import re

from rag.text.normalization import normalize

# What people say -> what documents write, the nearest first. General knowledge; from no data set.
OFFICIAL: dict[str, tuple[str, ...]] = {
    "小孩|孩子|小朋友|娃娃|娃": ("儿童", "未成年人", "子女", "婴幼儿", "学生"),
    "狗": ("犬",),
    "农民": ("农户", "村民"),
    "困难户": ("困难家庭", "困难群众"),
    "低保户": ("低保对象", "低保家庭", "最低生活保障对象", "最低生活保障家庭"),
    "五保老人|五保户|五保对象": ("特困人员", "特困供养人员", "特困供养对象"),
    "残疾人": ("残障人士", "持证残疾人"),
    "大学毕业生": ("高校毕业生",),
    "退伍军人|退伍兵|退伍": ("退役军人", "退役士兵", "退役"),
    "当兵": ("入伍", "应征", "服役"),
    "外地人": ("外来人员", "流动人口", "非本市户籍人员"),
    "户口": ("户籍",),
    "房东": ("出租人",),
    "租客|租户": ("承租人",),
    "骑手|外卖员|外卖小哥": ("送餐员", "外卖配送员", "新就业形态劳动者"),
    "快递员|快递小哥": ("快递从业人员", "新就业形态劳动者"),
    "保姆|月嫂": ("家政服务员", "家政服务人员"),
    "看病": ("就诊", "就医", "诊疗"),
    "打工": ("务工",),
    "没工作|下岗": ("失业",),
    "找工作": ("求职", "就业"),
    "工资": ("薪酬", "劳动报酬", "薪资"),
    "加班费": ("加班工资",),
    "退休金|退休工资": ("养老金",),
    "辞退|开除": ("解除劳动合同", "解聘"),
    "上学|读书": ("入学", "就读", "就学"),
    "补课班|补习班|辅导班|培训班": ("校外培训机构", "培训机构"),
    "托儿所": ("托育机构", "托幼机构"),
    "养老院|敬老院": ("养老机构",),
    "生孩子|生娃": ("生育", "分娩"),
    "怀孕": ("孕妇", "妊娠", "孕期"),
    "医保": ("医疗保险",),
    "社保": ("社会保险",),
    "罚钱": ("罚款",),
    "交钱|缴钱": ("缴费", "缴纳"),
    "赔钱": ("赔偿", "补偿"),
    "开店|做生意": ("经营", "开办"),
    "摆摊": ("设摊", "摊贩", "占道经营"),
    "种地|种田": ("种植", "耕种"),
    "拆迁": ("征收", "搬迁"),
    "租房": ("租赁住房", "承租", "租住"),
    "买房": ("购房", "购买住房"),
    "买车": ("购车", "购买汽车"),
    "房产证|房本": ("不动产权证", "房屋产权证明", "房屋所有权证"),
    "身份证": ("身份证明",),
    "公交车|公交": ("公共汽车", "公共交通工具"),
    "出租车|的士": ("出租汽车",),
    "网约车": ("网络预约出租汽车",),
    "电瓶车|电动车": ("电动自行车",),
    "天然气|煤气": ("燃气",),
    "自来水": ("供水",),
    "暖气": ("供热", "供暖", "采暖"),
    "老房子|老楼": ("老旧小区", "老旧房屋", "既有住宅"),
    "厕所": ("公厕", "卫生间"),
    "网上": ("线上", "互联网"),
    "在家": ("居家",),
    "一亩(?!多?地)": ("亩产", "每亩"),
    "噪音": ("噪声",),
    "喝的水|吃的水": ("饮用水",),
    "夜里|晚上|半夜": ("夜间",),
    "周末": ("双休日", "休息日"),
    "第一次": ("首次", "初次"),
    "(?<![哪这那某同第])一家(?=[能可养限只最])": ("每户", "每个家庭"),
}
WORDS = tuple((re.compile(said), official) for said, official in OFFICIAL.items())


def unknown_words(question: str, text: str) -> list[str]:
    """The everyday words of the question that the text does not hold."""
    words = [match[0] for said, _ in WORDS for match in said.finditer(question)]
    plain = normalize(text) if words else ""  # most questions have none
    return [word for word in words if word not in plain]


def in_words_of(question: str, text: str) -> str:
    """The question with each everyday word that the text does not hold put in the word that it holds for it; the question
    itself where there is none."""
    plain = normalize(text)
    for said, official in WORDS:
        written = next((word for word in official if word in plain), None)
        if written and not any(match[0] in plain for match in said.finditer(question)):
            question = said.sub(written, question)
    return question
