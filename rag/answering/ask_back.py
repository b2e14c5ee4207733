"""Whose rule is meant, where the question does not say it and several rules tell it differently: two counties', 在职 and 退休, 2026 and 2027.

Read off the rules themselves, when the first sentence of an answer is found: another rule, which its title says is for others, tells
the same thing in other words or figures. The sentence is then not shown; who asked is asked back in the titles' own words.
"""

from collections.abc import Generator, Sequence
from typing import NamedTuple

from rag.answering.builder import AnswerBuilder, says_the_same
from rag.answering.context import OTHER_ARTICLE
from rag.answering.extractive import QUOTED_FROM
from rag.answering.for_whom import answering_sentence
from rag.answering.jurisdiction import own_places, years_in
from rag.answering.support import coverage
from rag.datatypes import Answer, Article, Choice, Citation, Hit, Kind, Progress, Sentence, Status
from rag.models.people import PeopleReader
from rag.question.analysis import Question
from rag.question.fit import gives_answer_type
from rag.text.days import without_years
from rag.text.normalization import alnum_only, normalize, split_sentences
from rag.text.person_names import tag_words
from rag.text.titles import ALIKE, differing_words


class Facets(NamedTuple):
    """What a title says of whose its rule is; "" where it does not."""

    place: str
    years: str
    group: str  # of people, of schools: whatever it is that two titles differ in


def keep_meant(question: Question, hits: Sequence[Hit]) -> list[Hit]:
    """The hits without those whose titles differ from the best one's in a piece that the question names otherwise: 小学 where it
    names 初中."""
    articles = list({hit.passage.article.id: hit.passage.article for hit in hits}.values())
    groups = {a.id: own.group for a, own in zip(articles, title_facets(articles, None), strict=True) if own.group}
    meant = {group for group in groups.values() if _is_named(question, group, {*groups.values()} - {group})}
    return [hit for hit in hits if not meant or groups.get(hit.passage.article.id) in {*meant, None}]


def unless_split(
    run: AnswerBuilder,
    question: Question,
    hits: Sequence[Hit],
    people: PeopleReader | None,
    events: Generator[Progress | Sentence | Answer, None, Status | None],
) -> Generator[Progress | Sentence | Answer, None, Status | None]:
    """The events; where the first sentence is told otherwise by a rule that is for others, whose is meant is asked back instead."""
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            status: Status | None = end.value
            return status
        if isinstance(event, Sentence) and run.shown == [event]:
            labels = whose_rules(question, event.citations, hits, people)
            if labels:
                events.close()
                del run.sentences[run.begun :]
                run.cautions_due()  # they were those sentences'
                text = (
                    question.text if run.sentences else run.standalone.text
                )  # all of it where nothing is answered yet
                run.choices = tuple(Choice(label, f"{label}，{text}") for label in labels)
                return Status.ASK_BACK
        yield event


def whose_rules(
    question: Question, cited: Sequence[Citation], hits: Sequence[Hit], people: PeopleReader | None
) -> list[str]:
    """Whose the cited rule is, and whose the others are that tell it otherwise, in their titles' words; empty where there are none."""
    rules = {h.passage.article.id: h for h in reversed(hits) if h.passage.article.kind is Kind.POLICY}
    own = cited[0].article
    if own.id not in rules or question.is_comparison:
        return []
    others = [hit for hit in reversed(rules.values()) if hit.passage.article.id != own.id]
    facets = title_facets([own, *(hit.passage.article for hit in others)], people)
    apart = [facets[0]]
    for hit, theirs in zip(others, facets[1:], strict=True):
        are_others = any(a and b and a != b for a, b in zip(facets[0], theirs, strict=True))
        said = [_without(citation.quote, facets[0]) for citation in cited if citation.article == own]
        if are_others and _tells_otherwise(question, said, rules[own.id], hit, theirs):
            apart.append(theirs)
    varying = [each for each in range(len(Facets._fields)) if len({one[each] for one in apart}) > 1]
    labels = list(dict.fromkeys("".join(one[each] for each in varying) for one in apart))
    return labels if len(labels) > 1 else []


def _tells_otherwise(question: Question, said: Sequence[str], own: Hit, other: Hit, facets: Facets) -> bool:
    """Whether the other's rule tells what is said of the own one, but not the same."""
    article = other.passage.article
    sentences = [_without(article.text[s.start : s.end], facets) for s in split_sentences(article.text)]
    if all(any(says_the_same(words, sentence) for sentence in sentences) for words in said):
        return False
    plain = [alnum_only(sentence) for sentence in sentences]
    if any(coverage(alnum_only(words), sentence, 2) >= ALIKE for words in said for sentence in plain):
        return True
    if own.reading is None or other.reading is None or not gives_answer_type(question, answering_sentence(other)):
        return False
    # Where both are low, neither is known to tell.
    return other.reading.probability >= max(QUOTED_FROM, OTHER_ARTICLE * own.reading.probability)


def title_facets(articles: Sequence[Article], people: PeopleReader | None) -> list[Facets]:
    """What each title says of whose it is: its place and years; and the words in which it differs from the first title where they are
    alike, else the kind of people that it names."""
    chains = [next(iter(own_places(article)), ()) for article in articles]
    places = ["".join(place.text for place in chain) for chain in chains]
    titles = [without_years(normalize(article.title)) for article in articles]
    rests = [title.replace(place, "") for title, place in zip(titles, places, strict=True)]
    named = people.kinds(rests) if people else [[] for _ in rests]
    kinds = ["".join(f"{kind.verb}{kind.whole}" for kind in each[:1]) for each in named]
    groups = [kind if own is None else own for own, kind in zip(differing_words(rests), kinds, strict=True)]
    years = ["、".join(f"{year}年" for year in sorted(years_in(article.title))) for article in articles]
    return [Facets(c[-1].text if c else "", y, g) for c, y, g in zip(chains, years, groups, strict=True)]


def _is_named(question: Question, words: str, others: set[str]) -> bool:
    """Whether the question has a word of them that none of the others has: 退休 of 退休人员 beside 在职人员."""
    own = (word for word, _ in tag_words(words) if len(word) > 1 and not any(word in other for other in others))
    return any(word in question.normalized for word in own)


def _without(text: str, facets: Facets) -> str:
    for words in filter(None, facets):
        text = text.replace(words, "")
    return text
