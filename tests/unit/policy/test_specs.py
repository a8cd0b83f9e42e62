"""What stands behind `--policy` and `--critic`: wrong names and options are refused before anything is loaded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prover.errors import UsageError
from prover.policy.critics import check_critic, open_critic
from prover.policy.opened import needs_engine, with_full_paths
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


@pytest.mark.parametrize(
    ("spec", "full"),
    [
        ("models/policy", "{here}/models/policy"),
        ("./models/../models/policy?max_new=16", "{here}/models/../models/policy?max_new=16"),
        ("mix:models/policy?bits=8=0.7,builtin=0.3", "mix:{here}/models/policy?bits=8=0.7,builtin=0.3"),
        ("builtin-model", "{here}/builtin-model"),
        ("builtin?model=rules.json", "builtin?model={here}/rules.json"),
        ("rules.json?head=steps", "{here}/rules.json?head=steps"),
        ("builtin", "builtin"),
        ("builtin?colour=red", "builtin?colour=red"),
        ("heuristic", "heuristic"),
        ("owner/name@main", "owner/name@main"),
        ("nowhere/at/all?bits=8", "nowhere/at/all?bits=8"),
        ("openai:http://host:1/v1", "openai:http://host:1/v1"),
        ("http://host:1", "http://host:1"),
    ],
)
def test_what_lies_here_is_named_so_that_it_is_found_from_other_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: str, full: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("models/policy", "builtin-model", "builtin", "heuristic"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "rules.json").write_text("{}")
    named = with_full_paths(spec)
    assert named == full.format(here=tmp_path)
    assert with_full_paths(named) == named
    assert needs_engine("builtin-model"), "a folder's name may begin like that of what is no model"
