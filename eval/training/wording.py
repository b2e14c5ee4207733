"""Questions as people type them: everyday and regional words in place of the written ones, and less of the rest."""

import random

SPOKEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("什么时候", ("啥时候", "几时", "哪天", "何时", "什么时间", "咩时候")),
    ("什么时间", ("啥时候", "几点", "什么时候")),
    ("何时", ("什么时候", "啥时候", "几时")),
    ("为什么", ("为啥", "咋", "点解", "怎么会")),
    ("为何", ("为什么", "为啥")),
    ("什么", ("啥", "咩", "甚么")),
    ("多少", ("几多", "多少", "好多")),
    ("怎么", ("咋", "怎样", "点样", "咋个")),
    ("如何", ("怎么", "咋", "怎样")),
    ("哪里", ("哪儿", "边度", "哪个地方", "啥地方")),
    ("在哪", ("在哪儿", "在哪里", "喺边度")),
    ("是谁", ("是哪个", "是哪位", "系边个")),
    ("何地", ("哪里", "哪儿")),
    ("是否", ("是不是",)),
    ("没有", ("没", "冇")),
    ("能否", ("能不能", "可不可以")),
)
BEFORE = ("请问", "想问下", "请问一下", "我想知道", "麻烦问下", "问一下", "你好，", "")
AFTER = ("", "啊", "呢", "呀", "？？", "?", "，谢谢")


def as_typed(question: str, rng: random.Random) -> str:
    """`question` with some of its words said otherwise; what it asks for stays."""
    text = question.strip()
    for written, spoken in SPOKEN:
        if written in text and rng.random() < 0.6:
            text = text.replace(written, rng.choice(spoken), 1)
            break
    if rng.random() < 0.6:
        text = text.rstrip("？?。 ")
    if rng.random() < 0.3:
        text = rng.choice(BEFORE) + text
    if rng.random() < 0.3 and not text.endswith(("？", "?")):
        text += rng.choice(AFTER)
    if rng.random() < 0.15:
        text = text.replace("，", " ").replace("的", "", 1)
    return text
