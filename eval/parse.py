"""Suite parse: the articles made from each page against the gold that people wrote for it."""

from collections.abc import Callable, Sequence

from eval.bench import REAL_PAGE, Bench
from eval.metrics import normalise
from eval.page_sets import GoldArticle, GoldPage, is_public, read_gold_pages
from eval.results import NotRun, Scored, Share, SuiteResult
from rag.datatypes import Article

# What is compared of an article's head: the measure's name -> what the gold says, and what the article says.
FIELDS: dict[str, tuple[Callable[[GoldArticle], object], Callable[[Article], object]]] = {
    "title": (lambda g: normalise(g.title), lambda a: normalise(a.title)),
    "kind": (lambda g: g.kind, lambda a: a.kind.value),
    "section": (lambda g: _bare(g.section, g.kicker, g.subtitle), lambda a: _bare(a.section, a.kicker, a.subtitle)),
    "people": (
        lambda g: _bare(g.speaker, g.speaker_role, g.reporter),
        lambda a: _bare(a.speaker, a.speaker_role, a.reporter),
    ),
    "date": (lambda g: g.published, lambda a: a.published),
}


def run(bench: Bench) -> SuiteResult:
    pages, absent = read_gold_pages()
    scored = [
        one for page in bench.progress(pages, "parsing") for one in score_page(page, bench.systems.parse(page.path))
    ]
    not_run = tuple(NotRun(f"parse/{family(name)}", f"the page {name} is absent") for name in absent)
    return SuiteResult("parse", tuple(scored), not_run=not_run)


FAMILIES = ("pages", "real_page")


def family(page: str) -> str:
    """Which of FAMILIES a page's measures are named by: our own pages are one, the user's document is another."""
    return FAMILIES[page == REAL_PAGE]


def score_page(page: GoldPage, articles: Sequence[Article]) -> list[Scored]:
    """One line for each gold article (recall), and one for the page (precision)."""
    matched = match_articles(page.articles, articles)
    prefix = f"parse/{family(page.name)}"
    public = is_public(page.name)
    lines = [
        Scored(gold.id, _shares(prefix, gold, article), article.title if article else "(no article)", public)
        for gold, article in zip(page.articles, matched, strict=True)
    ]
    right = sum(a is not None for a in matched)
    wanted = {paragraph for gold in page.articles for paragraph in gold.paragraphs}
    made = [paragraph for article in articles for paragraph in paragraphs_of(article)]
    precision = {
        f"{prefix}/article_precision": Share(right, len(articles)),
        f"{prefix}/paragraph_precision": Share(sum(p in wanted for p in made), len(made)),
    }
    return [*lines, Scored(page.name, precision, f"{len(articles)} articles", public)]


def match_articles(gold: Sequence[GoldArticle], articles: Sequence[Article]) -> list[Article | None]:
    """For each gold article the one that shares most of its characters in paragraphs, if more than half; each once."""
    left = list(articles)
    matched: list[Article | None] = []
    for wanted in gold:
        size = sum(map(len, wanted.paragraphs))
        best = max(left, key=lambda a: _shared(wanted, a), default=None)
        if best is None or 2 * _shared(wanted, best) <= size:
            matched.append(None)
        else:
            left.remove(best)
            matched.append(best)
    return matched


def paragraphs_of(article: Article) -> list[str]:
    return [article.text[start:end] for start, end in article.paragraphs]


def _shared(gold: GoldArticle, article: Article) -> int:
    """How many characters of the gold's paragraphs the article holds: of each its longest half that is there."""
    total = 0
    for paragraph in gold.paragraphs:
        half = max(1, len(paragraph) // 2)
        if paragraph in article.text:
            total += len(paragraph)
        elif paragraph[:half] in article.text or paragraph[half:] in article.text:
            total += half
    return total


def _shares(prefix: str, gold: GoldArticle, article: Article | None) -> dict[str, Share]:
    made = set(paragraphs_of(article)) if article else set()
    shares = {
        f"{prefix}/article_recall": Share(float(article is not None)),
        f"{prefix}/paragraphs_exact": Share(
            float(sum(p in made for p in gold.paragraphs)), float(len(gold.paragraphs))
        ),
    }
    for name, (wanted, said) in FIELDS.items():
        if name == "title" and not gold.title:
            continue  # a caption has no title; the product may give it one
        shares[f"{prefix}/{name}"] = Share(float(article is not None and wanted(gold) == said(article)))
    return shares


def _bare(*texts: str | None) -> tuple[str, ...]:
    return tuple(normalise(text or "") for text in texts)
