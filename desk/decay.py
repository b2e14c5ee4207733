"""When an article changes or goes, the answers that cite it are checked again: do its present words still bear them?

article as cited --digest--> the same: nothing | gone: withdrawn | changed: where are the words now?
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from desk.store import Store
from desk.store.answers import article_digest
from desk.store.decays import Cited, Finding, Outcome
from desk.support import statement_support
from rag.answering.support import SUPPORTED, coverage
from rag.datatypes import Article, Span
from rag.text.normalization import alnum_only, split_sentences


def recheck(store: Store, articles: Iterable[Article]) -> int:
    """Check every kept citation against the present articles; how many more have decayed."""
    by_id = {article.id: article for article in articles}
    by_title = {article.title: article for article in by_id.values()}
    digests = {article_digest(article) for article in by_id.values()}
    new = 0
    for digest, cited in store.decays.cited_articles().items():
        if digest in digests:
            store.decays.forget(digest)
            continue
        present = by_id.get(store.catalogue.successor(cited.id) or cited.id) or by_title.get(cited.title)
        new += store.decays.keep(list(_findings(store.decays.citations_of(digest), present)))
    return new


def _findings(citations: Iterable[Cited], present: Article | None) -> Iterator[Finding]:
    known: dict[tuple[str, str, tuple[str, ...]], Finding] = {}  # one sentence is shown to many
    for cited in citations:
        key = (cited.statement, cited.quote, cited.quotes)
        if key not in known:
            known[key] = check_again(cited, present)
        found = known[key]
        yield Finding(cited.id, found.outcome, found.article_now, found.support_now)


def check_again(cited: Cited, present: Article | None) -> Finding:
    """What became of one citation, given the article as it is now, or None where there is none."""
    if present is None:
        return Finding(cited.id, Outcome.WITHDRAWN)
    if cited.quote in present.text:
        return Finding(cited.id, Outcome.STANDS, present.id, 1.0)
    span = nearest_words(cited.quote, present)
    others = [quote for quote in cited.quotes if quote != cited.quote]
    now = statement_support(cited.statement, [present.text[span.start : span.end], *others])
    return Finding(cited.id, Outcome.REWORDED if now >= SUPPORTED else Outcome.UNSUPPORTED, present.id, round(now, 4))


def nearest_words(quote: str, article: Article) -> Span:
    """The sentence of the article, or two neighbours, that hold most of the quote; where it stands word for word, just
    that."""
    start = article.text.find(quote)
    if start >= 0:
        return Span(start, start + len(quote))
    sentences = [
        span
        for paragraph in article.paragraphs
        for span in split_sentences(article.text[paragraph.start : paragraph.end], paragraph.start)
    ]
    windows = sentences + [Span(one.start, other.end) for one, other in pairwise(sentences)]
    plain = alnum_only(quote)

    def held(span: Span) -> tuple[float, int]:
        return coverage(plain, alnum_only(article.text[span.start : span.end]), 2), span.start - span.end

    return max(windows, key=held, default=Span(0, len(article.text)))
