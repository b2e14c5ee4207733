"""Is a sentence supported by the words it cites?

The check looks only at the two texts, never at how the sentence came about: the model's confidence counts for nothing.
Supported means: no quantity and no name that the quote does not hold, and words that overlap as those of supported
statements do.
"""

import re
from functools import lru_cache
from itertools import pairwise

from rag.datatypes import Span
from rag.models.judge import load_judge, log_odds, logistic
from rag.text.normalization import HAN, alnum_only, normalize, split_sentences
from rag.text.person_names import FIRST_SIGNS, is_tagged_person, person_at
from rag.text.quantity_check import (
    extract_quantities,
    normalize_quantities,
    unsupported_quantities,
)

# Logistic regression on citecheck's dev set (1,000 statements with their quotes, MIT): accuracy .87, AUROC .95 in
# tenfold cross-validation. Weights of `overlap_features`, the intercept last.
OVERLAP_WEIGHTS = (1.199, 2.406, 2.162, 2.378, -1.386, -3.557)
# The same on the 393 pairs that the judge was not trained on (python -m eval.training.judge.fit): accuracy .89, AUROC .96 in
# tenfold cross-validation. Weights of: log-odds of the overlap's support and of the judge's; the intercept.
TOGETHER_WEIGHTS = (0.875, 0.677, -0.393)
SUPPORTED = 0.6  # a sentence below is not shown; never lowered to get a citation
CONTRADICTED = 0.1  # what is left of the support where a quantity or a name stands nowhere in the quote


def support(statement: str, quote: str) -> float:
    """How surely `quote` supports `statement`, in [0, 1]: overlap and the judge shipped with the package together, less
    what the quantity, name and negation checks find."""
    return score_support(statement, quote, load_judge().supports([(statement, quote)])[0])


def score_support(statement: str, quote: str, judged: float | None) -> float:
    """The support where the judge says `judged`, or by overlap alone where it was not asked (None)."""
    if not alnum_only(statement) or not alnum_only(quote):
        return 0.0
    features = (*overlap_features(alnum_only(normalize_quantities(statement)), normalize_quantities(quote)), 1.0)
    score = logistic(OVERLAP_WEIGHTS, features)
    if judged is not None:
        score = logistic(TOGETHER_WEIGHTS, (log_odds(score), log_odds(judged), 1.0))
    if unsupported_quantities(statement, quote) or unsupported_names(statement, quote) or contradicts(statement, quote):
        return score * CONTRADICTED
    return score


def overlap_features(statement: str, quote: str) -> tuple[float, float, float, float, float]:
    """How much of the statement stands in the quote: its characters, bigrams and 4-grams; its bigrams in the best
    two neighbouring sentences; and the longest stretch that stands nowhere, in tens of characters."""
    plain = alnum_only(quote)
    sentences = [alnum_only(quote[s.start : s.end]) for s in split_sentences(quote)] or [plain]
    windows = [a + b for a, b in pairwise(sentences)] or sentences
    return (
        coverage(statement, plain, 1),
        coverage(statement, plain, 2),
        coverage(statement, plain, 4),
        max(coverage(statement, window, 2) for window in windows),
        max((run.end - run.start for run in uncovered_runs(statement, plain)), default=0) / 10,
    )


def coverage(text: str, source: str, n: int) -> float:
    """The share of the text's character n-grams that stand in the source; for a shorter text: whether it does."""
    if len(text) < n:
        return float(text in source)
    grams = [text[i : i + n] for i in range(len(text) - n + 1)]
    held = {source[i : i + n] for i in range(len(source) - n + 1)}
    return sum(gram in held for gram in grams) / len(grams)


def uncovered_runs(text: str, source: str) -> list[Span]:
    """Stretches of the text none of whose characters is part of a bigram that stands in the source."""
    held = {source[i : i + 2] for i in range(len(source) - 1)}
    covered = [False] * len(text)
    for i in range(len(text) - 1):
        if text[i : i + 2] in held:
            covered[i] = covered[i + 1] = True
    runs: list[Span] = []
    start: int | None = None
    for i, is_covered in enumerate([*covered, True]):
        if not is_covered and start is None:
            start = i
        elif is_covered and start is not None:
            runs.append(Span(start, i))
            start = None
    return runs


# ---------------------------------------------------------------- names

TITLES = (
    "委员|代表|常委|主席|主任|局长|院长|校长|会长|经理|董事长|书记|县长|市长|区长|记者|教授|医生|先生|女士|老师|同志"
)
SAYS = "建议|表示|认为|指出|提出|介绍|(?<![小据传])说|(?<![职名简统号俗])称|呼吁|强调|透露"
NAMED_BEFORE = re.compile(rf"(?:{TITLES}|{SAYS})")  # what stands after a name: 王春林建议
NAMED_AFTER = re.compile(rf"(?:{TITLES})")  # and before one: 会长王春林在……
NAMED_IS = re.compile(r"是|为|任|担任|曾任|系")
DOTTED = re.compile(
    rf"[{HAN}]{{2,4}}·(?:(?![的了是在和])[{HAN}]){{2,6}}?(?={TITLES}|{SAYS}|是|为|任|担任|曾任|在|从|和)"
)  # 阿依古丽·买买提
OFFICE_NEAR = re.compile(rf"[^,;:。]{{0,20}}(?:{TITLES}|长|员|师)")
CLAUSE_START = re.compile(r"(?:^|[,;:。、])(?=.)")
# The last character of most Chinese names of places and organisations.
NAME_END = "省市县区州镇乡村局委院校厅馆社"
NAME_WORDS = ("公司", "集团", "银行", "中心", "协会", "医院", "学校", "大学", "中学", "小学")
# Two signs before the last word of a body's name: what the quote calls 税务部门 or 柳渡能源 is no 税务局, no 能源公司.
BODY = re.compile(
    r"(?:(?![的该本这那各每个家在和与为了是由其全某外子分])[\u4e00-\u9fff]){2}(?<!有限)(?:公司|集团|银行|厅|(?<![格布结当大全时邮开])局(?![部面势长限]))"
)
BEFORE_PLACES = "在到赴于往抵"
FUNCTION_CHARACTERS = "的了是在和与及对为由将把被等也都并可以其这该此有从到上中下内外就要会能已还于向按则即且或而但又让使给所各每个们着过来去一本不"


def unsupported_names(statement: str, quote: str) -> list[str]:
    """Names in the statement that the quote does not hold: people by their surname beside a title or 说, and places and
    organisations by their last character, where what stands before it is new."""
    text, source = alnum_only(statement), alnum_only(quote)
    # Where a name begins (和张伟表示) or ends (委员任静在……) is not marked: any reading that the quote holds will do.
    names = [
        n
        for n in people_named(statement)
        if n[:2] not in source and not any(n[i:] in source for i in range(len(n) - 1))
    ]
    for run in uncovered_runs(text, source):
        novel = text[run.start : run.end]
        core = re.split(f"[{FUNCTION_CHARACTERS}]+", novel + text[run.end : run.end + 1])[-1]
        if (2 <= len(core) <= 6 and core[-1] in NAME_END) or text[run.end : run.end + 2] in NAME_WORDS:
            names.append(core)
        elif (len(novel) == 2 and text[run.start - 1 : run.start] in tuple(BEFORE_PLACES)) or (
            novel.isascii() and novel.isalpha() and len(novel) >= 2
        ):
            names.append(novel)
    return names


@lru_cache(maxsize=256)  # a drafted sentence is held against one piece of evidence after another
def people_named(statement: str) -> tuple[str, ...]:
    """The people whom the statement names beside a title or a word of saying (王春林建议, 会长王春林), or as what a clause is
    about (王春林是会长)."""
    text = "".join(normalize(statement).split())
    found = [match[0].replace("·", "") for match in DOTTED.finditer(text)]
    starts = {match.end() for match in NAMED_AFTER.finditer(text)}
    clauses = {match.end() for match in CLAUSE_START.finditer(text)}
    for start in range(len(text) - 1):
        if text[start] not in FIRST_SIGNS or (name := person_at(text, start, start in starts)) is None:
            continue
        end = start + len(name)
        named = start in starts or bool(NAMED_BEFORE.match(text, end))
        if start in clauses and (verb := NAMED_IS.match(text, end)):
            named = named or is_tagged_person(text, start) or bool(OFFICE_NEAR.match(text, verb.end()))
        if named:
            found.append(name)
    return tuple(dict.fromkeys(found))


def foreign_bodies(statement: str, held: str) -> list[str]:
    """Bodies that the statement names in another way than what it cites and the title there do: by the last three signs or
    more. `support` does without: people who write of a source shorten its names."""
    source = alnum_only(held)
    return [match[0] for match in BODY.finditer(alnum_only(statement)) if match[0] not in source]


# ---------------------------------------------------------------- contradictions

NEGATIONS = re.compile(
    r"(?:不(?!断|仅|但|只|过|少|同|久|忘|懈|负|动产|超过|低于|少于|高于|多于|等|足)|没有|没|未(?!来|央|成年)|无(?!论|缝|障碍|人|偿|锡|线)|"
    r"禁止|严禁|并非|除外)"
)
OPPOSITES = (
    ("不超过", "不低于"), ("不超过", "不少于"), ("不高于", "不低于"), ("以上", "以下"), ("之前", "之后"), ("以前", "以后"),
    ("提高", "降低"), ("增长", "下降"), ("增加", "减少"), ("上升", "下降"), ("上涨", "下跌"), ("扩大", "缩小"), ("最高", "最低"),
    ("允许", "禁止"), ("可以", "不得"), ("同意", "反对"), ("高于", "低于"), ("早于", "晚于"), ("盈利", "亏损"),
)  # fmt: skip
DONE = re.compile(r"已(?!婚|知|故)|了(?=[,.;!。、\s]|$)")
SPLICE_MIN = 8  # characters; a shorter clause says too little to mix two statements
SPLICE_SHARE = 0.88
CLAUSE_HELD = 0.5  # share of a clause's bigrams that what it cites must hold
CLAUSE_ENDS = re.compile(r"[，,。；;！？!?\n]")


def contradicts(statement: str, quote: str) -> bool:
    """Whether a clause of the statement, beside the clause of the quote that it matches, denies what that does not (or
    the other way round), says its opposite (不超过 for 不低于), or turns its figures about (由800降到600 for 由600升到800)."""
    clauses = [c for c in CLAUSE_ENDS.split(normalize(quote)) if alnum_only(c)]
    for clause in (c for c in CLAUSE_ENDS.split(normalize(statement)) if len(alnum_only(c)) >= 4):
        near = max(clauses, key=lambda c: coverage(alnum_only(clause), alnum_only(c), 2), default="")
        if coverage(alnum_only(clause), alnum_only(near), 2) < 0.7:
            continue
        if len(NEGATIONS.findall(clause)) != len(NEGATIONS.findall(near)) and _same_extent(clause, near):
            return True
        if any(_turned(clause, near, a, b) or _turned(clause, near, b, a) for a, b in OPPOSITES):
            return True
        said, held = ([f.value for f in extract_quantities(text)] for text in (clause, near))
        if said != held and sorted(said) == sorted(held):
            return True
    return False


def claims_done(statement: str, quote: str) -> bool:
    """Whether the statement says that something has been done (已经开通了) of which the quote does not say so: of what is only
    suggested a model asked 是不是已经…… says yes."""
    return bool(DONE.search(normalize(statement))) and not DONE.search(normalize(quote))


def is_spliced(clause: str, quote: str) -> bool:
    """Whether one clause is put together from pieces of different statements of the quote, which gives one's subject
    the other's predicate: of `甲补贴6元；乙免费用餐` comes `甲免费用餐`."""
    text = alnum_only(clause)
    whole = coverage(text, alnum_only(quote), 2)
    if len(text) < SPLICE_MIN or whole < 0.7:
        return False
    parts = [alnum_only(part) for part in re.split(r"[。；;！？!?\n]", normalize(quote)) if alnum_only(part)]
    return max(coverage(text, part, 2) for part in parts) < SPLICE_SHARE * whole


def is_foreign(clause: str, source: str) -> bool:
    """Whether one clause says what the source does not, in an answer whose other clauses it bears: 电梯维修有补助，……"""
    text, held = (alnum_only(normalize_quantities(words)) for words in (clause, source))
    return len(text) >= 4 and coverage(text, held, 2) < CLAUSE_HELD


def _same_extent(clause: str, near: str) -> bool:
    """Whether the statement's clause takes over the negated part: what stands around the quote's negation is in it."""
    for match in NEGATIONS.finditer(near):
        after = alnum_only(near[match.end() : match.end() + 6])[:2]
        if match[0] not in clause and after and after not in alnum_only(clause):
            return False  # the negated part was left out, not turned about
    return True


def _turned(clause: str, near: str, said: str, held: str) -> bool:
    return said in clause and said not in near and held in near and held not in clause
