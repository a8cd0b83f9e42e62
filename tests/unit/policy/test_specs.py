"""What stands behind `--policy` and `--critic`: wrong names and options are refused before anything is loaded."""

from __future__ import annotations

import re

import pytest

from prover.errors import UsageError
from prover.policy.critics import check_critic, open_critic
from prover.policy.registry import open_policy

OUT_OF_RANGE = [
    *("memory=0", "memory=1.5", "memory=nan", "threads=-1", "threads=10000", "bits=7", "dtype=int8"),
    *("rows=-1", "rows=100000", "max_new=0", "max_prompt=0", "max_prompt=1e3", "max_prompt=99999999", "top_p=0"),
    *("top_p=1.1", "max_new=8&max_new=9", "device=cpu&device=cpu", "rows"),
]
OUT_OF_RANGE_OF_CRITICS = [
    *("bos=0", "bos=3", "check=2", "scale=0", "scale=-1", "scale=1e308", "scale=inf", "shift=nan", "shift=1e9"),
    *("head=steps", "max_new=8"),
]


@pytest.mark.parametrize("query", OUT_OF_RANGE)
async def test_options_out_of_range_or_said_twice_are_refused_by_name(query: str) -> None:
    with pytest.raises(UsageError, match=rf"^nowhere\?{re.escape(query)}: .*\b{query.partition('=')[0]}\b"):
        await open_policy(f"nowhere?{query}")


@pytest.mark.parametrize("query", OUT_OF_RANGE_OF_CRITICS)
async def test_options_of_a_critic_out_of_range_are_refused_by_name(query: str) -> None:
    with pytest.raises(UsageError, match=rf"^nowhere\?{re.escape(query)}: .*\b{query.partition('=')[0]}\b"):
        await open_critic(f"nowhere?{query}")


@pytest.mark.parametrize("spec", ["", "builtin", "openai:http://localhost/v1", "mix:a=1"])
async def test_what_is_no_critic_is_told_what_there_is(spec: str) -> None:
    with pytest.raises(UsageError, match=f"^'{spec}' is no critic: give heuristic, .*serve-critic"):
        await open_critic(spec)
    with pytest.raises(UsageError, match="is no critic"):
        check_critic(spec)
