"""Suite retrieval: dense, lexical, fused and judged side by side, alone and among distractors. Measured by ir_measures.

A passage is relevant when it holds the answer; where no passage holds it whole, when it shares at least half of it.
"""

from collections.abc import Iterable, Sequence

from eval.bench import Bench, key_of
from eval.data import Corpus, Question, sample  # fmt: skip
from eval.data_sets import Policy, read_distractors, read_policy, read_robust, reading_corpus
from eval.metrics import contains, locate, overlaps
from eval.page_sets import PageSet, read_page_sets
from eval.parse import FAMILIES, family
from eval.results import NotRun, Scored, Share, SuiteResult
from eval.systems import METHODS, Method
from rag.datatypes import Article, Hit, Passage

DEPTH = 50
MEASURES = ("R@1", "R@5", "R@10", "R@50", "RR@10", "nDCG@10")
NAMES = {"R@1": "recall@1", "R@5": "recall@5", "R@10": "recall@10", "R@50": "recall@50", "RR@10": "MRR@10"}


def run(bench: Bench) -> SuiteResult:
    parts = [_pages(bench), *(search(bench) for group, search in SEARCHES.items() if bench.takes(group))]
    return SuiteResult(
        "retrieval",
        tuple(one for scored, _ in parts for one in scored),
        not_run=tuple(missing for _, absent in parts for missing in absent),
    )


Part = tuple[list[Scored], list[NotRun]]


def _pages(bench: Bench) -> Part:
    page_sets, absent = read_page_sets()
    scored = []
    for page_set in chosen_pages(page_sets, bench):
        questions = [q for q in page_set.questions if q.answerable and not q.history]
        corpus = Corpus(page_set.name, tuple(bench.systems.parse(page_set.path)))
        scored += score_questions(bench, corpus, questions, f"retrieval/{family(page_set.name)}")
    missing = [name for name in absent if bench.takes(family(name))]
    return scored, [NotRun(f"retrieval/{family(name)}", f"the page {name} is absent") for name in missing]


def _policy(bench: Bench) -> Part:
    policy = read_policy(bench.evaldata)
    if policy is None:
        return [], [NotRun("retrieval/ncp_policy", "the data set ncp_policy is absent")]
    corpus, answerable = policy_corpus(policy, bench)
    questions = sample(answerable, bench.sizes.retrieval_questions, bench.seed)
    scored = score_questions(bench, corpus, questions, "retrieval/ncp_policy")
    for count in bench.sizes.distractors:
        distractors = read_distractors(bench.evaldata, count, bench.seed)
        if distractors is None:
            return scored, [NotRun("retrieval/ncp_policy+", "the data set crud_news is absent")]
        wider = Corpus(f"{corpus.name}+{count}", (*corpus.articles, *distractors))
        scored += score_questions(bench, wider, questions, f"retrieval/ncp_policy+{count}")
    return scored, []


def _robust(bench: Bench) -> Part:
    questions = read_robust(bench.evaldata)
    if questions is None:
        return [], [NotRun("retrieval/dureader_robust", "the data set dureader_robust is absent")]
    chosen = sample(questions, bench.sizes.robust, bench.seed)
    corpus = Corpus("dureader_robust", reading_corpus(chosen))
    return score_questions(bench, corpus, chosen, "retrieval/dureader_robust"), []


SEARCHES = {"ncp_policy": _policy, "dureader_robust": _robust}
GROUPS = (*FAMILIES, *SEARCHES)


def chosen_pages(page_sets: Sequence[PageSet], bench: Bench) -> list[PageSet]:
    names = bench.sizes.page_names
    taken = [page_set for page_set in page_sets if bench.takes(family(page_set.name))]
    return [page_set for page_set in taken if names is None or page_set.name in names]


def policy_corpus(policy: Policy, bench: Bench) -> tuple[Corpus, list[Question]]:
    """The policy articles taken, and the questions that these answer."""
    articles = sample(policy.articles, bench.sizes.policy_articles, bench.seed)
    kept = {article.id for article in articles}
    return Corpus("ncp_policy", tuple(articles)), [q for q in policy.answerable if q.article in kept]


def score_questions(bench: Bench, corpus: Corpus, questions: Sequence[Question], prefix: str) -> list[Scored]:
    """One line for each question, with every measure by every method. A question without a hit, or whose answer stands
    in no passage, counts as 0."""
    if not questions:
        return []
    searcher = bench.systems.searcher(corpus)
    relevant = {key_of(q): relevant_passages(q, searcher.passages) for q in questions}
    nothing = {f"{prefix}/{method}/{NAMES.get(m, m)}": Share(0.0) for method in METHODS for m in MEASURES}
    shares = {id: dict(nothing) for id in relevant}
    hits: dict[Method, dict[str, list[Hit]]] = {method: {} for method in METHODS}
    for question in bench.progress(questions, f"searching {corpus.name}"):
        for method in METHODS:  # one after the other, so that the question is encoded once
            hits[method][key_of(question)] = searcher.search(question.text, DEPTH, method)
    for method, found in hits.items():
        for id, measure, value in measure_run(relevant, found):
            shares[id][f"{prefix}/{method}/{measure}"] = Share(value)
    shown = {id: show_ranking(relevant[id], found) for id, found in hits["judged"].items()}
    label = prefix.removeprefix("retrieval/")
    return [Scored(f"retrieval:{label}:{id}", values, shown[id], public=True) for id, values in shares.items()]


def show_ranking(relevant: Sequence[str], hits: Sequence[Hit]) -> str:
    """What people compare before and after; no text of any data set is in it."""
    rank = next((hit.rank for hit in hits if hit.passage.id in relevant), None)
    return f"first relevant passage at rank {rank}" if rank else f"no relevant passage among {len(hits)}"


def relevant_passages(question: Question, passages: Iterable[Passage]) -> list[str]:
    """Ids of the passages that hold a gold text whole, or where none does, share at least half of it."""
    own = [p for p in passages if _may_hold(question, p.article)]
    whole = [p.id for p in own if any(contains(p.text, gold) for gold in question.gold)]
    if whole:
        return whole
    golds = [found for gold in question.gold if (found := locate(gold, question.source))]
    return [
        p.id for p in own if (place := locate(p.text, question.source)) and any(overlaps(place, gold) for gold in golds)
    ]


def _may_hold(question: Question, article: Article) -> bool:
    """The data sets name the article by its id. Page questions name it by a title that the product may read otherwise,
    so any article of the page may hold their gold text."""
    by_id = question.article is not None and question.article.startswith(f"{question.dataset}-")
    return not by_id or article.id == question.article


def measure_run(relevant: dict[str, list[str]], hits: dict[str, list[Hit]]) -> list[tuple[str, str, float]]:
    """(question, measure's name, value) of every question in `hits`; the order of the hits is what counts."""
    import ir_measures

    qrels = [ir_measures.Qrel(id, passage, 1) for id in hits for passage in relevant[id]]
    ranked = [
        ir_measures.ScoredDoc(id, hit.passage.id, float(-place))
        for id, found in hits.items()
        for place, hit in enumerate(found)
    ]
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    return [
        (str(m.query_id), NAMES.get(str(m.measure), str(m.measure)), float(m.value))
        for m in ir_measures.iter_calc(measures, qrels, ranked)
    ]
