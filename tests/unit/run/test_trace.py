"""Traces keep every tactic, and survive a kill."""

from pathlib import Path

import pytest

from prover.errors import RunFolderError
from prover.run.trace import TraceExpansion, TraceWriter, read_trace, trace_expansion
from search.base import (
    Advanced,
    Candidate,
    Crashed,
    Goal,
    LimitKind,
    LogProb,
    Outcome,
    ProofState,
    Proved,
    Rejected,
    RejectKind,
    Step,
    TimedOut,
)

STATE = ProofState(goals=(Goal(target="p", pretty="⊢ p"),), key="k0")
AFTER = ProofState(goals=(Goal(target="q", pretty="⊢ q"),), key="k1")
OUTCOMES: tuple[Outcome, ...] = (
    Advanced(AFTER, "intro h", lean_s=0.25),
    Proved("exact foo", lean_s=0.5),
    Rejected(RejectKind.ELABORATION, "unknown identifier"),
    TimedOut(LimitKind.HEARTBEATS, lean_s=1.0),
    Crashed("worker died"),
)


def expansion(index: int = 0) -> TraceExpansion:
    candidates = [Candidate(f"tactic {i}", LogProb(-float(i))) for i in range(3)]
    candidates += [Candidate("exact?", LogProb(-5.0), origin="probe"), Candidate("never", LogProb(float("-inf")))]
    return trace_expansion(
        STATE, list(zip(candidates, OUTCOMES, strict=True)), index=index, path=(Step("a"), Step("b")), at_s=1.5
    )


def test_every_outcome_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "trace" / "t.jsonl.gz"
    with TraceWriter(path, {"id": "t"}) as writer:
        writer.write(expansion())
    header, read = read_trace(path)
    assert header["id"] == "t"
    (one,) = read
    assert one == expansion()
    assert [tactic.outcome for tactic in one.tactics] == ["advanced", "proved", "rejected", "timed_out", "crashed"]
    assert one.tactics[0].children == ("k1",)
    assert one.tactics[0].text == "intro h"
    assert one.tactics[2].error == "unknown identifier"
    assert one.tactics[4].log_prob is None


def test_a_trace_cut_at_any_byte_is_read_up_to_its_last_flush(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    with TraceWriter(path, {"id": "t"}) as writer:
        for index in range(400):
            writer.write(expansion(index))
    whole = path.read_bytes()
    counts = []
    for size in range(60, len(whole) + 1, 97):
        path.write_bytes(whole[:size])
        _, read = read_trace(path)
        indices = [each.index for each in read]
        assert indices == list(range(len(indices)))
        counts.append(len(indices))
    assert counts == sorted(counts)
    assert counts[-1] > 200


@pytest.mark.parametrize("tactic", ["exact «\ud800»", "exact 𝔸 «\u2028»\x7f\x00"])
def test_whatever_text_a_model_proposes_comes_back(tmp_path: Path, tactic: str) -> None:
    path = tmp_path / "t.jsonl.gz"
    written = trace_expansion(STATE, [(Candidate(tactic, LogProb(-1e-5)), OUTCOMES[2])], index=0, path=(), at_s=0.0)
    with TraceWriter(path, {"id": "t", "seed": 2**80}) as writer:
        writer.write(written)
    header, read = read_trace(path)
    assert list(read) == [written]
    assert header["seed"] == 2**80


def test_a_second_attempt_at_a_trace_replaces_the_first(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    for _ in range(2):
        with TraceWriter(path, {"id": "t"}) as writer:
            writer.write(expansion())
    assert len(list(read_trace(path)[1])) == 1


def test_what_is_no_trace_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"not gzip")
    with pytest.raises(RunFolderError, match="not a trace"):
        read_trace(tmp_path / "x")
    with pytest.raises(RunFolderError, match="No such file"):
        read_trace(tmp_path / "missing")
