"""One statement, with or without its header, in any of the usual endings, made into a text to read."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from prover.tasks.document import Document, document_of
from prover.tasks.record import Refused, TheoremTask
from prover.tasks.scanner import mask

_DECLARED = re.compile(r"\b(?:theorem|lemma|example|def|abbrev|instance|opaque|structure|inductive|class|axiom)\b")
_IMPORT = re.compile(r"^\s*(?:public\s+)?(?:meta\s+)?import\s+(?:all\s+)?(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A text whose last declaration is the theorem, and what a data set says of it; `line` is its place there."""

    document: Document
    id: str = ""
    line: int = 1
    split: str | None = None
    informal: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)

    def told(self, found: TheoremTask | Refused) -> TheoremTask | Refused:
        """The task of its theorem, or the reason against it, under the name and at the place in the data set."""
        name, source = self.id or found.id, self.document.path
        if isinstance(found, Refused):
            return replace(found, id=name, source=source, line=self.line)
        return replace(
            found,
            id=name,
            source=source,
            line=self.line,
            split=self.split,
            informal=self.informal or found.informal,
            meta=self.meta,
        )


Item: TypeAlias = Document | Statement | TheoremTask | Refused
"""A part of an input: a `.lean` file or one statement, still to be read; a theorem; or the reason why there is none."""


def text_of(statement: str, header: str = "", source: str = "") -> Document:
    """The text of a statement behind its header, unless it has imports of its own."""
    text = _complete(document_of(statement).text).lstrip("\n")
    header = "" if imports(text) else document_of(header).text.strip()
    return document_of(f"{header}\n\n{text}\n" if header else f"{text}\n", source)


@functools.lru_cache(maxsize=8)  # asked for each theorem of a file
def imports(text: str) -> frozenset[str]:
    """The modules that a text imports."""
    return frozenset(_IMPORT.findall(mask(text))) if "import" in text else frozenset()


def _complete(text: str) -> str:
    """The statement with a `sorry` for its proof, whether it ended in `:= by`, `:=` or a `sorry` already."""
    text = text.rstrip()
    code = mask(text).rstrip()
    if re.search(r":=\s*by$", code):
        return text[: len(code)] + "\n  sorry"
    if code.endswith(":="):
        return text[: len(code)] + " by\n  sorry"
    return text


def statement_from_command_line(text: str, header: str = "") -> Statement | Refused:
    """`theorem t : p := by sorry`, `theorem t : p`, or a bare proposition `∀ n : Nat, n + 0 = n`; an empty text is
    refused."""
    code = mask(text)
    if not code.strip():
        return Refused("goal", "the statement is empty", "<command line>")
    declared = list(_DECLARED.finditer(code))
    if not declared:
        text = f"theorem goal : {text.strip()}"
    last = code[declared[-1].end() :] if declared else code
    own = len(re.findall(r"\b(?:let|have|letI|haveI)\b", last))
    if last.count(":=") <= own and "sorry" not in last:
        text = f"{text.rstrip()} := by"
    return Statement(text_of(text, header, "<command line>"))
