"""What a website prints around a text, told from the text. All lines are made up."""

import pytest

from rag.reading.website import is_site_line, is_widget

WIDGETS = (
    "当前位置：首页 > 政务公开 > 政策文件", "您现在的位置： 网站首页>>通知公告>>正文", "首页 > 业务专题 > 社保政策", "【字体：大 中 小】", "字号：[大] [中] [小] 打印", "字号",
    "浏览次数：318次", "来源：松溪市政府　浏览量：1024", "扫一扫在手机打开当前页", "护学岗有新规 - 松溪市人民政府门户网站", "松溪市民政局 -->", "- - - - - -",
    "关注 · 松溪政府网", "【一图读懂】《护学岗管理办法》", "点击查看政策解读", "粤ICP备05000001号", "版权所有：松溪市人民政府",
)  # fmt: skip
SITE_LINES = (
    "打印本页　分享到：微信 微博", "【打印】 【关闭】", "设为首页 | 加入收藏", "无障碍阅读　长者模式", "上一篇：关于调整票价的通知", "下一条：没有了",
    "主办：松溪市人民政府办公室", "网站地图 | 联系我们 | 隐私声明", "相关文章", "返回顶部", "责任编辑：陆鸣",
)  # fmt: skip
TEXT = (
    "关于打印费收取标准的通知", "一、登录系统", "登录松溪市政务服务网，点击“我要办”。", "联系电话：0300-8600123", "联系人：陆鸣", "受理单位：松溪市民政局",
    "办理步骤：首页、社保、参保登记", "补贴标准：每月300元", "扫描二维码后选择“社保”，填写申请。", "附件：申请表", "【办理条件】", "【政策依据】《护学岗管理办法》", "2026年3月1日", "大中小学生",
    "关注老年人用餐", "来源于社会捐赠的经费", "申请表下载后打印两份。",
)  # fmt: skip


@pytest.mark.parametrize("line", WIDGETS)
def test_what_nobody_but_a_website_prints_is_its_own_anywhere(line: str) -> None:
    assert is_widget(line)


@pytest.mark.parametrize("line", SITE_LINES)
def test_a_websites_words_are_its_own_only_beside_others(line: str) -> None:
    assert is_site_line(line)
    assert not is_widget(line)


@pytest.mark.parametrize("line", TEXT)
def test_what_an_office_writes_is_no_websites(line: str) -> None:
    assert not is_widget(line)
    assert not is_site_line(line)
