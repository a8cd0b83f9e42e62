"""The options after a model's folder, `?key=value&…`. Needs no torch, so that a wrong one is refused at once."""

from __future__ import annotations

from dataclasses import dataclass

from prover.errors import UsageError


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Options of policies and critics. `bits` is 16, or 8 or 4 for packed weights; `memory` is the part of the device's
    memory that the model may fill; `threads` is for the CPU, where 0 stands for one thread for small models and
    PyTorch's own choice for others."""

    device: str | None = None
    dtype: str | None = None
    bits: int = 16
    memory: float = 1.0
    threads: int = 0

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if not 0.0 < self.memory <= 1.0:
            raise UsageError(f"memory takes a part of the device's memory, above 0 to 1, not {self.memory:g}")
        if self.threads < 0:
            raise UsageError(f"threads takes 0 or a number of threads, not {self.threads}")


@dataclass(frozen=True, slots=True)
class PolicyOptions(ModelOptions):
    """Options of a policy. `rows` are samples written at once, 0 for as many as fit; `style` None is found from the
    folder; `max_prompt` and `max_new` are tokens."""

    style: str | None = None
    rows: int = 0
    max_prompt: int = 2048
    max_new: int = 256
    top_p: float = 1.0

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        ModelOptions.__post_init__(self)
        if self.rows < 0 or self.max_prompt < 1 or self.max_new < 1:
            raise UsageError("rows, max_prompt and max_new take positive numbers (rows=0 for as many as fit)")
        if not 0.0 < self.top_p <= 1.0:
            raise UsageError(f"top_p takes a number above 0 up to 1, not {self.top_p:g}")


@dataclass(frozen=True, slots=True)
class CriticOptions(ModelOptions):
    """Options of a critic. `bos` is the number of beginning-of-text tokens; `check` 0 skips the sanity test; a value is
    sigmoid(scale · score + shift); `head` "steps" has a critic of our own rank by remaining steps."""

    bos: int = 2
    check: int = 1
    scale: float = 1.0
    shift: float = 0.0
    head: str = "value"
