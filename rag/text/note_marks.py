"""The source's own note marks, left out of what is shown: [3], ［４］, ①, （注1）, ¹. An answer's [n] are its citations; a reader
must never take one for the other. The quote keeps them: it is the source's text.
"""

import re

from rag.text.normalization import INVISIBLE

NOTHING = re.compile(f"[{INVISIBLE}]+")
DIGITS = "[0-9０-９]"
SEVERAL = rf"{DIGITS}{{1,3}}(?:\s?[,，、;；~～–—-]\s?{DIGITS}{{1,3}}){{0,9}}"
# 〔2026〕5号, [86]12号: a document's number, which is no note.
NUMBER_BEHIND = rf"(?=\s?(?:第\s?)?{DIGITS}{{1,5}}\s?号)"
BRACKETED = re.compile(
    rf"[\[［]\s?(?P<inside>\^?{DIGITS}{{1,9}}(?:[.．,，、;；~～–—-]\s?{DIGITS}{{1,9}}){{0,9}})\s?[\]］]"
)
NUMBERED_DOCUMENT = re.compile(rf"[\[［【]\s?(?P<year>{DIGITS}{{2,4}})\s?[\]］】]{NUMBER_BEHIND}")
IN_BRACKETS = re.compile(
    rf"(?<!\s)\s?(?:[\[［]\s?(?:\^|(?:脚|尾|见)?注\s?)?{SEVERAL}\s?[\]］]|[〔【]{DIGITS}{{1,2}}[〕】](?!\s?(?:第\s?)?{DIGITS}{{1,5}}\s?号)"
    rf"|[（(〔【]\s?(?:脚|尾|见)?注\s?{SEVERAL}\s?[）)〕】])"
)
# ①, ¹ behind a word, before a mark or the end: 一级保护①，; not 附件①, nor ①申请②审核, nor m².
BEHIND_WORD = re.compile(
    r"(?<=[\u4e00-\u9fff％%」』”’》）)\]])(?<![件表图见类项款条形第为即含至到和或及])(?:[①-⑳㉑-㉟㊱-㊿❶-❿]{1,3}|[¹²³⁰⁴-⁹]{1,3})(?=[，。；：、！？,;:!?）)”’」』》\s]|$)"
)
RANGE = re.compile(r"(?:区间|范围|介于|取值|坐标|数组|向量)[^，。；]{0,6}$")


def without_note_marks(text: str) -> str:
    """The text as it is shown: without note marks, a document's number in 〔〕, any other number in square brackets too
    (between 0 and 100 as [0,100]), and without characters that show nothing."""
    text = NOTHING.sub("", text)
    text = NUMBERED_DOCUMENT.sub(lambda match: f"〔{match['year']}〕", text)
    text = IN_BRACKETS.sub(lambda match: match[0] if RANGE.search(text[: match.start()]) else "", text)
    text = BEHIND_WORD.sub("", text)
    return BRACKETED.sub(lambda match: f"〔{match['inside']}〕", text)
