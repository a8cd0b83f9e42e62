"""Short of memory the engine holds less for a while; its answers stay what the seeds say. Beams run beside samples."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from prover.errors import UsageError  # noqa: E402
from prover.models.batch import Batch  # noqa: E402
from prover.models.network import Network  # noqa: E402
from prover.models.requests import Sampled, SamplingRequest  # noqa: E402
from prover.models.throttle import Throttle  # noqa: E402
from tests.unit.models.test_engine import (  # noqa: E402
    SMALL,
    Stingy,
    letters,
    network,  # noqa: F401 - a fixture
    request,
    run,
    weights,  # noqa: F401 - a fixture
)


def submitted(batch: Batch, item: SamplingRequest) -> Future[list[Sampled]]:
    future: Future[list[Sampled]] = Future()
    batch.submit(item, future)
    return future


def test_a_limit_halves_at_a_shortage_and_comes_back_ever_more_slowly() -> None:
    limit = Throttle(8, calm=2)
    assert (limit.halve(), limit.halve()) == (4, 2)
    rounds = []
    while limit.value < 8:
        rounds.append(limit.value)
        limit.held()
    assert rounds == [2] * 8 + [4] * 8
    assert [limit.halve() for _ in range(5)] == [4, 2, 1, 1, 1]


@pytest.mark.parametrize("most_rows", [1, 3, 9])
def test_samples_begun_again_after_a_shortage_are_the_same_in_the_same_order(
    network: Network,  # noqa: F811
    most_rows: int,
) -> None:
    stingy: Any = Stingy(network, most_tokens=1000, most_rows=most_rows)
    items = [request(30, seed, num_samples=7) for seed in range(4)]
    mine = run(Batch(stingy, letters, SMALL), items, apart=2)
    expected = run(Batch(network, letters, SMALL), items)
    assert [[answer.tokens for answer in answers] for answers in mine] == [
        [answer.tokens for answer in answers] for answers in expected
    ]


def test_rows_grow_again_after_a_shortage_that_passed(network: Network) -> None:  # noqa: F811
    stingy: Any = Stingy(network, most_tokens=1000, most_rows=4)
    batch = Batch(stingy, letters, SMALL)
    run(batch, [request(30, 0)])
    held = batch.row_limit
    assert held <= 4
    stingy._most_rows = 1000
    for seed in range(400):
        if batch.row_limit > held:
            return
        run(batch, [request(30, seed, num_samples=2)])
    pytest.fail("it still holds less")


def test_beams_take_their_steps_beside_samples_and_both_are_as_if_alone(network: Network) -> None:  # noqa: F811
    beam, sampled = request(30, 1, temperature=0.0), [request(40, seed) for seed in (2, 3)]
    alone = [run(Batch(network, letters, SMALL), [item])[0] for item in (beam, *sampled)]
    batch = Batch(network, letters, SMALL)
    together = run(batch, [beam, *sampled], apart=1)
    assert [[a.tokens for a in answers] for answers in together] == [[a.tokens for a in answers] for answers in alone]
    steps = [max(len(a.tokens) for a in answers) for answers in alone]
    assert batch.counters.steps < sum(steps)


def test_a_cancelled_beam_search_frees_its_rows_at_the_next_step(network: Network) -> None:  # noqa: F811
    batch = Batch(network, letters, SMALL)
    future = submitted(batch, request(30, 1, temperature=0.0, num_samples=12, stop_ids=frozenset()))
    batch.advance()
    batch.advance()
    assert batch.rows.num_free == SMALL.rows - 12
    future.cancel()
    batch.advance()
    assert batch.rows.num_free == SMALL.rows
    assert batch.is_idle


def test_a_beam_that_can_never_fit_is_refused_and_one_that_fits_survives_a_shortage_of_others(
    network: Network,  # noqa: F811
) -> None:
    batch = Batch(network, letters, SMALL)
    wide = submitted(batch, request(30, temperature=0.0, num_samples=SMALL.rows + 1))
    assert isinstance(wide.exception(timeout=0), UsageError)
    stingy: Any = Stingy(network, most_tokens=1000, most_rows=9)
    items = [request(30, 1, temperature=0.0, num_samples=8), request(30, 2), request(30, 3)]
    mine = run(Batch(stingy, letters, SMALL), items)
    expected = run(Batch(network, letters, SMALL), items)
    assert [[a.tokens for a in answers] for answers in mine] == [[a.tokens for a in answers] for answers in expected]
