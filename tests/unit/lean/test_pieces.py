"""Calls are cut by what they may cost, and none is lost or turned round."""

from __future__ import annotations

import pytest

from prover.lean.pieces import Pieces
from search.base import TacticCall, TacticLimits


def calls(*wall_s: float) -> list[TacticCall]:
    return [TacticCall(f"t{index}", TacticLimits(wall_s=limit)) for index, limit in enumerate(wall_s)]


@pytest.mark.parametrize(
    ("limits", "sizes"),
    [
        ((), []),
        ((1.0,) * 20, [8, 8, 4]),
        ((1.0, 1.0, 4.0, 1.0, 1.0), [3, 2]),  # nothing waits behind one that may take long
        ((4.0, 6.0, 1.0), [1, 1, 1]),
        ((5.0,) * 10, [8, 2]),  # the usual limit of the run says nothing about a tactic
    ],
)
def test_a_handful_is_eight_calls_and_ends_with_one_that_may_take_long(
    limits: tuple[float, ...], sizes: list[int]
) -> None:
    handfuls = list(Pieces().handfuls(calls(*limits)))
    assert [len(handful) for handful in handfuls] == sizes
    assert [call for handful in handfuls for call in handful] == calls(*limits)


def test_a_request_is_as_many_calls_as_take_its_time() -> None:
    twenty = calls(*[1.0] * 20)
    assert [len(request) for request in Pieces(request_s=0.2).requests(twenty, 0.025)] == [8, 8, 4]
    assert [len(request) for request in Pieces(request_s=0.2).requests(twenty, 10.0)] == [1] * 20
    assert len(Pieces(request_s=3.0).requests(calls(*[1.0] * 70), 1e-6)) == 3


def test_many_workers_are_sent_longer_pieces() -> None:
    assert Pieces.over_network(2, 300.0) == Pieces()
    many = Pieces.over_network(900, 300.0)
    assert (many.request_s, many.handful) == (3.0, 32)
