"""What may follow a model's folder as `?key=value&…`. Needs no torch, as what is wrong is said before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from prover.errors import UsageError


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How a model is loaded, policy or critic. `bits` is 16, or 8 or 4 to pack the weights; `memory` is the part of its
    device's memory that it may fill; `threads` is for the CPU, where 0 takes one for small models, which lose more than
    they gain beside busy Lean workers."""

    device: str | None = None
    dtype: str | None = None
    bits: int = 16
    memory: float = 1.0
    threads: int = 0

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if not 0.0 < self.memory <= 1.0:
            raise UsageError(f"memory takes a part of the device's memory, above 0 to 1, not {self.memory:g}")
        if self.threads < 0:
            raise UsageError(f"threads takes 0 or a number of threads, not {self.threads}")


@dataclass(frozen=True, slots=True)
class PolicyOptions(ModelOptions):
    """Of a policy. `rows` are samples written at once, 0 for as many as fit; `style` None is found from the folder."""

    style: str | None = None
    rows: int = 0
    max_prompt: int = 2048
    max_new: int = 256
    top_p: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        ModelOptions.__post_init__(self)
        if self.rows < 0 or self.max_prompt < 1 or self.max_new < 1:
            raise UsageError("rows, max_prompt and max_new take positive numbers (rows=0 for as many as fit)")
        if not 0.0 < self.top_p <= 1.0:
            raise UsageError(f"top_p takes a number above 0 up to 1, not {self.top_p:g}")


@dataclass(frozen=True, slots=True)
class CriticOptions(ModelOptions):
    """Of a critic: `bos` beginning-of-text tokens, `check` 0 to skip the sanity test, `scale` and `shift` from raw
    scores to values, `head` "steps" for a critic of ours to rank by remaining steps."""

    bos: int = 2
    check: int = 1
    scale: float = 1.0
    shift: float = 0.0
    head: str = "value"
