"""Code actions: what can be done where the cursor is, by the text alone. Menus wait for the slowest server."""

from __future__ import annotations

from lsprotocol import types

from prover.lsp.buffers import Buffer
from prover.lsp.sketch import Open

COMMANDS = (
    "stepwise.suggest",
    "stepwise.prove",
    "stepwise.bestEffort",
    "stepwise.disprove",
    "stepwise.fill",
    "stepwise.stop",
)
"""Each takes the document's URI and an offset in it (code points of the text with `\\n`s)."""

_SHOWN = 8


def actions(buffer: Buffer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The actions for a theorem that is open where the cursor is, or where an error is."""
    only = params.context.only
    if only and not any(str(types.CodeActionKind.QuickFix.value).startswith(_text(kind)) for kind in only):
        return []
    start, end = buffer.offset(params.range.start), buffer.offset(params.range.end)
    theorem = buffer.sketch.at(start, end)
    if theorem is None:
        return []
    offset = next((place for place, last in theorem.places if start <= last), theorem.places[0][0])
    count, total = len(theorem.places), len(buffer.sketch.theorems)
    several = f" (all {count} of its `sorry`s)" if count > 1 else ""
    titles = {
        "stepwise.suggest": "suggest tactics here",
        "stepwise.prove": f"prove {theorem.name}{several}",
        "stepwise.bestEffort": f"prove {theorem.name} as far as possible (not judged)",
        "stepwise.disprove": f"is {theorem.name} false?",
        "stepwise.fill": f"prove all {total} open theorems of this file" if total > 1 else "",
        "stepwise.stop": f"stop working at {theorem.name}" if buffer.running_at(offset) else "",
    }
    offered = [_command(titles[name], name, buffer.uri, offset) for name in COMMANDS if titles[name]]
    return [*_uses(buffer, theorem), *offered]


def _text(kind: types.CodeActionKind | str) -> str:
    return str(kind.value) if isinstance(kind, types.CodeActionKind) else kind


def _command(title: str, name: str, uri: str, offset: int) -> types.CodeAction:
    return types.CodeAction(
        f"Stepwise: {title}",
        kind=types.CodeActionKind.QuickFix,
        command=types.Command(f"Stepwise: {title}", name, arguments=[uri, offset]),
    )


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
