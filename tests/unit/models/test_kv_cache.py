"""Slots are never lost, never given twice, and a prefix is found only where its keys were computed."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("torch", reason="the models extra is not installed")

from prover.models.kv_cache import BLOCK, OutOfSlots, Prefix, PrefixCache


def test_prompts_share_whole_blocks_and_leave_their_last_token_to_compute() -> None:
    cache = PrefixCache(100, 200)
    one = cache.open(range(40))
    two = cache.open([*range(35), 1, 2])
    same = cache.open(range(32))
    assert (one.num_cached, two.num_cached, same.num_cached) == (0, 32, 16)
    assert one.slots[:32] == two.slots[:32] and one.slots[:16] == same.slots[:16]
    assert len({*one.slots, *two.slots, *same.slots}) == 40 + 5 + 16


def test_a_batch_that_was_never_computed_is_not_found_again() -> None:
    """One prompt's promised blocks are another's cached ones: forgetting them one by one once left some behind."""
    cache = PrefixCache(0, 200)
    free = cache.num_free
    cache.forget([cache.open(range(40)), cache.open([*range(35), 1, 2]), cache.open(range(40))])
    assert cache.num_free == free
    assert cache.open(range(40)).num_cached == 0


def test_what_was_computed_before_a_failed_batch_stays() -> None:
    cache = PrefixCache(0, 200)
    cache.close(cache.open(range(40)))
    cache.forget([cache.open(range(60)), cache.open(range(70))])
    assert cache.open(range(60)).num_cached == 32


@pytest.mark.parametrize("seed", range(5))
def test_no_slot_is_lost_or_given_twice(seed: int) -> None:
    rng = random.Random(seed)
    cache, size = PrefixCache(7, 300), 300
    held: list[tuple[list[int], Prefix]] = []
    contents: dict[int, tuple[int, ...]] = {}
    for _ in range(400):
        if held and rng.random() < 0.5:
            cache.close(held.pop(rng.randrange(len(held)))[1])
            continue
        tokens = (
            [rng.randrange(2)] * 16 + [rng.randrange(2)] * 16 + [rng.randrange(3) for _ in range(rng.randrange(1, 30))]
        )
        try:
            prefix = cache.open(tokens)
        except OutOfSlots:
            continue
        for at, slot in enumerate(prefix.slots):
            history = tuple(tokens[: at + 1])
            if at < prefix.num_cached:
                assert contents[slot] == history  # the slot holds exactly this token after exactly this beginning
            contents[slot] = history
        for other_tokens, other in held:
            for at, slot in enumerate(other.slots):
                assert contents[slot] == tuple(other_tokens[: at + 1])
        held.append((tokens, prefix))
        assert all(7 <= slot < 7 + size for slot in prefix.slots)
    for _, prefix in held:
        cache.close(prefix)
    big = cache.open(range(1000, 1000 + size - BLOCK))  # everything can be had again
    assert len(set(big.slots)) == size - BLOCK
