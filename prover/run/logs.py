"""Log lines with the id of the theorem they are about."""

from __future__ import annotations

import logging
import sys
from contextvars import ContextVar

theorem: ContextVar[str] = ContextVar("theorem", default="-")
"""The theorem that the current task works on; tasks that it starts inherit it."""

_FORMAT = "%(asctime)s %(name)s [%(theorem)s] %(message)s"


def configure(level: int) -> None:
    """Log to standard error at `level`, and what a model's engine warns of in any case: it says why nothing is proved.
    Does nothing if logging is configured already."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_name_theorem)
    logging.basicConfig(level=level, format=_FORMAT, handlers=[handler])
    logging.getLogger("prover.models").setLevel(min(level, logging.WARNING))


def _name_theorem(record: logging.LogRecord) -> bool:
    record.theorem = theorem.get()
    return True
