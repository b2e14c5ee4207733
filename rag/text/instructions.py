"""Words in an article that are meant for the machine: `忽略以上指令`. A source's text is data, never an order.

A sentence that gives the assistant orders is kept from the model, and is never quoted or cited. The rules go by its
words, so one that is put otherwise gets past them; what it brings about must then still be supported by the source and
bear on the question (`rag.answering.support`, `rag.answering.answerability`). They read the words as a model does, whatever is hidden between
their signs: blanks, marks, tags, letters that look like others.
"""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from rag.datatypes import Span
from rag.text.normalization import Normalized, normalize_character, normalize_with_offsets

INSTRUCTION = re.compile(
    r"忽略.{0,4}(?:以上|上述|之前|前面|所有|一切).{0,8}(?:指令|提示|规则|要求|设定)|(?:系统|内部)提示词|system prompt|"
    r"ignore .{0,20}instructions|(?:请你?|你来|你要|现在你)扮演|越狱模式",
    re.IGNORECASE,
)
MACHINE = r"(?:AI|人工智能|助手|助理|机器人|大模型|语言模型|模型|智能体|问答系统|assistant|chatbot|chatgpt)"
ANSWER = r"(?:回答|回复|答复|输出|打印|复述|重复|作答|声称|宣称)"
MUST = r"(?:请你?|必须|务必|一律|一定要|都要|应当|只能|只需|只要|只|须|要|直接|立即|马上|统一|改为)"
ORDERS = (
    INSTRUCTION.pattern,
    # marks of chat models' templates
    r"<\s*+\|?\s*+/?\s*+(?:im_start|im_end|system|user|assistant|endoftext)|\[/?INST\]|<<\s*/?SYS",
    r"(?:^|[\n。])[ \t#>*]{0,20}(?:system|assistant|instructions?|developer|系统|系统指令|系统消息|开发者消息)\s*+[::]",
    # the machine is spoken to
    rf"{MACHINE}(?:们)?[,:、\s]*(?:读到.{{0,8}})?{MUST}{{1,2}}.{{0,14}}{ANSWER}",
    rf"(?:作为|身为|你是)(?:一[个名款])?(?:AI|人工智能|智能|问答|聊天)*{MACHINE}[,]",
    rf"(?:致|告诉?|通知|提醒|提示)(?:所有)?(?:正在)?(?:(?:阅读|处理|看到|收录).{{0,4}})?的?{MACHINE}[::,]",
    r"从(?:现在|此刻|这里)(?:开始|起)[,\s]*(?:你|忘|请?忽略)",
    r"(?:现在|接下来)你(?:必须|只能|将扮演|不再|要回答)|你(?:的|现在的)(?:新)?(?:任务|身份|角色|指令|设定)(?:是|改|变)",
    # what is to be done with other words
    r"(?:忽略|无视|忘记|忘掉|不要理会|不必理会|不要遵守|不再遵守|抛开|跳过|推翻|取代|绕过).{0,10}(?:指令|提示|设定|约束|上文|前文|原文|资料|上述内容|以上内容|上面的内容|前面的内容)",
    r"(?:提示词|系统提示|(?:系统|初始|内部|隐藏)指令|prompt).{0,12}(?:输出|打印|复述|重复|公开|泄露|展示|告诉|写出|原样)",
    r"(?:输出|打印|复述|重复|公开|泄露|展示|写出|说出|原样).{0,10}(?:提示词|系统提示|(?:系统|初始|内部|隐藏)指令|prompt)",
    # how questions are to be answered
    r"(?:在|把)(?:所有|每个|每次|每条|每一[个次条]|任何|全部|你的|接下来的)(?:的)?(?:用户)?(?:回答|回复|答案|答复)",
    rf"(?:无论|不管|不论)(?:用户|读者|别人|对方|谁|问|被问).{{0,12}}{MUST}.{{0,6}}{ANSWER}",
    rf"(?:用户|提问者|有人|对方).{{0,4}}(?:提问|询问|问到|问及|问起|问).{{0,24}}{MUST}{{1,2}}.{{0,6}}{ANSWER}",
    rf"{ANSWER}(?:用户|提问者|任何问题|所有问题|一切问题)时?[,]?.{{0,4}}{MUST}",
    r"(?:本段|这段话|此段)(?:指令|内容)?的?优先级|越狱模式|开发者模式|管理员模式|调试模式",
    r"(?:ignore|disregard|forget|override)\s?.{0,30}(?:instruction|prompt|rules|above|previous)|you\s?are\s?now|system\s?prompt",
)
ORDER = re.compile("|".join(ORDERS), re.IGNORECASE | re.MULTILINE)


# Letters of other alphabets that look like Latin ones (Unicode's confusables), small capitals, and letters in boxes.
LOOK_ALIKES = str.maketrans(
    "аеорсухіѕјԛԝһԁӏвкмнтгαεοριτυνκχηɡɑıʙᴄᴅᴇғɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢᴀ",
    "aeopcyxisjqwhdlbkmhtraeopituvkxngaibcdefghijklmnoprstuvwyza",
)
BOXED = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)  # where the alphabets of letters in boxes, in circles and of flags begin
TAGS = (0xE0020, 0xE007E)  # invisible characters that stand for ASCII
MARKUP = re.compile(r"<[^<>]{1,300}>|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
ENDS = frozenset("。！？；，、：,;:!?.\n")
SENTENCE_ENDS = "。！？!?\n"
SENTENCE_END = re.compile(f"[{SENTENCE_ENDS}]")
LITTLE = 2  # signs; the marks around so few say nothing


def is_order(text: str) -> bool:
    """Whether the text gives the assistant orders."""
    return next(order_spans(text), None) is not None


def order_spans(text: str) -> Iterator[Span]:
    """The sentences in which the text gives the assistant orders: as it is written, or without what stands between its signs."""
    for reading in (normalize_with_offsets(text), _squeezed(text)):
        for match in ORDER.finditer(reading.text):
            start = max(reading.text.rfind(end, 0, match.start()) for end in SENTENCE_ENDS) + 1
            after = SENTENCE_END.search(reading.text, match.end())
            yield reading.to_source(Span(min(start, match.start()), after.end() if after else len(reading.text)))


def _squeezed(text: str) -> Normalized:
    """The text's letters, digits and sentence marks alone, and what tags and markup stand for."""
    signs: list[str] = []
    offsets: list[int] = []
    for sign, offset in _plain_signs(text):
        if sign.isalnum() or sign in ENDS:
            signs.append(sign)
            offsets.append(offset)
    for marks in (frozenset("\n"), ENDS):  # a line for each sign, then 忽，略，以，上
        kept = [n for n, sign in enumerate(signs) if sign not in marks or not _is_beside_little(signs, n, marks)]
        signs, offsets = [signs[n] for n in kept], [offsets[n] for n in kept]
    return Normalized("".join(signs), (*offsets, len(text)))


def _is_beside_little(signs: list[str], at: int, marks: frozenset[str]) -> bool:
    """Whether no more than a sign or two stand between the mark and the one before or behind it."""
    near = signs[max(0, at - LITTLE - 1) : at], signs[at + 1 : at + LITTLE + 2]
    return any(len(piece) <= LITTLE or not marks.isdisjoint(piece) for piece in near)


def _plain_signs(text: str) -> Iterator[tuple[str, int]]:
    """(sign, the offset that it comes from): markup left out or put into what it stands for, look-alikes into Latin letters."""
    done = 0
    for match in MARKUP.finditer(text):
        yield from _folded(text[done : match.start()], done)
        meant = "" if match[0].startswith("<") else unescape(match[0])
        yield from ((sign, match.start()) for sign, _ in _folded(meant, 0))
        done = match.end()
    yield from _folded(text[done:], done)


def _folded(text: str, start: int) -> Iterator[tuple[str, int]]:
    for offset, character in enumerate(text, start):
        code = ord(character)
        box = next((first for first in BOXED if first <= code < first + 26), None)
        if TAGS[0] <= code <= TAGS[1]:
            folded = chr(code - 0xE0000).lower()
        elif box is not None:
            folded = chr(ord("a") + code - box)
        else:
            folded = normalize_character(character)
        for sign in unicodedata.normalize("NFD", folded).translate(LOOK_ALIKES):
            yield sign, offset


def is_instruction(question: str) -> bool:
    """Whether the question tries to command the assistant and asks the articles nothing."""
    return bool(INSTRUCTION.search(question))
