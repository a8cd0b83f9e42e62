"""The options after a model's folder, `?key=value&…`, each with the values that it takes. Needs no torch, so that a
wrong one is refused at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from prover.settings import Part, Range


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Options of all models. `bits` is 16, or 8 or 4 for packed weights; `memory` is the part of the device's memory
    that the model may fill; `threads` is for the CPU, where 0 stands for one thread for small models and PyTorch's own
    choice for others."""

    device: str | None = None
    dtype: Literal["float32", "float16", "bfloat16"] | None = None
    bits: Literal[16, 8, 4] = 16
    memory: Part = 1.0
    threads: Annotated[int, Range(0, most=1024)] = 0


@dataclass(frozen=True, slots=True)
class PolicyOptions(ModelOptions):
    """Options of a policy. `rows` are samples written at once, 0 for as many as fit; `style` None is found from the
    folder; `max_prompt` and `max_new` are tokens, None for the usual numbers (for `max_new` the style's) or what the
    model was trained for."""

    usual_prompt: ClassVar[int] = 2048
    usual_new: ClassVar[int | None] = None

    style: str | None = None
    rows: Annotated[int, Range(0, most=8192)] = 0
    max_prompt: Annotated[int, Range(1, most=1 << 20)] | None = None
    max_new: Annotated[int, Range(1, most=1 << 16)] | None = None
    top_p: Part = 1.0


@dataclass(frozen=True, slots=True)
class TrunkOptions(ModelOptions):
    """Options of a model that is read and doesn't write: `bos` is the number of beginning-of-text tokens."""

    bos: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class HeadsOptions(TrunkOptions):
    """Options of a critic of our own: `head` "steps" ranks by remaining steps."""

    head: Literal["value", "steps"] = "value"


@dataclass(frozen=True, slots=True)
class CriticOptions(TrunkOptions):
    """Options of a published critic. `check` 0 skips the sanity test; a value is sigmoid(scale · score + shift)."""

    bos: Literal[1, 2] = 2
    check: Literal[0, 1] = 1
    scale: Annotated[float, Range(0, is_above=True, most=1e6)] = 1.0
    shift: Annotated[float, Range(-1e6, most=1e6)] = 0.0


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of what has none."""
