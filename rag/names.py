"""Names of people as Chinese newspapers print them."""

import re

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓"
    "郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁"
    "仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰"
    "郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东殳沃利"
    "蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公岳佟佴苟仝亓冼缑亢况肖闫涂覃涂付代"
    "楚展战敬矫初鄢揭苌佘尧母苑雒靖缑英芦蒿虎谌谯赫郄郇隋顿颉鲜鹿修撒原员苗信衣阚苟辜区仉乜鄞尉斐亢库闪铁植蔄鞠练候呼由税缐粟"
)
COMPOUND_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "司徒",
    "令狐",
    "东方",
    "西门",
    "南宫",
    "端木",
    "宇文",
    "长孙",
    "亓官",
    "羊舌",
    "钟离",
    "淳于",
    "轩辕",
    "呼延",
    "澹台",
    "百里",
)
HAN = "\u3400-\u9fff"
NAME = rf"(?:(?:{'|'.join(COMPOUND_SURNAMES)})[{HAN}]{{1,2}}|[{''.join(sorted(SURNAMES))}][{HAN}]{{1,2}}|[{HAN}]{{2,4}}·[{HAN}]{{2,6}})"
NOT_NAMES = re.compile(
    r"通知|公告|通告|建议|委员|代表|记者|简讯|要闻|消息|时评|关注|经济|安全|广告|公示|声明|启事|导读|评论|文化|教育"
)
MARKS = re.compile(
    r"本报|本刊|本台|见习|特约|实习|融媒体?|全媒体|首席|特派|记者|通讯员|评论员|摄影报道|摄影|文[/／]图|图[/／]文|整理|报道|供图|[□■○●◎◇◆▲△☆★⊙/／:：()（）]|\b文\b|摄"
)


def is_person_name(text: str) -> bool:
    return bool(re.fullmatch(NAME, text)) and not NOT_NAMES.search(text)


def clean_names(text: str) -> str | None:
    """`本报记者 王 芳 通讯员 丁一鸣` -> `王芳、丁一鸣`; None where no name is left."""
    names: list[str] = []
    single = ""
    for word in re.split(r"[\s　、，,]+", MARKS.sub(" ", text)):
        if not word:
            continue
        if len(word) == 1:  # a name set with a space in it
            single += word
            if len(single) >= 2:
                names.append(single)
                single = ""
            continue
        names.append(word)
    return "、".join(names) or None
