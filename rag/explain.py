"""`ask --explain`: how an answer came about, as plain values and as lines to read. What is told here was noted by the steps
(`rag.answering.explanation`); the words stand in LABELS, Chinese first.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rag.answering.explanation import Explanation, Judgement, Search, Withheld
from rag.datatypes import Answer
from rag.question.analysis import Question
from rag.question.answer_type import AnswerType

LABELS: dict[str, tuple[str, str]] = {
    "question": ("问题", "Question"),
    "answer_type": ("要的是", "asks for"),
    "flags": ("特点", "traits"),
    "content": ("内容", "content"),
    "names": ("名称", "names"),
    "subquestions": ("分成", "split into"),
    "age": ("年龄", "age"),
    "hits": ("找到的段落", "Passages found"),
    "about": (
        "与文章有关的概率 {about}（至少 {least}）",
        "probability that an article is about it {about} (at least {least})",
    ),
    "score": ("得分", "score"),
    "read": ("判断", "judged"),
    "anothers": ("不是所问的", "another's"),
    "judged": ("文章说了吗", "Is it told"),
    "told": (
        "段落判断 {told}，模型读后 {read}，合计 {together}，至少 {least}：{verdict}",
        "by the judge {told}, by the model that has read it {read}, together {together}, at least {least}: {verdict}",
    ),
    "is_told": ("说了", "told"),
    "untold": ("没有说", "not told"),
    "not_asked": ("没有问", "not asked"),
    "withheld": ("没有显示的句子", "Sentences withheld"),
    "none": ("没有", "none"),
    "answer": ("回答", "Answer"),
    "timings": ("用时（秒）", "Time (seconds)"),
}
ANSWER_TYPES: dict[AnswerType, tuple[str, str]] = {
    AnswerType.PHONE: ("电话", "a telephone number"),
    AnswerType.DATE: ("日期或期限", "a date or a length of time"),
    AnswerType.CLOCK: ("钟点", "a time of day"),
    AnswerType.AMOUNT: ("金额", "an amount of money"),
    AnswerType.NUMBER: ("数字", "a number"),
    AnswerType.PERSON: ("人或单位", "a person or a body"),
    AnswerType.PLACE: ("地点", "a place"),
    AnswerType.LIST: ("几项", "several things"),
    AnswerType.REASON: ("原因", "a reason"),
    AnswerType.ANYTHING: ("不限", "anything"),
}
FLAGS: dict[str, tuple[str, str]] = {
    "is_yes_or_no": ("问是否", "yes or no"),
    "is_comparison": ("比较", "a comparison"),
    "is_small_talk": ("闲聊", "small talk"),
    "refers_back": ("指着上文", "refers back"),
    "asks_items": ("问各项", "asks for all items"),
    "asks_summary": ("要总结", "asks for a summary"),
    "asks_byline": ("问作者", "asks who wrote it"),
    "asks_identity": ("问身份", "asks who somebody is"),
    "asks_speaker": ("问谁说的", "asks who suggests it"),
}
REASONS: dict[Withheld, tuple[str, str]] = {
    Withheld.FIGURE: ("数字在原文里没有", "a figure stands nowhere in the source"),
    Withheld.NAME: ("名称在原文里没有", "a name stands nowhere in the source"),
    Withheld.SUPPORT: ("原文没有这样说", "the source does not say so"),
    Withheld.BESIDE: ("与问题关系不大", "beside the point"),
    Withheld.KIND: ("不是所问的那一类", "not the kind of thing that is asked for"),
    Withheld.REPEATS: ("只是重复问题", "only repeats the question"),
    Withheld.SAID: ("已经说过", "already said"),
    Withheld.ORDER: ("原文在给系统下指令", "the source gives the system orders"),
    Withheld.SIGNATURE: ("只是落款", "only a signature"),
    Withheld.EMPTY: ("没有内容", "says nothing"),
}


def explanation_to_json(answer: Answer, why: Explanation) -> dict[str, Any]:
    """The answer (`Answer.to_json`) beside `questions`, `searches`, `judgements`, `withheld`, as plain values."""
    return {
        "questions": [_question_to_json(question) for question in why.questions],
        "searches": [_search_to_json(search) for search in why.searches],
        "judgements": [_judgement_to_json(judgement) for judgement in why.judgements],
        "withheld": [{"text": text, "why": reason.value} for text, reason in why.dropped],
        "answer": answer.to_json(),
    }


def _question_to_json(question: Question) -> dict[str, Any]:
    return {
        "text": question.text,
        "answer_type": question.answer_type.name.lower(),
        "flags": [name for name in FLAGS if getattr(question, name)],
        "content": list(question.runs),
        "names": list(question.names),
        "subquestions": list(question.each if len(question.each) > 1 else question.subquestions),
        "age": None if question.age is None else str(question.age),
    }


def _search_to_json(search: Search) -> dict[str, Any]:
    return {
        "question": search.question,
        "about": round(search.about, 4),
        "least_about": search.least_about,
        "signals": {name: round(value, 4) for name, value in search.signals.items()},
        "hits": [
            {
                "rank": found.hit.rank,
                "passage_id": found.hit.passage.id,
                "title": found.hit.passage.article.title,
                "text": found.hit.passage.text,
                "score": round(found.hit.score, 4),
                "read": None if found.read is None else round(found.read, 4),
                "kept": found.kept,
            }
            for found in search.hits
        ],
    }


def _judgement_to_json(judgement: Judgement) -> dict[str, Any]:
    return {
        "told": round(judgement.judge, 4),
        "read": None if judgement.read is None else round(judgement.read, 4),
        "together": round(judgement.p_answerable, 4),
        "least": judgement.least,
        "is_told": judgement.is_answerable,
    }


def explanation_lines(values: Mapping[str, Any], lang: str) -> Iterator[str]:
    """The same (`explanation_to_json`) to read, a section after the other."""
    english = lang == "en"

    def say(key: str, **words: object) -> str:
        return LABELS[key][english].format(**words)

    for question in values["questions"]:
        yield f"{say('question')}: {question['text']}"
        yield f"  {say('answer_type')}: {ANSWER_TYPES[AnswerType[question['answer_type'].upper()]][english]}"
        flags = [FLAGS[name][english] for name in question["flags"]]
        parts = question["subquestions"] if len(question["subquestions"]) > 1 else []
        facts = {"flags": flags, "content": question["content"], "names": question["names"], "subquestions": parts}
        yield from (f"  {say(key)}: {' | '.join(words)}" for key, words in facts.items() if words)
        if question["age"] is not None:
            yield f"  {say('age')}: {question['age']}"
    for search in values["searches"]:
        yield f"\n{say('hits')}: {search['question']}"
        yield f"  {say('about', about=_share(search['about']), least=_share(search['least_about']))}"
        for hit in search["hits"]:
            read = "" if hit["read"] is None else f"  {say('read')} {_share(hit['read'])}"
            anothers = "" if hit["kept"] else f"  ({say('anothers')})"
            yield f"  {hit['rank']}. {say('score')} {hit['score']:.2f}{read}{anothers}  《{_short(hit['title'], 16)}》{_short(hit['text'], 40)}"
    yield f"\n{say('judged')}: {'' if values['judgements'] else say('not_asked')}".rstrip()
    for judged in values["judgements"]:
        read = say("not_asked") if judged["read"] is None else f"{judged['read']:+.2f}"
        shares = {key: _share(judged[key]) for key in ("told", "together", "least")}
        yield f"  {say('told', **shares, read=read, verdict=say('is_told' if judged['is_told'] else 'untold'))}"
    yield f"\n{say('withheld')}: {'' if values['withheld'] else say('none')}".rstrip()
    yield from (f"  {REASONS[Withheld(row['why'])][english]}: {row['text']}" for row in values["withheld"])
    answer = values["answer"]
    yield f"\n{say('answer')}: {answer['status']}\n{answer['text']}"
    timings = (f"{step} {seconds:.2f}" for step, seconds in answer["timings"].items())
    yield f"\n{say('timings')}: {', '.join(timings)}"


def _share(probability: float) -> str:
    return f"{probability:.2f}"


def _short(text: str, most: int) -> str:
    words = text.replace("\n", " ")
    return words if len(words) <= most else words[:most] + "……"
