"""Memory for keys and values, one slot per token, and the cache of prompt prefixes on top of it.

Slots are given out singly, so that prompts share what they have in common by reference and nothing is ever copied.
Knows nothing of what the slots hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from prover.errors import ModelError

BLOCK = 16
"""Tokens per shared block: a prefix is shared up to a multiple of this."""


class OutOfSlots(ModelError):
    """The cache is full; waiting for a running request to finish may help."""


@dataclass(slots=True)
class KeyValues:
    """Per layer one tensor of keys and one of values, [slots, kv_heads, head_dim]."""

    keys: list[Tensor]
    values: list[Tensor]

    @staticmethod
    def allocate(
        *, layers: int, slots: int, kv_heads: int, head_dim: int, dtype: torch.dtype, device: torch.device
    ) -> KeyValues:
        """Room for `slots` tokens. Zeroed, so that a slot read before it is written is finite."""

        def tensors() -> list[Tensor]:
            return [torch.zeros(slots, kv_heads, head_dim, dtype=dtype, device=device) for _ in range(layers)]

        return KeyValues(tensors(), tensors())


@dataclass(slots=True)
class _Block:
    """One shared block of a prefix: its slots, who uses it and who comes after it."""

    key: tuple[int, tuple[int, ...]]
    slots: list[int]
    parent: _Block | None
    users: int = 0
    children: int = 0
    last_used: int = 0
    id: int = 0


@dataclass(slots=True)
class Prefix:
    """A prompt's slots in order. The first `num_cached` tokens were there already and need not be computed."""

    slots: list[int]
    num_cached: int
    blocks: list[_Block] = field(default_factory=list)
    private: list[int] = field(default_factory=list)


class PrefixCache:
    """Gives prompts their slots; keeps finished prompts until the room is needed, least recently used first."""

    def __init__(self, first_slot: int, num_slots: int) -> None:
        self._free = list(range(first_slot + num_slots - 1, first_slot - 1, -1))
        self._blocks: dict[tuple[int, tuple[int, ...]], _Block] = {}
        self._clock = 0
        self._next_id = 1
        self.num_hits = 0
        self.num_tokens = 0

    @property
    def num_free(self) -> int:
        """Slots that hold nothing, not even a prompt to be found again."""
        return len(self._free)

    def open(self, tokens: Sequence[int]) -> Prefix:
        """Slots for a prompt, sharing what is cached; at least its last token is left to compute.

        A prompt opened later in the same batch shares blocks that this one only promises: a batch writes every layer's
        keys before it reads any. Raises OutOfSlots, having changed nothing but the cache's own leftovers.
        """
        self._clock += 1
        blocks = self._cached(tokens)
        for block in blocks:
            self._use(block)
        num_cached = len(blocks) * BLOCK
        try:
            fresh = self._take(len(tokens) - num_cached)
        except OutOfSlots:
            self._release(blocks)
            raise
        slots = [slot for block in blocks for slot in block.slots] + fresh
        self.num_hits += num_cached
        self.num_tokens += len(tokens)
        num_shared = self._publish(tokens, slots, blocks)
        return Prefix(slots, num_cached, blocks, slots[num_shared:])

    def close(self, prefix: Prefix) -> None:
        """Give a prompt's slots back; its shared blocks stay for later prompts."""
        self._release(prefix.blocks)
        self._free.extend(prefix.private)
        prefix.blocks, prefix.private = [], []

    def forget(self, prefixes: Sequence[Prefix]) -> None:
        """Like close, for a whole batch whose keys were never computed: what it promised must not be found again.

        All prompts opened for the batch have to be among them, since they may share promised blocks.
        """
        promised = [block for prefix in prefixes for block in prefix.blocks[prefix.num_cached // BLOCK :]]
        for prefix in prefixes:
            self.close(prefix)
        for block in reversed(promised):
            assert block.users == 0 and block.children == 0, "a promised block is in use outside its batch"
            self._drop(block)

    def _cached(self, tokens: Sequence[int]) -> list[_Block]:
        found: list[_Block] = []
        parent = 0
        for start in range(0, len(tokens) - BLOCK, BLOCK):
            block = self._blocks.get((parent, tuple(tokens[start : start + BLOCK])))
            if block is None:
                break
            found.append(block)
            parent = block.id
        return found

    def _publish(self, tokens: Sequence[int], slots: list[int], blocks: list[_Block]) -> int:
        """Make the prompt's full blocks findable; returns how many tokens they cover."""
        for start in range(len(blocks) * BLOCK, len(tokens) - len(tokens) % BLOCK, BLOCK):
            parent = blocks[-1] if blocks else None
            key = (parent.id if parent else 0, tuple(tokens[start : start + BLOCK]))
            if key in self._blocks:  # the last block of a prompt that is cached whole: computed again, kept apart
                return start
            block = _Block(key, slots[start : start + BLOCK], parent, id=self._next_id)
            self._next_id += 1
            self._blocks[key] = block
            self._use(block)
            if parent:
                parent.children += 1
            blocks.append(block)
        return len(blocks) * BLOCK

    def _use(self, block: _Block) -> None:
        block.users += 1
        block.last_used = self._clock

    def _release(self, blocks: list[_Block]) -> None:
        for block in blocks:
            block.users -= 1

    def _take(self, count: int) -> list[int]:
        if count > len(self._free):
            self._evict(count - len(self._free))
        if count > len(self._free):
            raise OutOfSlots(f"no room for {count} tokens of a prompt")
        return [self._free.pop() for _ in range(count)]

    def _evict(self, count: int) -> None:
        idle = sorted((b for b in self._blocks.values() if not b.users), key=lambda b: (b.last_used, -b.id))
        freed = 0
        for block in idle:  # later blocks of a chain have larger ids, so a chain goes from its end
            while block.users == 0 and block.children == 0 and freed < count and block.key in self._blocks:
                self._drop(block)
                freed += BLOCK
                if block.parent is None:
                    break
                block = block.parent

    def _drop(self, block: _Block) -> None:
        del self._blocks[block.key]
        self._free.extend(block.slots)
        if block.parent:
            block.parent.children -= 1
