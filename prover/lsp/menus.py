"""Code actions: what can be done where the cursor is, by the text alone. Menus wait for the slowest server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lsprotocol import types

from prover.lsp.broken import opened_at
from prover.lsp.buffers import Buffer
from prover.lsp.sketch import Change, Finished, Open, Sketch

COMMANDS = (
    "stepwise.suggest",
    "stepwise.prove",
    "stepwise.bestEffort",
    "stepwise.disprove",
    "stepwise.watch",
    "stepwise.shorten",
    "stepwise.repair",
    "stepwise.fill",
    "stepwise.stop",
)
"""Each takes the document's URI, an offset in it (code points of the text with `\\n`s), and the change that opens a
`sorry` at an error (start, end, text; empty where there is one already)."""

_SHOWN = 8


def actions(buffer: Buffer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The actions for a theorem that is open where the cursor is, or that has an error there."""
    only = params.context.only
    if only and not any(str(types.CodeActionKind.QuickFix.value).startswith(_text(kind)) for kind in only):
        return []
    start, end = buffer.offset(params.range.start), buffer.offset(params.range.end)
    theorem = buffer.sketch.at(start, end)
    if theorem is not None:
        return [*_uses(buffer, theorem), *_offered(buffer, theorem, start)]
    finished = buffer.sketch.finished_at(start, end)
    opened = None if finished is None else _opened(buffer, finished, params.context.diagnostics)
    mending = [] if finished is None else list(_mending(buffer, finished))
    broken = None if opened is None else Sketch(buffer.sketch.source, opened).at(start, end)
    if broken is None:
        return mending
    return [*_uses(buffer, broken), *_offered(buffer, broken, start, opened), *mending]


def _mending(buffer: Buffer, theorem: Finished) -> Iterator[types.CodeAction]:
    """What can be done with a finished proof."""
    titles = {
        "stepwise.shorten": f"make the proof of {theorem.name} shorter",
        "stepwise.repair": f"repair the proof of {theorem.name}",
        "stepwise.stop": f"stop working at {theorem.name}" if buffer.running_at(theorem.start) else "",
    }
    return _commands(titles, buffer.uri, theorem.start)


def _opened(buffer: Buffer, theorem: Finished, diagnostics: Sequence[types.Diagnostic]) -> Change | None:
    """The change that opens a `sorry` at the first of Lean's errors in a theorem."""
    for each in diagnostics:
        if each.severity == types.DiagnosticSeverity.Error and each.source != "stepwise":
            error, message = buffer.offset(each.range.start), str(each.message)
            change = opened_at(buffer.sketch.source, error, message, (theorem.body, theorem.end))
            if change is not None:
                return change
    return None


def _offered(buffer: Buffer, theorem: Open, start: int, opened: Change | None = None) -> Iterator[types.CodeAction]:
    offset = next((place for place, last in theorem.places if start <= last), theorem.places[0][0])
    count, total = len(theorem.places), len(buffer.sketch.theorems)
    several = f" (all {count} of its `sorry`s)" if count > 1 else ""
    where = "here" if opened is None else "at the error"
    behind = "" if opened is None else " from the error on"
    is_at_work = bool(buffer.running_at(offset))
    titles = {
        "stepwise.suggest": f"suggest tactics {where}",
        "stepwise.prove": f"prove {theorem.name}{behind}{several}",
        "stepwise.bestEffort": f"prove {theorem.name}{behind} as far as possible (not judged)",
        "stepwise.disprove": f"is {theorem.name} false?",
        "stepwise.watch": f"watch the work at {theorem.name}"
        if is_at_work
        else f"prove {theorem.name}{behind} and watch",
        "stepwise.fill": f"prove all {total} open theorems of this file" if total > 1 else "",
        "stepwise.stop": f"stop working at {theorem.name}" if is_at_work else "",
    }
    return _commands(titles, buffer.uri, offset, opened)


def _commands(
    titles: Mapping[str, str], uri: str, offset: int, opened: Change | None = None
) -> Iterator[types.CodeAction]:
    """An action for each command that has a title."""
    change = [] if opened is None else [opened.start, opened.end, opened.text]
    for name, title in titles.items():
        if title:
            said = f"Stepwise: {title}"
            command = types.Command(said, name, arguments=[uri, offset, change])
            yield types.CodeAction(said, kind=types.CodeActionKind.QuickFix, command=command)


def _text(kind: types.CodeActionKind | str) -> str:
    return str(kind.value) if isinstance(kind, types.CodeActionKind) else kind


def _uses(buffer: Buffer, theorem: Open) -> list[types.CodeAction]:
    """One action for each tactic that was suggested in the theorem: put it in the place."""
    found = []
    for known in buffer.found:
        moved = known.anchor.moved_in(buffer.sketch.source)
        if moved is None or known.anchor.start + moved != theorem.start:
            continue
        for each in known.suggestions[:_SHOWN]:
            title = f"Stepwise: use `{each.tactic}` ({each.leaves}; not judged)"
            edit = buffer.edit([change.moved(moved) for change in each.changes])
            found.append(types.CodeAction(title, kind=types.CodeActionKind.QuickFix, edit=edit))
    return found
