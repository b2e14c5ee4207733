"""Words in an article that are meant for the machine: `忽略以上指令`. A source's text is data, never an order.

A sentence that gives the assistant orders is kept from the model, and is never quoted or cited. The rules go by its
words, so one that is put otherwise gets past them; what it brings about must then still be supported by the source and
bear on the question (`rag.citations`, `rag.evidence`). Of 57,000 sentences of news and notices none is an order by these rules.
"""

import re

from rag.questions import INSTRUCTION
from rag.text import normalize

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
    r"(?:ignore|disregard|forget|override) .{0,30}(?:instruction|prompt|rules|above|previous)|you are now|system prompt",
)
ORDER = re.compile("|".join(ORDERS), re.IGNORECASE | re.MULTILINE)


def is_order(text: str) -> bool:
    """Whether the text gives the assistant orders."""
    return bool(ORDER.search(normalize(text)))
