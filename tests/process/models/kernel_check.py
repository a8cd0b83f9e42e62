"""Compares every kernel, and a whole engine on kernels, with the plain forms: `python kernel_check.py cpu|cuda [all]`.

On a CPU, where Triton's interpreter takes seconds for each, some of the head shapes are compared, and the engine on
half as many rows and tokens, unless it is `all`.
"""

from __future__ import annotations

import sys
from concurrent.futures import Future
from typing import Any

import torch
from torch import Tensor

from prover.models import kernels, ops
from prover.models.attention import TritonRows, Workspace
from prover.models.batch import Batch
from prover.models.device import fits_kernels
from prover.models.kv_cache import KeyValues
from prover.models.memory import Capacity
from prover.models.network import Dense, Dimensions, Layer, Network
from prover.models.requests import Sampled, SamplingRequest
from prover.models.row_tables import RowTables

KV = 2
HEAD_SHAPES = [(4, 16), *((queries, dim) for dim in (64, 128) for queries in range(2, 9))]
"""Queries a key head, and head sizes. Sizes that are no power of two (96, 100) never reach the kernels."""


def close(found: Tensor, expected: Tensor) -> None:
    """float32 rounding apart; matrix units may round their inputs to tf32."""
    tolerance = 2e-2 if found.is_cuda else 1e-5
    torch.testing.assert_close(found, expected, atol=tolerance, rtol=tolerance)


def check_small_kernels(device: str) -> None:
    x, residual, weight = (torch.randn(*shape, device=device) for shape in ((5, 48), (5, 48), (48,)))
    close(kernels.rms_norm(x, weight, 1e-5), ops._plain_norm(x, weight, 1e-5))
    summed = residual.clone()
    close(kernels.add_rms_norm(x, summed, weight, 1e-5), ops._plain_norm(x + residual, weight, 1e-5))
    close(summed, x + residual)
    gate_up = torch.randn(3, 3000, device=device)
    gate, up = gate_up.chunk(2, -1)
    close(kernels.silu_mul(gate_up), torch.nn.functional.silu(gate) * up)


def check_attention(device: str, queries: int, dim: int) -> None:
    """Groups of different sizes and lengths, a prompt in several pieces, dead rows between; `queries` heads of `dim`
    numbers for each head of keys."""
    heads = KV * queries
    num_slots, capacity, width, longest = 2000, 12, 40, 700
    shuffled = torch.randperm(num_slots).to(device)
    keys, values = (torch.randn(num_slots, KV, dim, device=device) for _ in range(2))
    lengths, members, steps = {0: 650, 3: 17, 5: 300}, {0: [0, 2, 3, 7], 3: [1, 4], 5: [5, 6, 8]}, {0: 5, 3: 39, 5: 0}
    integers: dict[str, Any] = {"dtype": torch.int32, "device": device}
    tables = RowTables(
        suffix=shuffled[: capacity * width].view(capacity, width).int(),
        steps=torch.zeros(capacity, **integers),
        row_group=torch.full((capacity,), capacity, **integers),
        group_rows=torch.full((capacity, 4), -1, **integers),
        block_group=torch.full((capacity,), capacity, **integers),
        prefix=torch.zeros(capacity + 1, longest, **integers),
        prefix_lengths=torch.zeros(capacity + 1, **integers),
    )
    at = capacity * width
    for block, (group, length) in enumerate(lengths.items()):
        tables.prefix[group, :length] = shuffled[at : at + length].int()
        at += length
        tables.prefix_lengths[group] = length
        mine = torch.tensor(members[group], device=device)
        tables.group_rows[block, : len(mine)] = mine.int()
        tables.block_group[block] = group
        tables.row_group[mine] = group
        tables.steps[mine] = steps[group]
    slots = tables.suffix.gather(1, tables.steps[:, None].long())[:, 0].long()
    angles = torch.outer(torch.arange(32.0), torch.rand(dim // 2)).to(device)
    cos, sin = angles.cos(), angles.sin()
    qkv, positions = torch.randn(capacity, heads + 2 * KV, dim, device=device), torch.randint(0, 32, (capacity,))
    positions = positions.to(device)
    q = ops.rotate(qkv[:, :heads], cos[positions], sin[positions])
    keys[slots] = ops.rotate(qkv[:, heads : heads + KV], cos[positions], sin[positions])
    values[slots] = qkv[:, heads + KV :]
    fresh = KeyValues([torch.randn_like(keys)], [torch.randn_like(values)])
    fresh.keys[0][:], fresh.values[0][:] = keys, values
    fresh.keys[0][slots] = fresh.values[0][slots] = 0.0  # for the kernel to write
    workspace = Workspace(
        rows=capacity, heads=heads, head_dim=dim, block_rows=4, max_prompt=longest, device=torch.device(device)
    )
    for num_blocks in (8, 12):
        rotated = qkv.clone()
        kernels.rope_and_store(rotated, positions, cos, sin, fresh.keys[0], fresh.values[0], slots, heads)
        close(rotated[:, :heads], q)
        close(fresh.keys[0], keys)
        close(fresh.values[0], values)
        form = TritonRows(
            fresh, cos, sin, heads=heads, tables=tables, num_rows=capacity, num_blocks=num_blocks, workspace=workspace
        )
        common = (rotated[:, :heads], fresh.keys[0], fresh.values[0], tables, form._partial, form._stats)
        kernels.prefix_attention(*common, num_blocks=num_blocks, split_length=form._split_length)
        found = kernels.suffix_attention(*common, split_length=form._split_length)
        for group, own in members.items():
            for row in own:
                seen = torch.cat(
                    [tables.prefix[group, : lengths[group]], tables.suffix[row, : steps[group] + 1]]
                ).long()
                for head in range(heads):
                    scores = keys[seen, head // (heads // KV)] @ q[row, head] / dim**0.5
                    expected = torch.softmax(scores, 0) @ values[seen, head // (heads // KV)]
                    close(found[row, head * dim : (head + 1) * dim], expected)


def tiny_network(device: str) -> Network:
    torch.manual_seed(1)
    dims = Dimensions(64, 2, 4, 2, 16, 96, 100, 512, 1e-5)

    def dense(rows: int, columns: int) -> Dense:
        return Dense((torch.randn(rows, columns) / columns**0.5).to(device))

    layers = [
        Layer(
            torch.ones(64, device=device),
            dense(128, 64),
            dense(64, 64),
            torch.ones(64, device=device),
            dense(192, 64),
            dense(64, 96),
        )
        for _ in range(2)
    ]
    angles = torch.outer(torch.arange(512.0), 10000.0 ** -(torch.arange(0, 16, 2) / 16)).to(device)
    embed = torch.randn(100, 64).to(device)
    return Network(
        dims, embed, layers, torch.ones(64, device=device), dense(100, 64), torch.stack([angles.cos(), angles.sin()])
    )


def answers(device: str, rows: int, *, uses_graphs: bool, uses_kernels: bool) -> list[list[Sampled]]:
    """A batch in which requests join late, end early and are larger than it."""
    longest = rows // 2
    capacity = Capacity(rows=rows, max_new=longest, max_prompt=100, prompt_slots=1000)
    batch = Batch(
        tiny_network(device),
        lambda ids: str(list(ids)),
        capacity,
        uses_graphs=uses_graphs,
        uses_kernels=uses_kernels,
    )
    batch.prepare()
    futures: list[Future[list[Sampled]]] = []
    for index in range(6):
        prompt = (*range(20, 60), *range(1, 5 + 3 * index))
        beams = index == 3
        settings: dict[str, Any] = {"temperature": 0.0 if beams else 0.7, "max_new_tokens": longest, "seed": index}
        futures.append(Future())
        request = SamplingRequest(prompt, rows + 6 if index == 4 else 8, stop_ids=frozenset(range(12)), **settings)
        batch.submit(request, futures[-1])
        batch.advance()
    while not batch.is_idle:
        batch.advance()
    return [future.result() for future in futures]


def check_engine(device: str, rows: int) -> None:
    plain = answers("cpu", rows, uses_graphs=False, uses_kernels=False)
    found = answers(
        device, rows, uses_graphs=device == "cuda", uses_kernels=True
    )  # the interpreter takes the CPU's tensors
    for mine, expected in zip(found, plain, strict=True):
        if device == "cpu":
            assert sorted(a.tokens for a in mine) == sorted(a.tokens for a in expected)
        by_tokens = {a.tokens: a for a in expected}
        shared = [(a, by_tokens[a.tokens]) for a in mine if a.tokens in by_tokens]
        assert len(shared) >= len(mine) // 2  # on a GPU rounding sends a sample another way now and then
        for one, other in shared:
            close(torch.tensor(one.log_probs), torch.tensor(other.log_probs))


if __name__ == "__main__":
    torch.manual_seed(0)
    assert not fits_kernels(96) and not fits_kernels(100)
    check_small_kernels(sys.argv[1])
    is_whole = sys.argv[1] == "cuda" or "all" in sys.argv
    for queries, dim in HEAD_SHAPES if is_whole else HEAD_SHAPES[::5]:
        check_attention(sys.argv[1], queries, dim)
    check_engine(sys.argv[1], 24 if is_whole else 12)
    print("kernels agree")
