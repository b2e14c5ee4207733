"""For whom a rule is: what an article says of one kind of people answers nothing about another (大学生 in a rule on 残疾人).

A rule that names no kind of people is for all. Which words name one, and which are the same people, `rag.models.people` tells.
"""

from collections.abc import Sequence

from rag.datatypes import Hit, Kind
from rag.models.people import PeopleReader
from rag.question.analysis import Question
from rag.question.answer_type import AnswerType
from rag.question.synonyms import in_words_of
from rag.reading.structure import structure_of
from rag.text.normalization import ends_sentence, split_sentences
from rag.text.noun_phrases import all_words_in


def keep_theirs(question: Question, hits: Sequence[Hit], people: PeopleReader | None) -> list[Hit]:
    """The hits without those that are for another kind of people than each that the question names."""
    asked = people.kinds([question.text])[0] if people else []
    if people is None or not asked:
        return list(hits)

    def may_answer(hit: Hit) -> bool:
        article = hit.passage.article
        # Asked who does something, the answer names them.
        sentence = "" if question.answer_type is AnswerType.PERSON else answering_sentence(hit)
        heads = [article.title, article.subtitle or "", *headings_above(hit)]
        *headed, said, named = people.kinds([*heads, sentence, hit.passage.text])
        if (
            article.kind is not Kind.POLICY
        ):  # whom a report's headline names it is about, and what it tells need not be for them
            own, named = said, [*named, *(kind for kind in asked if kind.noun in article.text)]
        else:
            own = [kind for kinds in headed for kind in kinds] or said
        same = any(people.are_same(one, other) for one in asked for other in (*own, *named))
        words = "".join((*heads, hit.passage.text))
        in_other_words = any(in_words_of(kind.whole, words) != kind.whole for kind in asked)  # 五保户, 特困人员
        return not own or same or in_other_words or any(all_words_in(kind, words) for kind in asked)

    return [hit for hit in hits if may_answer(hit)]


def headings_above(hit: Hit) -> list[str]:
    """The headings that the passage stands below, and the last line without a full stop before its answer (孕妇)."""
    article, span = hit.passage.article, hit.passage.span
    sections = [section for section in structure_of(article).sections if section.body.holds(span)]
    headings = [article.text[section.heading.start : section.heading.end] for section in sections]
    above = hit.passage.text[: hit.reading.span.start if hit.reading else 0].split("\n")[:-1]
    return [*headings, *[line for line in above if not ends_sentence(line)][-1:]]


def answering_sentence(hit: Hit) -> str:
    """The sentence in which the judge sees the answer; "" where it has not read the passage."""
    if hit.reading is None:
        return ""
    text = hit.passage.text
    return next((text[s.start : s.end] for s in split_sentences(text) if s.end > hit.reading.span.start), "")
