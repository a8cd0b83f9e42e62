"""Files as they come back: Lean reads each as a whole.

A proof is judged without what else was open in its file. Where that has become a simp lemma or an instance, the proof
can fail beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from prover.assembly.reading import Asked
from prover.errors import LeanFault
from prover.lean.outline import AskOutline, Unread
from prover.tasks import Document, TheoremTask, fill_document
from prover.tasks.broken import Located, located
from prover.tasks.filled import Fill
from prover.tasks.scanner import mask

NOT_TOGETHER = "its new proof does not elaborate beside those of the others"

_READ_S = 120.0
"""How long Lean may take with a whole file."""


async def broken_together(document: Document, text: str, changed: Collection[int], ask: Asked) -> set[int]:
    """Which of the theorems at these offsets of the document Lean refuses in `text`, where they have other proofs: all
    of them, if only others break there that have the same text as before; none, if Lean can't read it."""
    after = await _commands(text, ask)
    if not after or not any(each.errors for each in after):
        return set()
    before = await _commands(document.text, ask)
    if len(before) != len(after):
        return set(changed) if before else set()
    pairs = list(zip(before, after, strict=True))
    own = {place for place in changed for old, new in pairs if old.start <= place < old.end and new.errors}
    is_other_broken = any(new.errors and not old.errors for old, new in pairs)
    return own or (set(changed) if is_other_broken else set())


async def not_fitting(document: Document, fills: Sequence[Fill], ask: Asked) -> list[TheoremTask]:
    """The theorems of a file whose scripts have to be left out, so that Lean accepts those of the others together, and
    beside what stays open. A theorem that is the only open one was judged in the file's own text."""
    plain, left = replace(document, newline="\n", bom=False, others=()), list[TheoremTask]()
    kept = [(task, scripts) for task, scripts in fills if any(script is not None for script in scripts)]
    while len(kept) > 1 or (kept and len(kept[0][0].document.open_spans) > 1):
        places = [task.document_hole.start for task, _ in kept]
        broken = await broken_together(plain, fill_document(plain, kept), places, ask)
        if not broken:
            break
        left += [task for task, _ in kept if task.document_hole.start in broken]
        kept = [(task, scripts) for task, scripts in kept if task.document_hole.start not in broken]
    return left


async def _commands(text: str, ask: Asked) -> list[Located]:
    """The commands of a text; none if Lean can't read it."""
    try:
        outline = await ask(AskOutline(text, _READ_S))
    except LeanFault:
        return []
    return [] if isinstance(outline, Unread) else located(outline, mask(text))[0]
