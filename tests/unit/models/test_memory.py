"""What fits on cards of 24, 48, 80 and 141 GB: arithmetic, with the published models' sizes."""

from __future__ import annotations

import itertools

import pytest

pytest.importorskip("torch", reason="the models extra is not installed")

from prover.errors import ModelError
from prover.models.captured import rounded, step_sizes
from prover.models.device import fits_kernels, rows_a_block
from prover.models.memory import Room, Wanted, plan_reading, plan_sampling
from prover.models.network import Dimensions

GB = 10**9
POLICY = Dimensions(4096, 32, 32, 8, 128, 14336, 92544, 8192, 1e-5)
CRITIC = Dimensions(2048, 24, 16, 8, 128, 8192, 92544, 4096, 1e-5)


def room(total_gb: float, part: float, weights_gb: float, *, taken_gb: float = 0.6) -> Room:
    free = int((total_gb - weights_gb - taken_gb) * GB)
    return Room("cuda:0", int(total_gb * GB), free, part, int(weights_gb * GB), 2)


@pytest.mark.parametrize(
    ("total_gb", "rows", "prompt_slots"), [(24, 8, 2064), (48, 200, 30000), (80, 512, 65536), (141, 512, 65536)]
)
def test_policy_and_critic_share_one_card_without_overrunning_it(total_gb: int, rows: int, prompt_slots: int) -> None:
    capacity, policy = plan_sampling(POLICY, room(total_gb, 0.75, 15.5), Wanted())
    slots, batch_tokens, critic = plan_reading(CRITIC, room(total_gb, 0.25, 3.8, taken_gb=0.6 + policy.num_bytes / GB))
    assert policy.num_bytes <= 0.75 * total_gb * GB
    assert critic.num_bytes <= 0.25 * total_gb * GB
    assert policy.num_bytes + critic.num_bytes + 0.6 * GB <= total_gb * GB
    assert capacity.rows >= rows
    assert capacity.prompt_slots >= prompt_slots
    assert slots >= batch_tokens >= 2064
    assert f"{total_gb}.0 GB for weights 15.5, {capacity.rows} answers" in str(policy)


def test_a_larger_card_never_holds_less() -> None:
    held = [plan_sampling(POLICY, room(gb, 0.75, 15.5), Wanted())[0] for gb in range(24, 145, 3)]
    for smaller, larger in itertools.pairwise(held):
        assert larger.rows >= smaller.rows
        assert larger.rows * 256 + larger.prompt_slots >= smaller.rows * 256 + smaller.prompt_slots - 65536


def test_what_others_took_of_a_card_is_not_planned_with() -> None:
    roomy = plan_sampling(POLICY, room(80, 1.0, 15.5), Wanted())[0]
    crowded = plan_sampling(POLICY, room(80, 1.0, 15.5, taken_gb=50), Wanted())[0]
    assert crowded.rows < roomy.rows


def test_what_cannot_fit_says_what_would_help() -> None:
    with pytest.raises(ModelError, match="keys and values for 8 answers need"):
        plan_sampling(POLICY, room(17, 1.0, 15.5), Wanted())
    with pytest.raises(ModelError, match=r"models\.critic_memory"):
        plan_reading(CRITIC, room(17, 0.25, 3.8))


def test_on_the_cpu_most_memory_is_left_to_lean() -> None:
    here = Room("cpu", 64 * GB, 60 * GB, 1.0, 15 * GB, 2)
    capacity, plan = plan_sampling(POLICY, here, Wanted())
    assert capacity.rows >= 64 and capacity.max_prompt == 2048
    assert plan.num_bytes - plan.room.weights <= 6 * GB


@pytest.mark.parametrize(("per", "rows"), [(1, 32), (2, 32), (4, 32), (5, 25), (7, 18), (8, 16)])
def test_a_block_takes_as_many_rows_as_its_sums_fit_into_registers(per: int, rows: int) -> None:
    assert rows_a_block(per * 4, 4, 128) == rows
    assert rows_a_block(per * 4, 4, 128) * per * 128 <= 16384


def test_heads_that_the_kernels_do_not_fit_go_to_the_plain_form() -> None:
    assert [dim for dim in (8, 16, 64, 80, 96, 100, 128, 256, 512) if fits_kernels(dim)] == [16, 64, 128, 256]


@pytest.mark.parametrize(("capacity", "block_rows"), [(5, 32), (48, 18), (130, 32)])
def test_every_step_that_can_come_is_captured_beforehand_the_largest_first(capacity: int, block_rows: int) -> None:
    sizes = step_sizes(capacity, block_rows)
    assert sizes[0][0] == capacity
    assert len(sizes) < 80
    for rows in range(1, capacity + 1):
        for blocks in range(-(-rows // block_rows), rows + 1):
            assert rounded(rows, blocks, capacity) in sizes
