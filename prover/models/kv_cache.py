"""Memory for keys and values, one slot a token, and the cache of prompt prefixes on top of it.

Prompts with a common beginning refer to the same slots; nothing is copied. Blocks are found by content, as in vLLM's
prefix caching (Kwon et al., PagedAttention, 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from prover.errors import ModelError

BLOCK = 16
"""Tokens in a shared block. A prefix is shared up to a multiple of it."""


class OutOfSlots(ModelError):
    """The cache is full; waiting for a running request to finish may help."""


@dataclass(slots=True)
class KeyValues:
    """For each layer a tensor of keys and one of values, both [slots, kv_heads, head_dim]."""

    keys: list[Tensor]
    values: list[Tensor]

    @staticmethod
    def allocate(
        *, layers: int, slots: int, kv_heads: int, head_dim: int, dtype: torch.dtype, device: torch.device
    ) -> KeyValues:
        """Memory for `slots` tokens, zeroed: a masked slot that was never written must not hold NaN."""

        def tensors() -> list[Tensor]:
            return [torch.zeros(slots, kv_heads, head_dim, dtype=dtype, device=device) for _ in range(layers)]

        return KeyValues(tensors(), tensors())


@dataclass(slots=True)
class _Block:
    """A shared block of a prefix: its slots, the number of prompts that use it, and the number of blocks behind it."""

    key: tuple[int, tuple[int, ...]]
    slots: list[int]
    parent: _Block | None
    users: int = 0
    children: int = 0
    last_used: int = 0
    id: int = 0


@dataclass(slots=True)
class Prefix:
    """A prompt's slots in order. The keys and values of its first `num_cached` tokens are computed already."""

    slots: list[int]
    num_cached: int
    blocks: list[_Block] = field(default_factory=list)
    private: list[int] = field(default_factory=list)


class PrefixCache:
    """Assigns slots to prompts. Blocks of closed prompts stay until their slots are needed; the least recently used go
    first."""

    def __init__(self, first_slot: int, num_slots: int) -> None:
        self._free = list(range(first_slot + num_slots - 1, first_slot - 1, -1))
        self._blocks: dict[tuple[int, tuple[int, ...]], _Block] = {}
        self._clock = 0
        self._next_id = 1

    @property
    def num_free(self) -> int:
        """The number of slots that hold nothing, not even a block of a closed prompt."""
        return len(self._free)

    def open(self, tokens: Sequence[int]) -> Prefix:
        """Slots for a prompt, shared where its beginning is cached. Its last token is always left to compute.

        Prompts of one batch share blocks that are still to be computed: in each layer a batch writes all keys before
        it reads any. Raises OutOfSlots; blocks of closed prompts may be gone then.
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
        num_shared = self._publish(tokens, slots, blocks)
        return Prefix(slots, num_cached, blocks, slots[num_shared:])

    def close(self, prefix: Prefix) -> None:
        """Give a prompt's slots back. Its shared blocks stay for later prompts."""
        self._release(prefix.blocks)
        self._free.extend(prefix.private)
        prefix.blocks, prefix.private = [], []

    def forget(self, prefixes: Sequence[Prefix]) -> None:
        """Close the prompts of a batch whose keys were never computed, and drop the blocks that it published.

        The list has to be the whole batch, since its prompts may share these blocks.
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
        """Publish the prompt's full blocks. Returns how many of its tokens are in shared blocks."""
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
