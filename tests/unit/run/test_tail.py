"""Whoever follows a run's files sees each line once, however the file grows."""

from __future__ import annotations

from pathlib import Path

from prover.run.tail import LineTail, TraceTail
from prover.run.trace import TraceWriter
from tests.fakes.traced_run import expansion, tactic


def test_a_line_is_given_once_and_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    tail = LineTail(path)
    assert tail.more() == []
    path.write_bytes(b"one\ntw")
    assert tail.more() == [b"one"]
    with path.open("ab") as stream:
        stream.write(b"o\nthree\n")
    assert tail.more() == [b"two", b"three"]
    assert tail.more() == []


def test_a_file_that_is_begun_anew_is_said_and_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"long ago\n")
    tail = LineTail(path)
    assert tail.more() == [b"long ago"]
    path.write_bytes(b"new\n")
    assert tail.more() is None
    assert tail.more() == [b"new"]


def test_a_trace_is_followed_over_its_flushes_and_over_any_cut_between_two_bytes(tmp_path: Path) -> None:
    whole = tmp_path / "whole.gz"
    now = [0.0]
    with TraceWriter(whole, {"id": "t"}, clock=lambda: now[0]) as writer:
        for index in range(6):
            now[0] += 0.7  # every second expansion is flushed
            writer.write(expansion(index, f"k{index}", "⊢ p", tactic("rejected")))
    data = whole.read_bytes()
    growing = tmp_path / "growing.gz"
    tail = TraceTail(growing)
    seen = []
    for size in range(0, len(data) + 1, 7):
        growing.write_bytes(data[:size])
        seen += [each.index for each in tail.more_expansions() or ()]
    growing.write_bytes(data)
    seen += [each.index for each in tail.more_expansions() or ()]
    assert seen == list(range(6))


def test_an_expansion_waits_a_second_at_most_for_those_who_follow_where_others_come(tmp_path: Path) -> None:
    path = tmp_path / "t.gz"
    now = [0.0]
    tail = TraceTail(path)
    with TraceWriter(path, {"id": "t"}, clock=lambda: now[0]) as writer:
        writer.write(expansion(0, "r", "⊢ p", tactic("rejected")))
        assert tail.more_expansions() == []
        now[0] = 1.0
        writer.write(expansion(1, "s", "⊢ q", tactic("rejected")))
        assert [each.index for each in tail.more_expansions() or ()] == [0, 1]


def test_what_stands_before_the_damage_of_a_trace_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.gz"
    with TraceWriter(path, {"id": "t"}) as writer:
        writer.write(expansion(0, "r", "⊢ p", tactic("rejected")))
    with path.open("ab") as stream:
        stream.write(b"no member of a trace")
    tail = TraceTail(path)
    assert [each.index for each in tail.more_expansions() or ()] == [0]
    assert tail.more_expansions() == []
