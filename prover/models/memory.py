"""The memory plan of a model: weights, keys and values, working memory. Arithmetic alone, in bytes.

Sizes of activations are upper bounds from the shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prover.errors import ModelError
from prover.models.network import Dimensions

_GB = 1e9
_SLACK = 0.05  # of a GPU, beside what is planned: PyTorch's fragments, the context
_CPU_PART = 0.1  # of what is free: Lean needs the rest
_FEWEST_ROWS = 8
_MOST_SPLITS = 16  # pieces of a prompt that the attention kernels keep apart
_SAMPLING_BYTES = 16  # per row and word of the vocabulary: logits, twice in float32, their sums
_NUCLEUS_BYTES = 32  # the same for a sort
_FEWEST_SLOTS = 2064


@dataclass(frozen=True, slots=True)
class Capacity:
    """The sizes of an engine: `rows` (samples written at once), tokens of an answer and of a prompt, slots for prompts'
    tokens, and tokens of prompts read at once."""

    rows: int = 256
    max_new: int = 256
    max_prompt: int = 2048
    prompt_slots: int = 32768
    prefill_tokens: int = 8192


@dataclass(frozen=True, slots=True)
class Room:
    """A device's memory in bytes, in all and free, and the part (0 to 1) of it that a model may fill.

    `weights` are the bytes that the model's weights already take there, `itemsize` those of an activation.
    """

    device: str
    total: int
    free: int
    part: float
    weights: int
    itemsize: int

    @property
    def is_gpu(self) -> bool:
        return self.device.startswith("cuda")

    @property
    def left(self) -> int:
        """Bytes that the model may still take."""
        if not self.is_gpu:
            return int(self.free * _CPU_PART * self.part)
        slack = int(self.total * self.part * _SLACK)
        return min(int(self.total * self.part) - self.weights, self.free) - slack


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """The uses of a model's part of a device: `parts` are names and bytes, beside the weights."""

    room: Room
    parts: tuple[tuple[str, int], ...]

    @property
    def num_bytes(self) -> int:
        """Bytes in all, with the weights."""
        return self.room.weights + sum(size for _, size in self.parts)

    def __str__(self) -> str:
        room = self.room
        whole = f"{room.device}: {room.part:.0%} of {room.total / _GB:.1f} GB"
        listed = ", ".join(f"{name} {size / _GB:.1f}" for name, size in (("weights", room.weights), *self.parts))
        return f"{whole} for {listed} = {self.num_bytes / _GB:.1f} GB"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The sizes that the settings ask for. `rows` 0 stands for as many as suit the device; `has_nucleus` says that
    sampling sorts the vocabulary."""

    rows: int = 0
    max_new: int = 256
    max_prompt: int = 2048
    has_nucleus: bool = False


def plan_sampling(dims: Dimensions, room: Room, wanted: Wanted) -> tuple[Capacity, MemoryPlan]:
    """The sizes of a policy's engine: the rows asked for, or as many as fit, and slots for as many tokens of prompts as
    the rows may write.

    Raises ModelError if fewer than 8 rows fit.
    """
    per_token = dims.cache_values_per_token * room.itemsize
    max_prompt = min(wanted.max_prompt, dims.max_positions - wanted.max_new)
    prefill = 8192 if room.is_gpu and room.left > 8 * _GB else 2048
    most_prompts = 65536 if room.is_gpu else 16384
    a_row = dims.vocab * (_SAMPLING_BYTES + wanted.has_nucleus * _NUCLEUS_BYTES) if room.is_gpu else 0
    a_row += dims.heads * _MOST_SPLITS * (dims.head_dim + 2) * 4 + 4 * max_prompt
    activations = _activation_bytes(dims, prefill, room.itemsize) if room.is_gpu else 0

    def prompts(rows: int) -> int:
        return max(min(rows * wanted.max_new, most_prompts), max_prompt + 16)

    def needed(rows: int) -> int:
        return activations + rows * a_row + (rows * wanted.max_new + prompts(rows)) * per_token

    rows = _most(wanted.rows or (512 if room.is_gpu else 128), lambda count: needed(count) <= room.left)
    if rows < _FEWEST_ROWS:
        raise ModelError(
            f"{max(room.left, 0) / _GB:.1f} GB are left beside the weights, and keys and values for {_FEWEST_ROWS} "
            f"answers need {needed(_FEWEST_ROWS) / _GB:.1f} GB: lower max_new, use bits=8, or another device"
        )
    slots = prompts(rows) + max(0, min(most_prompts - prompts(rows), (room.left - needed(rows)) // per_token))
    capacity = Capacity(rows, wanted.max_new, max_prompt, slots, prefill)
    parts = (
        (f"{rows} answers", rows * wanted.max_new * per_token),
        (f"{slots} tokens of prompts", slots * per_token),
        ("steps and logits", rows * a_row),
        ("reading prompts", activations),
    )
    return capacity, MemoryPlan(room, parts)


def plan_reading(dims: Dimensions, room: Room) -> tuple[int, int, MemoryPlan]:
    """A critic's slots for tokens of states, the tokens that it reads at once, and its plan. Raises ModelError if a
    single state doesn't fit."""
    per_token = dims.cache_values_per_token * room.itemsize
    most_slots, most_tokens = (131072, 32768) if room.is_gpu else (16384, 4096)
    working = _activation_bytes(dims, 1, room.itemsize) if room.is_gpu else 0
    slots = _most(most_slots, lambda count: count * per_token + min(count, most_tokens) * working <= max(room.left, 0))
    if slots < _FEWEST_SLOTS:
        needed = _FEWEST_SLOTS * (per_token + working) / _GB
        raise ModelError(
            f"{max(room.left, 0) / _GB:.1f} GB are left beside the critic's weights, and one state needs {needed:.1f} "
            "GB: give it a larger part (models.critic_memory), use bits=8, or another device"
        )
    batch = min(slots, most_tokens)
    parts = ((f"{slots} tokens of states", slots * per_token), ("reading", batch * working))
    return slots, batch, MemoryPlan(room, parts)


def _activation_bytes(dims: Dimensions, tokens: int, itemsize: int) -> int:
    """Bytes of activations for reading so many tokens: residuals, projections, keys and values of one layer."""
    attention = (2 * dims.heads + 4 * dims.kv_heads) * dims.head_dim
    return tokens * itemsize * (4 * dims.hidden + attention + 3 * dims.intermediate)


def _most(limit: int, fits: Callable[[int], bool]) -> int:
    """The largest count up to `limit` that fits, by bisection; 0 if none does."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
