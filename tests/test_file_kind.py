"""What a file is, told from its make as a whole. All texts are made up."""

import pytest

from rag.reading.file_kind import FileKind, kind_of_file
from rag.reading.lines import blocks

BODY = "各街道办事处：\n现将有关事项通知如下。\n一、补贴标准\n午餐每份补贴5元。\n二、办理方式\n向社区申请。\n"
NOTICE = f"关于发放助餐补贴的通知\n柳民发〔2026〕7号\n{BODY}柳林市民政局\n2026年4月2日\n"
SECOND = "关于更换水表的通告\n为保障供水，更换水表。\n柳林市水务局\n2026年4月3日\n"
NEWS = "本报讯（记者 陆鸣）1月9日，老街修好了。\n"
KINDS = {
    "a notice": (NOTICE, FileKind.DOCUMENT),
    "a notice on one line": (NOTICE.replace("\n", ""), FileKind.PLAIN),
    "rules without a title": ("第一条 为便民，制定本办法。\n第二条 摊贩应当登记。\n", FileKind.DOCUMENT),
    "a notice and what it issues": (f"关于印发助餐管理办法的通知\n{BODY}柳林市民政局\n2026年4月2日\n柳林市助餐管理办法\n第一条 为做好助餐，制定本办法。\n", FileKind.DOCUMENT),
    "a notice with its annex": (f"{NOTICE}附件1\n助餐机构管理规定\n第一条 助餐机构应当登记。\n", FileKind.DOCUMENT),
    "two notices": (NOTICE + SECOND, FileKind.COLLECTION),
    "two notices without a signature": ("关于发放助餐补贴的公告\n补贴每份5元。\n关于更换水表的通告\n水表五年一换。\n", FileKind.COLLECTION),
    "notices that are called alike": ("关于调整2路票价的通知\n每次2元。\n关于调整3路票价的通知\n每次3元。\n", FileKind.COLLECTION),
    "rules that a wide gap sets apart": ("助餐管理办法\n\n每份补贴5元。\n\n\n水表更换暂行规定\n\n水表五年一换。\n", FileKind.COLLECTION),
    "two texts of a website": ("老桥检测启动\n来源：柳林日报 2026-03-01\n检测老桥41座。\n\n新桥通车\n来源：柳林日报 2026-03-02\n新桥长120米。\n", FileKind.COLLECTION),
    "one text of a website": ("老街修好了\n浏览次数：20\n老街有小店二十家。\n小店全部开门。\n", FileKind.WEB_TEXT),
    "news on an office's website": (f"首页 > 要闻\n老街修好了\n来源：柳林日报 2026-01-10\n{NEWS}", FileKind.WEB_TEXT),
    "a newspaper's page": (f"老街修好了\n{NEWS}\n新桥通车\n{NEWS}", FileKind.NEWSPAPER_PAGE),
    "a newspaper's page with a notice": (f"柳林日报 2026年1月9日 星期五 第3版\n老街修好了\n{NEWS}\n新桥通车\n{NEWS}\n陆鸣 摄\n老桥检测\n{NEWS}\n夜市开张\n{NEWS}\n{NOTICE}", FileKind.NEWSPAPER_PAGE),
    "notices on a newspaper's page": (f"柳林日报 第3版\n{NOTICE}{SECOND}{SECOND.replace('水表', '路灯')}", FileKind.NEWSPAPER_PAGE),
    "a table": ("项目\t标准\n午餐\t5元\n晚餐\t3元\n", FileKind.TABLE),
    "a title and its text": ("老街修好了\n沿街的小店全部开门。\n", FileKind.PLAIN),
    "a text with headings of its own": ("老街修好了\n沿街的小店全部开门。\n路灯也亮了，夜里照得见\n新装路灯二十盏。\n", FileKind.PLAIN),
    "texts that blank lines set apart": ("老街修好了\n沿街的小店全部开门。\n\n\n路灯也亮了\n新装路灯二十盏。\n", FileKind.SEVERAL),
    "a portrait": ("桥边的守望\n——松溪大桥护桥人的一天\n清晨，他走上了桥。\n", FileKind.SEVERAL),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), KINDS.values(), ids=KINDS.keys())
def test_a_file_is_told_from_its_make(text: str, kind: FileKind) -> None:
    assert kind_of_file(blocks(text)) is kind
