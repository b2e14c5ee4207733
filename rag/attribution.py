"""A suggestion is not a rule: what rests on a proposal says who suggests it."""

import re
from collections.abc import Sequence

from rag.datatypes import Article, Evidence, Kind, Sentence, Span
from rag.outline import passage_at
from rag.refusals import ALSO_SUGGESTS, MENTIONS, SUGGESTS

SUGGESTING = re.compile(r"^[他她]?(?:还|同时|也|另外|此外|并)*(?:建议|提议|呼吁)[，,：:]?")  # 他同时建议，……


def attribute(text: str, evidence: Sequence[Evidence], before: Sequence[Sentence]) -> tuple[str, tuple[Evidence, ...]]:
    """A sentence that rests on a proposal says who suggested it, in the source's words, and cites where it says so."""
    article = evidence[0].passage.article
    if article.kind is not Kind.PROPOSAL or not article.speaker or article.speaker in text:
        return text, tuple(evidence)
    introduced = speaker_span(article)
    if introduced is None:
        named, cited = article.speaker, tuple(evidence)
    else:
        named = article.text[introduced.start : introduced.end]
        source = Evidence(passage_at(evidence[0].passage, introduced), introduced, 1.0)
        cited = tuple(evidence) if any(e.span.holds(introduced) for e in evidence) else (*evidence, source)
    again = any(c.article.id == article.id for s in before for c in s.citations)
    lead_ends = introduced.end if introduced else 0
    if evidence[0].span.start < lead_ends and introduced is not None and not evidence[0].span.holds(introduced):
        template = MENTIONS
    else:
        template = ALSO_SUGGESTS if again else SUGGESTS
    said = SUGGESTING.sub("", text)
    return template.format(speaker=article.speaker if again else named) + said, cited


def speaker_span(article: Article) -> Span | None:
    """Where the article's text names its speaker with the role, or the name alone; None where it does not."""
    if not article.speaker:
        return None
    for words in (f"{article.speaker_role or ''}{article.speaker}", article.speaker):
        start = article.text.find(words)
        if start >= 0:
            return Span(start, start + len(words))
    return None
