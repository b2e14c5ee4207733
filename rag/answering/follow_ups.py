"""A question as it is typed -> as the articles are asked: one that leans on what was asked before stands on its own (那补贴呢 ->
护学岗的补贴呢), and everyday words are those of the article that answers.
"""

import logging
from collections.abc import Callable, Sequence

from rag.answering.answerability import RetrievalSignals, article_words
from rag.answering.by_structure import ITEM_NUMBER
from rag.answering.prompts import make_standalone
from rag.answering.refusals import REFUSALS
from rag.datatypes import IsCancelled, Status, TextGenerator
from rag.question.analysis import Question, analyse
from rag.question.fit import content_coverage
from rag.question.synonyms import in_words_of, unknown_words
from rag.reading.structure import RULE_NUMBER
from rag.text.normalization import alnum_only, is_question

log = logging.getLogger("wence")

STANDALONE_TOKENS = 60
KEEPS = 0.6  # least share of the question's own words in its rewriting
# By so much more must another article hold of a short question's words than the one asked about before.
OTHER_TOPIC = 0.5
OWN_WORDS = 3  # content bigrams of a question that says enough for itself


def standalone_question(
    question: Question,
    history: Sequence[tuple[str, str]],
    find: Callable[[Question], RetrievalSignals],
    generator: TextGenerator | None,
    cancelled: IsCancelled,
) -> Question:
    """The question with what it leans on put back; what was asked back, with the reply before it. The model's rewriting counts only
    where it adds no word of its own; else the question before is put in front, which is enough to search by."""
    asked_back = history and REFUSALS[Status.ASK_BACK][0] in history[-1][1]
    if asked_back and len(question.bigrams) <= OWN_WORDS and not is_question(question.text):
        return analyse(f"{question.text}，{history[-1][0]}")
    if not question.leans_on(history):
        return question
    # The last question that stood on its own: what lies between leans on it too.
    asked = ((i, analyse(text)) for i, (text, _) in reversed([*enumerate(history)]))
    before = next((one for i, one in asked if not one.leans_on(history[:i])), question)
    if is_other_topic(question, find(question), find(before)):
        return question
    if generator is not None and not ITEM_NUMBER.search(question.text) and not RULE_NUMBER.search(question.text):
        try:
            written = "".join(generator.stream(make_standalone(question.text, history), STANDALONE_TOKENS, cancelled))
        except Exception:
            log.exception("the model failed to make a question standalone")
        else:
            rewritten = analyse(written.strip().splitlines()[0].strip() if written.strip() else "")
            if is_faithful(rewritten, question, history):
                return rewritten
    return analyse(f"{before.text.rstrip('？?。 ')}，{question.text}")


def is_faithful(rewritten: Question, question: Question, history: Sequence[tuple[str, str]]) -> bool:
    """Whether a rewriting keeps the question, takes something from what was said, and adds no word of its own."""
    said = alnum_only("".join(q + a for q, a in history))
    known = question.alnum_only + said
    keeps = content_coverage(question, rewritten.text) >= KEEPS
    adds = set(rewritten.bigrams) - set(question.bigrams)
    return keeps and any(gram in said for gram in adds) and all(c in known for gram in adds for c in gram)


def is_other_topic(question: Question, alone: RetrievalSignals, before: RetrievalSignals) -> bool:
    """Whether the question's words stand in another article than that which was asked about before; where one of them
    goes on (那……), whether it says enough for itself and the article asked about before has not a word of it."""
    if not alone.hits or not before.hits:
        return False
    own, there = (content_coverage(question, article_words(f.hits[0].passage.article)) for f in (alone, before))
    if question.refers_back:
        return question.only_connects and there == 0 and len(question.bigrams) >= OWN_WORDS
    return own - there >= OTHER_TOPIC


def in_their_words(query: Question, find: Callable[[Question], RetrievalSignals]) -> tuple[Question, RetrievalSignals]:
    """The query and what is found for it; put in the words of the best article that has another word for what was said
    (犬 for 狗), where that finds what fits better."""
    found = find(query)
    for article in dict.fromkeys(hit.passage.article for hit in found.hits):
        words = article_words(article)
        if not unknown_words(query.text, words):
            break
        reworded = analyse(in_words_of(query.text, words))
        if reworded != query:
            other = find(reworded)
            return (reworded, other) if other.about > found.about else (query, found)
    return query, found
