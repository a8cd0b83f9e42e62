"""A page for each theorem: statement, verdict, proof, search tree and what was tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from prover.learn.traces import load_tree
from prover.learn.tree import SearchTree, StateNode
from prover.report.html import card, page, pill, table
from prover.report.tree_files import draw_tree
from prover.run.records import RunData, TheoremRecord
from prover.run.result import Status, TheoremResult, in_words

_MOST_STATES = 60


def theorem_page(run: RunData, record: TheoremRecord) -> str:
    """The text of `theorems/NAME.html`."""
    parts = [
        '<p><a href="../report.html">← all theorems</a></p>',
        f"<h1>{escape(record.id)}</h1>",
        f'<p class="soft">{escape(record.source)}:{record.task.line if record.task else ""}</p>',
        f'<p class="status">{pill(record.status)}</p>',
        f'<p class="soft">stopped by: {escape(record.stop_reason)}</p>',
    ]
    if record.task is not None:
        parts.append(_statement(record))
    if record.final is not None:
        parts += _outcome(record, record.final)
    tree, problem = load_tree(run, record)
    if tree is not None:
        parts.append(f'<h2>Search tree</h2><div class="card">{draw_tree(tree)}</div>')
        parts.append(f"<h2>States in the order they were expanded</h2>{_states(tree)}")
    elif problem:
        parts.append(f'<p class="note">{escape(problem)}</p>')
    return page(record.id, "".join(parts))


def _statement(record: TheoremRecord) -> str:
    assert record.task is not None
    informal = f"<p>{escape(record.task.informal)}</p>" if record.task.informal else ""
    header = record.task.header
    context = f"<details><summary>context</summary><pre>{escape(header)}</pre></details>" if header else ""
    return f"<h2>Statement</h2>{informal}<pre>{escape(record.task.statement)}</pre>{context}"


def _outcome(record: TheoremRecord, result: TheoremResult) -> list[str]:
    parts: list[str] = []
    if result.error:
        parts.append(f"<h2>Message</h2><pre>{escape(result.error)}</pre>")
    if result.proof:
        title = "Disproof: a proof of the negation" if result.status is Status.DISPROVED else "Proof"
        link = f'<p><a href="../{escape(record.proof_file, quote=True)}">the file that was judged</a></p>'
        parts.append(f"<h2>{title}</h2><pre>{escape(result.proof)}</pre>{link}")
    if result.holes:
        places = [
            (f"{h.line}:{h.column}", h.goal, h.written or "", "" if h.proof else in_words(h.stop_reason))
            for h in result.holes
        ]
        shown = table(("place", "goal", "proof", "why it has none, or an unfinished one"), places)
        parts.append(f'<h2>Holes</h2><div class="card scroll">{shown}</div>')
    if result.verdict:
        rows = list(_flat(result.verdict))
        parts.append(f'<h2>Verdict</h2><div class="card scroll">{table(("", ""), rows)}</div>')
    attempts = [
        (r.attempt + 1, r.status, r.stop_reason, f"{r.elapsed_s:.2f}", f"{r.lean_s:.2f}", r.expansions, r.tactics)
        for r in record.attempts
    ]
    head = ("attempt", "status", "stopped by", "seconds", "Lean seconds", "expansions", "tactics")
    parts.append(f'<h2>Attempts</h2><div class="card scroll">{table(head, attempts, numbers=4)}</div>')
    return parts


def _flat(verdict: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The verdict's entries that aren't empty, nested ones under dotted names."""
    for name, value in verdict.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            yield f"{prefix}{name}", ", ".join(map(str, value)) or "none"
        elif value not in (None, ""):
            yield f"{prefix}{name}", value


def _states(tree: SearchTree) -> str:
    on_proof = tree.on_proof()
    expanded = sorted((n for n in tree.states.values() if n.order is not None), key=lambda node: node.order or 0)
    cards = [_state(node, is_on_proof=node.key in on_proof) for node in expanded[:_MOST_STATES]]
    rest = len(expanded) - _MOST_STATES
    note = f'<p class="note">{rest} more are in the trace.</p>' if rest > 0 else ""
    return "".join(cards) + note


def _state(node: StateNode, *, is_on_proof: bool) -> str:
    rows = (
        (
            tactic.written,
            tactic.outcome if not tactic.kind else f"{tactic.outcome} ({tactic.kind})",
            tactic.error.split("\n")[0][:160],
            "" if tactic.log_prob is None else f"{tactic.log_prob:.2f}",
            f"{1000 * tactic.lean_s:.0f}",
        )
        for tactic in node.tactics
    )
    accepted = sum(tactic.is_accepted for tactic in node.tactics)
    inner = table(("tactic", "outcome", "message", "log-prob", "ms"), rows, numbers=2)
    where = f"expansion {(node.order or 0) + 1} · {node.at_s:.2f} s · {accepted} of {len(node.tactics)} accepted"
    details = f'<details><summary>tactics</summary><div class="scroll">{inner}</div></details>'
    return card(f"{where}{' · on the proof' if is_on_proof else ''}", f"<pre>{escape(node.goals)}</pre>{details}")
