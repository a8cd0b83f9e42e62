"""One statement, with or without its header, in any of the usual endings, made into a task."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from prover.tasks.commands import DECLARATIONS, split_commands
from prover.tasks.lean_file import document_of, fill_answers, task_of
from prover.tasks.record import Refused, TheoremTask
from prover.tasks.scanner import LineIndex, mask

_PROVABLE = frozenset(("theorem", "lemma", "example", "def", "abbrev", "instance", "opaque"))


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as a data set has it, before its text is read."""

    text: str
    header: str = ""
    id: str = ""
    source: str = ""
    line: int = 1
    split: str | None = None
    informal: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)


def _complete(text: str) -> str:
    """The statement with a `sorry` for its proof, whether it ended in `:= by`, `:=` or a `sorry` already."""
    text = text.rstrip()
    code = mask(text).rstrip()
    if re.search(r":=\s*by$", code):
        return text[: len(code)] + "\n  sorry"
    if code.endswith(":="):
        return text[: len(code)] + " by\n  sorry"
    return text


def task_from_statement(statement: Statement) -> TheoremTask | Refused:
    """The task of a record. Its theorem is the last declaration; what comes before is header."""
    refused = Refused(statement.id, "", statement.source, statement.line)
    if any(0xD800 <= ord(char) < 0xE000 for part in (statement.text, statement.header, statement.id) for char in part):
        return replace(refused, id="", reason="not valid Unicode: a lone surrogate")
    header, text = statement.header.strip(), _complete(document_of(statement.text).text).lstrip("\n")
    if re.search(r"^\s*(?:public\s+)?import\b", mask(text), re.MULTILINE):
        header = ""  # the statement brings its own
    text = fill_answers(f"{header}\n\n{text}\n" if header else f"{text}\n")
    declarations = [command for command in split_commands(text) if command.keyword in DECLARATIONS]
    if not declarations:
        return replace(refused, reason="no declaration in the statement")
    last = declarations[-1]
    if last.keyword not in _PROVABLE:
        return replace(refused, id=refused.id or last.full_name, reason=f"its last declaration is a `{last.keyword}`")
    if last.value is not None and not last.holes and not last.statement_holes:
        return replace(refused, id=refused.id or last.full_name, reason="nothing to prove: it holds no `sorry`")
    document = replace(document_of(text), path=statement.source)
    task = task_of(document, last, LineIndex(text))
    if isinstance(task, Refused):
        return replace(task, id=statement.id or task.id, source=statement.source, line=statement.line)
    return replace(
        task,
        id=statement.id or task.id,
        line=statement.line,
        split=statement.split,
        informal=statement.informal or task.informal,
        meta=statement.meta,
    )


def statement_from_command_line(text: str) -> Statement:
    """`theorem t : p := by sorry`, `theorem t : p`, or a bare proposition `∀ n : Nat, n + 0 = n`."""
    source = "<command line>"
    commands = split_commands(_complete(text))
    declared = [command for command in commands if command.keyword in DECLARATIONS]
    if not declared:
        text = f"theorem goal : {text.strip()} := by"
    elif declared[-1].value is None and declared[-1].keyword in _PROVABLE:
        text = f"{text.rstrip()} := by"
    return Statement(text=text, source=source)
