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

from prover.tasks.record import Refused
from prover.tasks.scanner import mask
from prover.tasks.statement import Statement, imports, text_of

_NAMES = ("name", "full_name", "theorem_name", "problem_name", "problem_id", "id", "uuid")
_STATEMENTS = ("formal_statement", "statement", "lean4_statement", "theorem_statement", "lean4_code", "formal_proof")
_HEADERS = ("header", "lean4_header", "srcContext", "preamble")
_INFORMAL = (
    *("informal", "informal_prefix", "informal_statement", "informal_stmt", "nl_statement"),
    *("natural_language_statement", "problem"),
)
_PRELUDE = re.compile(r"^\s*prelude\b")
_PROVENANCE = ("source", "url", "commit", "file_path", "module", "difficulty", "licence")

LEAN_WORKBOOK_HEADER = """import Mathlib
import Aesop

set_option maxHeartbeats 400000

open BigOperators Real Nat Topology Rat"""


def statement_from_row(row: object, *, source: str, line: int, default_header: str | None) -> Statement | Refused:
    """The statement of one row, or the reason why it has none. `line` is its place in the file, from 1."""
    reason = _reason_against(row)
    if reason or not isinstance(row, Mapping):
        return Refused("", reason, source, line)
    return Statement(
        document=text_of(_first(row, _STATEMENTS), _header(row, default_header), source),
        id=_first(row, _NAMES).strip(),
        line=line,
        split=_first(row, ("split",)) or None,
        informal=_first(row, _INFORMAL) or None,
        meta={key: str(row[key]) for key in _PROVENANCE if not _is_missing(row.get(key))},
    )


def _reason_against(row: object) -> str:
    if not isinstance(row, Mapping):
        return f"not an object but {type(row).__name__}"
    texts = {key: row[key] for key in (*_STATEMENTS, *_HEADERS) if not _is_missing(row.get(key))}
    wrong = next((key for key, value in texts.items() if not isinstance(value, str)), None)
    if wrong is not None:
        return f"`{wrong}` is not text"
    text = _first(row, _STATEMENTS)
    if not text.strip():
        return "no statement: none of " + ", ".join(f"`{key}`" for key in _STATEMENTS)
    if "\0" in text or "\0" in _first(row, _HEADERS):
        return "the statement holds a NUL character"
    everything = (*texts.values(), _first(row, _NAMES))
    if any(0xD800 <= ord(char) < 0xE000 for part in everything for char in part):
        return "not valid Unicode: a lone surrogate"
    return ""


def _is_missing(value: object) -> bool:
    """Null, the empty text, and NaN, which is how tables write a missing value."""
    return value is None or value == "" or value != value


def _first(row: Mapping[str, object], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = row.get(key)
        if not _is_missing(value) and not isinstance(value, list | dict):
            return str(value)
    return ""


def _header(row: Mapping[str, object], default: str | None) -> str:
    if any(key in row for key in _HEADERS):
        return as_library_file(_first(row, _HEADERS))
    if default is not None:
        return default
    return LEAN_WORKBOOK_HEADER if "natural_language_statement" in row else ""


def as_library_file(header: str) -> str:
    """A header that imports modules below `Init` and nothing else is a library file's: it gets the `prelude` it needs.

    Without it Lean adds all of `Init`, and a theorem of the library would be proved by itself.
    """
    imported = imports(header)
    is_library = bool(imported) and all(name.startswith("Init.") for name in imported)
    return f"prelude\n{header.lstrip()}" if is_library and not _PRELUDE.search(mask(header)) else header
