"""Every word of the interface, Chinese first, English beside it. Answers and sources are never translated."""

from rag.answering.refusals import KIND_NAMES, REFUSALS
from rag.datatypes import Kind, Status

LANGUAGES = ("zh", "en")

TEXT: dict[str, tuple[str, str]] = {
    # the frame
    "name": ("问策", "Wence"),
    "skip": ("跳到主要内容", "Skip to the content"),
    "nav": ("主要页面", "Pages"),
    "nav_chat": ("提问", "Ask"),
    "nav_articles": ("文章", "Articles"),
    "nav_me": ("与我有关", "For me"),
    "big": ("大字", "Larger text"),
    "other_language": ("English", "中文"),
    "needs_script": (
        "提问需要浏览器允许 JavaScript；文章列表不需要。",
        "Asking needs JavaScript; the list of articles does not.",
    ),
    # asking
    "welcome": ("想问什么政策？", "What would you like to know?"),
    "tagline": (
        "从 {count} 篇文章里找答案，每句话都注明出处，点一下就能看原文。文章没有说的，会直说没有。",
        "Answers come from {count} articles. Every sentence names its source, one tap away. What they do not say, "
        "you are told. Articles and answers are in Chinese.",
    ),
    "examples": ("可以这样问", "You could ask"),
    "placeholder": ("用平常的话问", "Your question, best in Chinese"),
    "question": ("您的问题", "Your question"),
    "send": ("提问", "Ask"),
    "stop": ("停止", "Stop"),
    "within": ("只看这一篇：{title}", "Only in {title}"),
    "within_off": ("取消，改问全部文章", "Cancel, ask all articles"),
    "asked_within": ("只看{title}", "Only in {title}"),
    "received": ("收到，正在准备…", "Received…"),
    "waiting": ("排队中，前面还有 {before} 个问题…", "Waiting: {before} before you…"),
    "searching": ("正在检索文章…", "Searching the articles…"),
    "reading": ("找到 {found} 篇文章，正在阅读…", "Found {found} articles, reading…"),
    "writing": (
        "找到 {found} 篇文章，正在撰写并逐句核对…",
        "Found {found} articles, writing and checking each sentence…",
    ),
    # the answer
    "answer": ("回答", "Answer"),
    "quoted": ("原文", "Quoted"),
    "quoted_title": ("这句话是文章的原文，没有改写", "The article's own words"),
    "all_quoted": ("以上是文章的原文，没有改写。", "The article's own words, not rewritten."),
    "marker": ("出处 {number}：{title}", "Source {number}: {title}"),
    "sources": ("出处", "Sources"),
    "nearest": ("最接近的文章，点开可以看全文", "The nearest articles, tap to read"),
    "reporter": ("记者 {name}", "by {name}"),
    "suggestion": (
        "这是建议，不是已出台的规定；办理以主管部门答复为准。",
        "This is a suggestion, not a rule; the office in charge decides.",
    ),
    "partial": ("只答出了一部分", "Answered in part"),
    "contact": ("还没解决？{contact}", "Still need help? {contact}"),
    "stopped": ("已停止。", "Stopped."),
    "lost": (
        "连接断了，没有收到完整的回答。请检查网络后重试。",
        "The connection was lost. Check the network and try again.",
    ),
    "no_question": ("请先写下问题。", "Please write a question first."),
    "long_question": (
        "写了 {length} 字，超过 {most} 字，请缩短后再试。",
        "This has {length} characters, more than {most}; please shorten it.",
    ),
    "crowded": ("现在提问的人太多，请过一会儿再试。", "Too many people are asking now; please try again in a while."),
    "retry": ("重试", "Try again"),
    "copy": ("复制", "Copy"),
    "copied": ("已复制，含出处", "Copied with its sources"),
    "share": ("分享", "Share"),
    "shared": ("链接已复制，发给别人就能看到这个回答", "The link is copied"),
    "cannot_copy": ("没能复制，请长按选择文字", "Could not copy; please select the text"),
    "good": ("有用", "Useful"),
    "bad": ("没用", "Not useful"),
    "thanks": ("谢谢，工作人员会看到", "Thank you; the staff will see it"),
    "not_sent": ("没有发出去，请稍后再试", "Not sent; please try again later"),
    "reason": ("哪里不好？", "What is wrong?"),
    "reason_off": ("答非所问", "Not what I asked"),
    "reason_wrong": ("与原文不符", "Does not match the source"),
    "reason_old": ("信息过时", "Out of date"),
    "reason_refused": ("文章里有，却说没有", "The articles do tell"),
    "reason_more": ("补充一句（可不填）", "Anything else (optional)"),
    "submit": ("提交", "Send"),
    "cancel": ("取消", "Cancel"),
    "announced": ("回答完毕。{text}", "Answer complete. {text}"),
    # the source
    "source": ("出处原文", "Source"),
    "source_place": ("出处 {number}（共 {count} 处）", "Source {number} of {count}"),
    "source_article": ("文章原文", "Article"),
    "previous": ("上一处", "Previous"),
    "next": ("下一处", "Next"),
    "back": ("返回回答", "Back to the answer"),
    "back_list": ("返回", "Back"),
    "from_file": ("来源：{source}", "From: {source}"),
    "table": ("表格", "Table"),
    "unsure": ("扫描件上认得不准，请对照原件", "Not surely recognised on the scan; compare the original"),
    "also_in": ("；也见于 {files}", "; also in {files}"),
    "page": ("第{number}页", "page {number}"),
    "ask_within": ("只就这篇文章提问", "Ask about this article"),
    "without_model": (
        "本地模型没有载入：回答暂时只引用原文，不作概括。工作人员可运行 python -m rag doctor 查看原因。",
        "The local model was not loaded: answers only quote the articles for now. Staff find out why with python -m rag doctor.",
    ),
    "gone": (
        "这篇文章已不在库中，或暂时打不开。当时引用的原文是：",
        "This article is no longer here or cannot be opened now. The words cited were:",
    ),
    "no_article": ("没有这篇文章，它可能已经撤下。", "There is no such article; it may have been withdrawn."),
    # conversations
    "conversations": ("我的对话", "Conversations"),
    "new": ("新对话", "New conversation"),
    "untitled": ("新对话", "New conversation"),
    "kept_here": ("对话只存在这台设备的浏览器里。", "Conversations are kept in this browser only."),
    "menu": ("更多", "More"),
    "rename": ("改名", "Rename"),
    "rename_label": ("对话的名称", "Name of the conversation"),
    "save": ("保存", "Save"),
    "delete": ("删除这个对话", "Delete"),
    "deleted": ("已删除", "Deleted"),
    "undo": ("撤销", "Undo"),
    "markdown": ("导出文字（Markdown）", "Export Markdown"),
    "print": ("打印版", "Printable page"),
    "print_now": ("打印", "Print"),
    "exported": ("问策的回答，导出于 {day}", "Answers of Wence, exported {day}"),
    "no_conversation": ("这不是可以显示的对话。", "This is no conversation that can be shown."),
    # articles
    "articles": ("文章", "Articles"),
    "find": ("查找文章", "Find articles"),
    "find_hint": ("标题、人名或内容里的词", "Words of title, name or text"),
    "kind": ("种类", "Kind"),
    "all_kinds": ("全部", "All"),
    "count": ("共 {count} 篇", "{count} articles"),
    "none_found": ("没有找到。换个词试试，或者看全部文章。", "Nothing found. Try other words, or see all articles."),
    "show_all": ("看全部文章", "All articles"),
    "earlier": ("上一页", "Previous page"),
    "later": ("下一页", "Next page"),
    # for me
    "me": ("与我有关的建议和政策", "Proposals and policies that concern you"),
    "me_hint": (
        "用一句话说说您自己或您的单位，帮您找出相关的建议和政策。这句话不会被保存。",
        "Describe yourself or your firm in a sentence. It is not kept.",
    ),
    "me_label": ("您是谁，做什么，遇到什么事", "Who you are and what you do"),
    "me_example": ("例如：我在兴县开了一家铝制品厂，想扩大生产", "e.g. 我在兴县开了一家铝制品厂"),
    "me_find": ("帮我找", "Find"),
    "me_busy": ("正在逐篇对照…", "Comparing…"),
    "me_found": ("找到 {count} 篇与您有关的文章", "{count} articles concern you"),
    "me_none": (
        "现有文章里没有明显与您有关的建议或政策。可以说得再具体些，比如所在的县、行业、家里的情况。",
        "No article clearly concerns you. Try to be more specific: county, trade, family.",
    ),
    "me_failed": ("查找时出了问题，请稍后再试。", "Something went wrong; please try again."),
    "me_why": ("为什么与您有关", "Why"),
    # a shared answer
    "shared_title": ("一个分享的回答", "A shared answer"),
    "shared_note": (
        "{day}的回答，出处是当时的原文。文章后来可能有变动。",
        "An answer of {day}; sources as they were then. Articles may have changed since.",
    ),
    "not_shared": ("没有这个回答，它可能已过保存期限。", "There is no such answer; it may have expired."),
    "whole_article": ("看全文", "Read the article"),
    "whole": ("看当时的全文", "The whole article as it was"),
    "ask_yourself": ("我也要问", "Ask a question"),
    # the page of the interface for programs
    "api": ("给程序用的接口", "The interface for programs"),
    "api_problems": ("可能出的问题", "Problems"),
    "api_shapes": ("数据的形状", "Shapes"),
    # the command line
    "ready": ("问策已就绪：{address}", "Wence is ready: {address}"),
    "no_mcp": (
        '没有安装 MCP。请运行：pip install -e ".[mcp]" -c constraints.txt',
        'MCP is not installed. Run: pip install -e ".[mcp]" -c constraints.txt',
    ),
    "loading": ("正在加载模型和索引…", "Loading the models and the index…"),
    "no_port": (
        "无法使用地址 {host}:{port}（{reason}）。端口可能已被占用，请用 --port 换一个。",
        "Cannot listen on {host}:{port} ({reason}). The port may be taken; choose another with --port.",
    ),
}
# What the page's scripts say by themselves; they get no other words.
SCRIPT_KEYS = (
    *("lost", "copied", "shared", "cannot_copy", "thanks", "not_sent", "announced", "untitled", "deleted", "undo"),
    *("source_place", "source_article", "gone", "retry", "within", "asked_within", "me_busy"),
)


def say(key: str, lang: str = "zh", **values: object) -> str:
    return TEXT[key][lang == "en"].format(**values)


def script_texts(lang: str) -> dict[str, str]:
    """The scripts' words as they stand, places in braces."""
    return {key: TEXT[key][lang == "en"] for key in SCRIPT_KEYS}


def kind_name(kind: Kind, lang: str = "zh") -> str:
    return KIND_NAMES[kind][lang == "en"]


def refusal_words(status: Status, lang: str = "zh") -> str:
    return REFUSALS[status][lang == "en"]
