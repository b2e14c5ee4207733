"""What a website prints around a text: where the page stands, switches for its letters, buttons, counters, links, who runs the site.

Such a line is short, ends no sentence, and says nothing but words of the site's own, or a label of the site's with what it is filled
with. A word like 打印 may be a heading of the text: it is the site's only above the text and below it, one beside the other
(`rag.reading.document`); what nobody but a site prints is its own anywhere (`is_widget`).
"""

import re

from rag.text.normalization import HAN, ends_sentence

LINE_MAX = 120
ARROW = r"(?:[>＞›»→]{1,2}|&gt;)"
SIZES = r"[\s\[【（(]{0,4}特?[大中小][\s\[\]【】（()）、|/]{0,6}[中小大]"
WIDGETS = (
    rf"^(?:您|你)?(?:现在|当前|目前)?(?:所在|所处)?的?位置\s?[:：]|^首\s?页\s{{0,4}}{ARROW}",  # the page's place among others
    rf"字\s?[体号](?:大小)?\s?[:：]?{SIZES}|^字\s?[体号](?:大小)?[:：]?$",  # the size of its letters
    r"(?:浏览|访问|阅读|点击|查看)(?:次数|人次|量|数)\s?[:：]\s?\d",  # its visitors
    r"(?:扫一扫|扫码)[^。，]{0,8}(?:打开|阅读|分享|浏览|查看)(?:当前|本|此)?[页文]",
    rf"\s[-_|–—]{{1,2}}\s?[{HAN}]{{2,20}}(?:门户网站|政府网|官网|信息网)$|-->$|^[-–—_·.\s|*]+$",  # as its browser calls it, and what is left of its marks
    rf"^关注\s{{0,2}}[·:：]?\s{{0,2}}[{HAN}]{{2,12}}(?:网|发布|微信|公众号)$",
    r"^[【\[][^】\]]{0,8}(?:解读|读懂|图解|发布会)[】\]]\s?《|^点击(?:查看|收听|观看)[^。，]{0,20}(?:解读|图解|原文|详情|视频)",  # what else there is
    r"ICP\s?备|公网安备|网站标识码|版权所有|Copyright|©",
)  # fmt: skip
WIDGET = re.compile("|".join(WIDGETS), re.IGNORECASE)
# Labels of a site, with what they are filled with.
LABEL = re.compile(
    r"[\[【（(]?(?:[上下前后]一[篇条页]|分享(?:到|至)?|转发(?:到|至)?|(?:主办|承办|主管|协办|运维|维护|建设)(?:单位)?|技术支持|责任编辑|编辑|审核|校对|"
    r"网站声明|相关(?:文章|链接|阅读|稿件|解读|政策|文件|新闻|报道|信息)|延伸阅读|热门文章|友情链接|扫一扫)\s?[:：][^。]*"
)
# A site's words: a line of nothing else is the site's.
WORDS = re.compile(
    r"首\s?页|主页|网站导航|导航|网站地图|站点地图|联系我们|关于我们|使用帮助|帮助|隐私(?:声明|政策|保护)|(?:网站|免责|版权)声明|网站纠错|我要纠错|政府网站找错|找错|纠错|"
    r"设为首页|加入收藏|收藏|登录|注册|退出|无障碍(?:阅读|浏览|版)?|关怀版|长者(?:模式|助手|版|专区)|适老(?:化|版|模式)|[繁简][體体](?:版|中文)?|English|移动版|手机版|电脑版|"
    r"我要打印|打印(?:本[页文]|此[页文]|文章|页面)?|保存(?:本[页文])?|下载(?:本[页文]|PDF|Word)?|导出(?:PDF|Word)?|关闭(?:本[页文]|窗口|页面)?|[返回]到?(?:回?顶部|回?首页|回列表|回上[一级页]{1,2})|返回|"
    r"分享(?:到|至|本文)?|转发|点赞|评论|微信|朋友圈|(?:新浪|腾讯)?微博|QQ(?:空间|好友)?|抖音|客户端|扫一扫|二维码|关注(?:我们|公众号)?|公众号|"
    r"[上下前后]一[篇条页]|没有了|语音播报|朗读|听全文|播放|暂停|智能(?:问答|客服)|在线客服|(?:高级)?[搜检]索|热搜词?|订阅|RSS|"
    r"相关(?:文章|链接|阅读|稿件|解读|政策|文件|新闻|报道|信息|附件)|延伸阅读|推荐阅读|热门文章|更多|展开|收起|全文|字体|[大中小]|默认|正文|网站|"
    r"[>＞»|｜\[\]【】（）()·•,，、:：\s/\-—_A+\d]",
    re.IGNORECASE,
)


def is_widget(line: str) -> bool:
    """Whether nobody but a website prints such a line, wherever it stands."""
    return len(line) <= LINE_MAX and not ends_sentence(line) and WIDGET.search(line) is not None


def is_site_line(line: str) -> bool:
    """Whether the line may be a website's: a label of a site's, or nothing but its words."""
    if len(line) > LINE_MAX or "。" in line:
        return False
    return is_widget(line) or LABEL.fullmatch(line) is not None or (re.search(rf"[{HAN}A-Za-z]", line) is not None and not WORDS.sub("", line))  # fmt: skip
