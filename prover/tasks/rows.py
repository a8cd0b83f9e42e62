"""Rows of the published data sets, whatever they call their fields, made into statements.

| data set | name | statement | header | informal |
| --- | --- | --- | --- | --- |
| DeepSeek miniF2F and ProofNet | `name` | `formal_statement` | `header` | `informal_prefix` |
| Goedel-V2 | `name` | `formal_statement`, header inside, or `lean4_code` | | `informal_prefix` |
| InternLM, LeanDojo | `full_name` | `statement` | by option | |
| ProofNet (rahul3613) | `id` | `formal_statement` | `header` | `nl_statement` |
| Lean-Workbook JSON, Parquet | in it, or `id` | `formal_statement` | below | `natural_language_statement` |
| NuminaMath-LEAN | `uuid` | `formal_statement`, header inside | | `problem` |
| PutnamBench (one file) | `name`, `problem_name` | `lean4_statement` | `lean4_header` | `informal_statement` |
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from prover.tasks.scanner import mask
from prover.tasks.statement import Statement

_NAMES = ("name", "full_name", "theorem_name", "problem_name", "problem_id", "id", "uuid")
_STATEMENTS = ("formal_statement", "statement", "lean4_statement", "theorem_statement", "lean4_code", "formal_proof")
_HEADERS = ("header", "lean4_header", "srcContext", "preamble")
_INFORMAL = (
    *("informal", "informal_prefix", "informal_statement", "informal_stmt", "nl_statement"),
    *("natural_language_statement", "problem"),
)
_IMPORT = re.compile(r"^\s*(?:public\s+)?(?:meta\s+)?import\s+(?:all\s+)?(\S+)", re.MULTILINE)
_PRELUDE = re.compile(r"^\s*prelude\b")
_PROVENANCE = ("source", "url", "commit", "file_path", "module", "difficulty")

_LEAN_WORKBOOK_HEADER = """import Mathlib
import Aesop

set_option maxHeartbeats 400000

open BigOperators Real Nat Topology Rat"""


def statement_from_row(row: object, *, source: str, line: int, default_header: str | None) -> Statement | str:
    """The statement of one row, or the reason why it has none. `line` is its place in the file, from 1."""
    if not isinstance(row, Mapping):
        return f"not an object but {type(row).__name__}"
    wrong = [key for key in (*_STATEMENTS, *_HEADERS) if not isinstance(row.get(key) or "", str)]
    if wrong:
        return f"`{wrong[0]}` is not text"
    text = _first(row, _STATEMENTS)
    if not text.strip():
        return "no statement: none of " + ", ".join(f"`{key}`" for key in _STATEMENTS)
    if "\0" in text:
        return "the statement holds a NUL character"
    meta = {key: str(row[key]) for key in _PROVENANCE if row.get(key) not in (None, "")}
    return Statement(
        text=text,
        header=_header(row, default_header),
        id=_first(row, _NAMES).strip(),
        source=source,
        line=line,
        split=_first(row, ("split",)) or None,
        informal=_first(row, _INFORMAL) or None,
        meta=meta,
    )


def _first(row: Mapping[str, object], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = row.get(key)
        if value is not None and value != "" and not isinstance(value, list | dict):
            return str(value)
    return ""


def _header(row: Mapping[str, object], default: str | None) -> str:
    if any(key in row for key in _HEADERS):
        return as_library_file(_first(row, _HEADERS))
    if default is not None:
        return default
    return _LEAN_WORKBOOK_HEADER if "natural_language_statement" in row else ""


def as_library_file(header: str) -> str:
    """A header that imports modules below `Init` and nothing else is a library file's: it gets the `prelude` it needs.

    Without it Lean adds all of `Init`, and a theorem of the library would be proved by itself.
    """
    imported = _IMPORT.findall(mask(header))
    is_library = bool(imported) and all(name.startswith("Init.") for name in imported)
    return f"prelude\n{header.lstrip()}" if is_library and not _PRELUDE.search(mask(header)) else header
