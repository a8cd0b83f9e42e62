"""The columns of the table of theorems, which the report shows as Markdown and as HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from prover.run.records import TheoremRecord


class Column(NamedTuple):
    """A column behind that of the theorem's name: its text in each row, and the number to sort by if it has numbers."""

    name: str
    text: Callable[[TheoremRecord], str]
    number: Callable[[TheoremRecord], float] | None = None


COLUMNS = (
    Column("source", lambda record: record.place),
    Column("status", lambda record: record.status),
    Column("stopped by", lambda record: record.stop_reason),
    Column("seconds", lambda record: f"{record.elapsed_s:.2f}", lambda record: record.elapsed_s),
    Column("tactics tried", lambda record: str(record.tactics), lambda record: record.tactics),
    Column("expansions", lambda record: str(record.expansions), lambda record: record.expansions),
    Column("proof length", lambda record: str(record.proof_steps or ""), lambda record: record.proof_steps or 0),
)
