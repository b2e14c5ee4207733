"""Reports of a run: per-question JSONL, a summary JSON, Markdown, one HTML file with its plots inside, JUnit XML.

Figures and plots only in the HTML and the Markdown, plus what the system said to the ten questions that changed most.
"""

import html
import io
import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from eval.gate import Outcome, State, Verdict
from eval.results import Curve, Measurement, SuiteResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, slots=True)
class Header:
    """What was run on what."""

    suite: str
    commit: str
    settings: str
    options: str
    made: str  # ISO time
    seconds: float


def write_reports(out: Path, header: Header, result: SuiteResult, outcome: Outcome | None = None) -> list[Path]:
    """Write every report of the run to `out`, named by suite and commit; JUnit only for the gate."""
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{header.suite}-{header.commit}"
    files = {
        f"{stem}.jsonl": per_question(result),
        f"{stem}.json": summary(header, result, outcome),
        f"{stem}.md": markdown(header, result, outcome),
        f"{stem}.html": page(header, result, outcome),
    }
    if outcome:
        files[f"{stem}.junit.xml"] = junit(header, outcome)
    for name, text in files.items():
        (out / name).write_text(text, "utf-8")
    return [out / name for name in files]


def per_question(result: SuiteResult) -> str:
    lines = (
        json.dumps(
            {"id": one.id, "shown": one.shown, "shares": {name: list(share) for name, share in one.shares.items()}},
            ensure_ascii=False,
        )
        for one in result.scored
        if not one.held
    )
    return "".join(f"{line}\n" for line in lines)


def summary(header: Header, result: SuiteResult, outcome: Outcome | None = None) -> str:
    """Figures only: this file may be committed."""
    whole: dict[str, Any] = {
        "suite": header.suite,
        "commit": header.commit,
        "settings": header.settings,
        "options": header.options,
        "made": header.made,
        "seconds": round(header.seconds, 1),
        "machine": describe_machine(),
        "figures": {figure.name: _summed_up(figure) for figure in result.measurements},
        "not_run": {missing.name: missing.reason for missing in result.not_run},
    }
    if outcome:
        whole["red"] = outcome.red
        whole["failed"] = {verdict.measure: verdict.reason for verdict in outcome.failed}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _summed_up(figure: Measurement) -> dict[str, Any]:
    told: dict[str, Any] = {"value": round(figure.value, 4), "n": figure.count}
    return told | {"interval": [round(end, 4) for end in figure.interval]} if figure.interval else told


def describe_machine() -> str:
    """Processor, cores, memory, system: figures of speed mean nothing without them."""
    import os

    model = _line_of(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine()
    memory = _line_of(Path("/proc/meminfo"), "MemTotal")
    gib = f", {int(memory.split()[0]) / 2**20:.0f} GiB" if memory else ""
    return f"{model}, {os.cpu_count()} cores{gib}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def _line_of(path: Path, key: str) -> str:
    if not path.is_file():
        return ""
    lines = (line for line in path.read_text("utf-8").split("\n") if line.startswith(key))
    return next(lines, "").partition(":")[2].strip()


# ---- Markdown ----------------------------------------------------------------------------------------------------


def markdown(header: Header, result: SuiteResult, outcome: Outcome | None = None) -> str:
    parts = [f"# {header.suite} · {header.commit}", "", *(f"- {fact}" for fact in facts(header)), ""]
    if outcome:
        parts += [f"**{verdict_line(outcome)}**", "", *_table(verdict_rows(outcome)), ""]
        parts += [f"- {note}" for note in outcome.notes]
        parts += _markdown_changes(outcome)
    parts += _table([("measure", "value", "95% interval", "n"), *measurement_rows(result.measurements)])
    parts += [
        "",
        *(f"- not run: {m.name}: {m.reason}" for m in result.not_run),
        *(f"- {note}" for note in result.notes),
    ]
    return "\n".join(parts).rstrip() + "\n"


def facts(header: Header) -> list[str]:
    return [
        f"made {header.made}, in {header.seconds:.0f} s",
        f"settings: {header.settings}",
        f"options: {header.options}",
        f"machine: {describe_machine()}",
    ]


def verdict_line(outcome: Outcome) -> str:
    if outcome.red:
        return f"gate: RED, {len(outcome.failed)} measures: " + ", ".join(v.measure for v in outcome.failed)
    missing = sum(v.state is State.NOT_RUN for v in outcome.verdicts)
    return "gate: green" + (f", {missing} measures not run" if missing else "")


def verdict_rows(outcome: Outcome) -> list[tuple[str, ...]]:
    head = ("measure", "state", "value", "before", "95% interval of the difference", "reason")
    return [
        head,
        *(_verdict_row(v) for v in sorted(outcome.verdicts, key=lambda v: (v.state != State.FAILED, v.measure))),
    ]


def _verdict_row(v: Verdict) -> tuple[str, ...]:
    value = "" if v.value is None else f"{v.value:.4f}"
    before = f"{v.comparison.before:.4f}" if v.comparison else ""
    interval = f"[{v.comparison.low:+.4f}, {v.comparison.high:+.4f}]" if v.comparison else ""
    return v.measure, v.state.value, value, before, interval, v.reason


def measurement_rows(measurements: Iterable[Measurement]) -> list[tuple[str, ...]]:
    return [
        (f.name, f"{f.value:.4f}", f"[{f.interval.low:.4f}, {f.interval.high:.4f}]" if f.interval else "", str(f.count))
        for f in measurements
    ]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    head, *rest = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [head, "|" + "---|" * len(rows[0]), *rest]


def _markdown_changes(outcome: Outcome) -> list[str]:
    if not outcome.changes:
        return []
    lines = ["", "## Questions that changed most", ""]
    for change in outcome.changes:
        lines += [f"- `{change.id}` {change.difference:+.3f} ({', '.join(change.measures)})"]
        lines += [f"  - before: {_flat(change.before)}", f"  - after: {_flat(change.after)}"]
    return [*lines, ""]


def _flat(text: str) -> str:
    return " ".join(text.split())


def console(outcome: Outcome) -> str:
    """What the gate prints: the verdict, each measure that fell with its figures, and the questions that changed."""
    lines = [f"RED {verdict.measure}: {verdict.reason}" for verdict in outcome.failed]
    lines += [f"not run {v.measure}: {v.reason}" for v in outcome.verdicts if v.state is State.NOT_RUN]
    lines += list(outcome.notes)
    if outcome.red:
        lines += [line for line in _markdown_changes(outcome) if line]
    return "\n".join([*lines, verdict_line(outcome)])


# ---- JUnit -------------------------------------------------------------------------------------------------------


def junit(header: Header, outcome: Outcome) -> str:
    """One test case for each measure, as CI systems read it; a measure that was not run is skipped, never passed."""
    suite = ElementTree.Element(
        "testsuite",
        name=f"eval.{header.suite}",
        tests=str(len(outcome.verdicts)),
        failures=str(len(outcome.failed)),
        skipped=str(sum(v.state is State.NOT_RUN for v in outcome.verdicts)),
        time=f"{header.seconds:.1f}",
    )
    for verdict in outcome.verdicts:
        case = ElementTree.SubElement(suite, "testcase", classname=f"eval.{header.suite}", name=verdict.measure)
        if verdict.state is State.FAILED:
            ElementTree.SubElement(case, "failure", message=verdict.reason)
        elif verdict.state is State.NOT_RUN:
            ElementTree.SubElement(case, "skipped", message=verdict.reason)
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"


# ---- HTML --------------------------------------------------------------------------------------------------------

STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}
table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #ccc;padding:.2rem .6rem;text-align:left}
td{font-variant-numeric:tabular-nums}.failed{background:#fde2e2}.not{background:#f3f3f3;color:#555}
svg{max-width:100%;height:auto}pre{white-space:pre-wrap;background:#f6f6f6;padding:.5rem}"""


def page(header: Header, result: SuiteResult, outcome: Outcome | None = None) -> str:
    """One file without any outside reference: style and plots stand inside."""
    title = html.escape(f"{header.suite} · {header.commit}")
    body = [f"<h1>{title}</h1>", "<ul>", *(f"<li>{html.escape(fact)}</li>" for fact in facts(header)), "</ul>"]
    if outcome:
        body += [f"<p><strong>{html.escape(verdict_line(outcome))}</strong></p>", _html_table(verdict_rows(outcome))]
        body += [
            f"<h3>{html.escape(c.id)} {c.difference:+.3f}</h3><pre>before: {html.escape(c.before)}\n"
            f"after: {html.escape(c.after)}</pre>"
            for c in outcome.changes
        ]
    body += plots(result)
    body += [
        "<h2>Figures</h2>",
        _html_table([("measure", "value", "95% interval", "n"), *measurement_rows(result.measurements)]),
    ]
    body += [f"<p class=not>not run: {html.escape(f'{m.name}: {m.reason}')}</p>" for m in result.not_run]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        + "\n".join(body)
        + "</html>\n"
    )


def _html_table(rows: Sequence[Sequence[str]]) -> str:
    head, *rest = rows
    lines = ["<table><tr>" + "".join(f"<th>{html.escape(cell)}</th>" for cell in head) + "</tr>"]
    for row in rest:
        mark = ' class="failed"' if State.FAILED.value in row else ' class="not"' if State.NOT_RUN.value in row else ""
        lines.append(f"<tr{mark}>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>")
    return "\n".join([*lines, "</table>"])


PLOTS = {
    "risk_coverage": ("Risk and coverage of answers", "coverage: share of questions answered", "risk: share wrong"),
    "reliability": ("Reliability of the support check", "mean support", "share truly supported"),
    "latency": ("Latency", "seconds", "share of questions answered by then"),
}


def plots(result: SuiteResult) -> list[str]:
    """Inline SVG: a plot for each kind of curve, and retrieval by method."""
    drawn = []
    for kind, (title, x_label, y_label) in PLOTS.items():
        curves = [curve for curve in result.curves if curve.plot == kind]
        if curves:
            drawn.append(_curve_plot(title, x_label, y_label, curves, diagonal=kind == "reliability"))
    bars = [
        f for f in result.measurements if f.name.startswith("retrieval/") and f.name.endswith(("nDCG@10", "recall@5"))
    ]
    return [*drawn, _retrieval_plot(bars)] if bars else drawn


def _curve_plot(title: str, x_label: str, y_label: str, curves: Sequence[Curve], diagonal: bool) -> str:
    drawing, axes = _drawing()
    for curve in curves:
        axes.plot(curve.xs, curve.ys, label=curve.name, marker="o" if diagonal else None, drawstyle="default")
    if diagonal:
        axes.plot([0, 1], [0, 1], color="#999", linestyle="--", label="perfect")
    axes.set(title=title, xlabel=x_label, ylabel=y_label, ylim=(0, 1.02))
    axes.legend(fontsize=8)
    return _svg(drawing)


def _retrieval_plot(bars: Sequence[Measurement]) -> str:
    drawing, axes = _drawing()
    methods = {"dense": "#7aa6c2", "lexical": "#c2a57a", "fused": "#8a8a8a", "judged": "#3a7d44"}
    for place, (method, color) in enumerate(methods.items()):
        shift = 0.2 * place - 0.3
        own = [bar for bar in bars if f"/{method}/" in bar.name]
        axes.barh([i + shift for i in range(len(own))], [b.value for b in own], height=0.19, label=method, color=color)
    labels = [b.name.removeprefix("retrieval/").replace("/judged/", " ") for b in bars if "/judged/" in b.name]
    axes.set_yticks(range(len(labels)), labels)
    axes.set(title="Retrieval by method", xlim=(0, 1))
    axes.legend(fontsize=8)
    return _svg(drawing)


def _drawing() -> "tuple[Drawing, Axes]":
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(8, 4.5), layout="constrained")
    axes = drawing.subplots()
    axes.grid(alpha=0.3)
    return drawing, axes


def _svg(drawing: "Drawing") -> str:
    text = io.StringIO()
    drawing.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue().partition("<!DOCTYPE")[2].partition(">")[2]
