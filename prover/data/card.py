"""The card of a data set, written from its rows: what the hub reads, and what a person wants to know first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import get_type_hints

from prover.data.parquet import present
from prover.data.tables import TABLES

_PARTS = {"train": "train", "valid": "validation", "test": "test"}
_KINDS = {str: "text", int: "integer", float: "number", bool: "true or false", list[str]: "list of texts"}
_SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M", 10_000_000: "1M<n<10M"}
"""The hub's words for numbers of rows, by their upper bounds."""


def card(rows: Mapping[str, Counter[str]], licences: Counter[str], sources: Counter[str], leans: Iterable[str]) -> str:
    """The text of a data set's `README.md`: rows by table and part of the split, statements by licence and source."""
    named = sorted(licence for licence in licences if licence)
    return "\n".join(
        (
            *_front_matter(rows, named),
            "# Theorems, proofs and searches in Lean 4",
            "",
            f"Made by Stepwise from its own runs, with {', '.join(sorted(leans)) or 'no Lean'}. Every proof was",
            "accepted by a judge that compares its statement with the original and checks it with Lean's kernel.",
            "Steps that were refused, and those that ran into a limit, are there beside those that were accepted.",
            "",
            "| table | train | validation | test | a row is |",
            "| --- | --- | --- | --- | --- |",
            *(_counts(name, counts) for name, counts in rows.items()),
            "",
            "A statement is in one part of the split, with all that comes from it: in every table, under every name,",
            "whatever its variables are called, and together with its copies for another container (lists, arrays,",
            "vectors; maps and sets by hashes or trees).",
            "",
            "`stepwise dataset --check FOLDER` opens a sample of `steps` in Lean and runs them again.",
            "",
            "## Licences and sources",
            "",
            *(f"* {licence or 'not stated'}: {count} statements" for licence, count in sorted(licences.items())),
            "",
            *(f"* `{source}`: {count} statements" for source, count in sorted(sources.items())),
            "",
            *(line for name in rows for line in _columns(name)),
        )
    )


def _front_matter(rows: Mapping[str, Counter[str]], licences: list[str]) -> list[str]:
    total = sum(counts.total() for counts in rows.values())
    size = next((word for bound, word in _SIZES.items() if total < bound), "n>10M")
    lines = ["---", f"license: {licences[0].lower() if len(licences) == 1 else 'other'}"]
    lines += ["language: en", "tags: [lean4, theorem-proving]", f"size_categories: ['{size}']", "configs:"]
    for name, counts in rows.items():
        parts = [(part, word) for part, word in _PARTS.items() if counts[part]]
        lines += [f"- config_name: {name}", "  data_files:"] if parts else []
        lines += [f"  - {{split: {word}, path: {name}/{part}-*.parquet}}" for part, word in parts]
    return [*lines, "---", ""]


def _counts(name: str, counts: Counter[str]) -> str:
    what = " ".join((TABLES[name].row.__doc__ or "").split()).partition(". ")[0].rstrip(".")
    return f"| `{name}` | {' | '.join(f'{counts[part]:,}' for part in _PARTS)} | {what} |"


def _columns(name: str) -> list[str]:
    fields = get_type_hints(TABLES[name].row)
    kinds = ((field, _KINDS[present(hint)], present(hint) is not hint) for field, hint in fields.items())
    rows = [f"| `{field}` | {kind}{', or nothing' * may_lack} |" for field, kind, may_lack in kinds]
    return [f"## `{name}`", "", "| column | type |", "| --- | --- |", *rows, ""]
