"""A fault over one request ends it alone; a fault of a step ends all, and the engine begins afresh, or says for good
what happened. Nobody waits in vain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from prover.errors import ModelError, RequestFault  # noqa: E402
from prover.models.batch import Batch  # noqa: E402
from prover.models.engine import Engine  # noqa: E402
from prover.models.generate import GenerateEngine  # noqa: E402
from prover.models.network import Network  # noqa: E402
from prover.models.policy import ModelPolicy, ModelSettings  # noqa: E402
from prover.models.prompts import STYLES  # noqa: E402
from prover.models.requests import Sampled  # noqa: E402
from tests.unit.models.test_engine import (  # noqa: E402
    SMALL,
    letters,
    network,  # noqa: F401 - a fixture
    request,
    run,
    weights,  # noqa: F401 - a fixture
)
from tests.unit.models.test_policy import BYTES, REQUEST  # noqa: E402

ANSWER_S = 60.0
_POISON = 2  # in no other prompt
POISONED = replace(request(), prompt=(*range(30, 59), _POISON))


class Faulty:
    """A network that can't read the token `_POISON`, and whose next `broken_steps` steps fail."""

    def __init__(self, network: Network) -> None:  # noqa: F811
        self._network = network
        self.broken_steps = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def extend(self, packed: Any, cache: Any) -> Any:
        if _POISON in packed.tokens.tolist():
            raise IndexError("poison")
        return self._network.extend(packed, cache)

    def step(self, tokens: Any, positions: Any, rows: Any) -> Any:
        if self.broken_steps:
            self.broken_steps -= 1
            raise RuntimeError("a kernel failed")
        return self._network.step(tokens, positions, rows)


@pytest.fixture
def faulty(network: Network) -> Any:  # noqa: F811
    return Faulty(network)


@pytest.fixture
def engine(faulty: Any) -> Iterator[Engine]:
    engine = Engine(Batch(faulty, letters, SMALL))
    yield engine
    engine.close()


def texts(answers: Sequence[Sampled]) -> list[str]:
    return [answer.text for answer in answers]


def fault_of(future: Future[list[Sampled]]) -> str:
    error = future.exception(timeout=ANSWER_S)
    assert isinstance(error, ModelError)
    return str(error)


@pytest.mark.parametrize("options", [{}, {"temperature": 0.0}])
def test_a_prompt_that_can_not_be_read_ends_alone_among_those_of_its_batch(
    network: Network,  # noqa: F811
    faulty: Any,
    options: dict[str, Any],
) -> None:
    batch = Batch(faulty, letters, SMALL)
    free = batch.prefixes.num_free
    kept = [request(30, 1, num_samples=4, shared=16), request(40, 2, num_samples=4, shared=16)]
    futures: list[Future[list[Sampled]]] = [Future() for _ in range(3)]
    for item, future in zip((kept[0], replace(POISONED, num_samples=4, **options), kept[1]), futures, strict=True):
        batch.submit(item, future)
    while not batch.is_idle:
        batch.advance()
    assert fault_of(futures[1]) == "its prompt could not be read: IndexError('poison')"
    expected = run(Batch(network, letters, SMALL), kept)
    assert [texts(future.result(timeout=0)) for future in (futures[0], futures[2])] == [texts(a) for a in expected]
    assert free - batch.prefixes.num_free == 32, "whole blocks of what was read stay findable, and nothing else"


def test_a_request_that_can_not_be_taken_in_ends_alone(network: Network) -> None:  # noqa: F811
    batch = Batch(network, letters, SMALL)
    odd: Future[list[Sampled]] = Future()
    seed: Any = "seven"
    batch.submit(replace(request(), seed=seed), odd)
    assert "could not be taken in: TypeError" in fault_of(odd)
    assert len(run(batch, [request()])[0]) == 6


@pytest.mark.parametrize("temperature", [0.7, 0.0])
def test_answers_that_can_not_be_decoded_end_their_request_alone(
    network: Network,  # noqa: F811
    temperature: float,
) -> None:
    def decode(ids: Sequence[int]) -> str:
        if len(ids) == 5:
            raise KeyError("no such piece")
        return letters(ids)

    batch = Batch(network, decode, SMALL)
    odd: Future[list[Sampled]] = Future()
    batch.submit(request(30, 1, max_new_tokens=5, stop_ids=frozenset(), temperature=temperature), odd)
    (answers,) = run(batch, [request(30, 2, max_new_tokens=4)])
    assert len(answers) == 6 and batch.is_idle and batch.rows.num_free == SMALL.rows
    assert fault_of(odd) == "its answers could not be read: KeyError('no such piece')"


def test_a_failed_step_ends_all_that_run_and_wait_and_the_next_request_is_answered_as_ever(
    engine: Engine,
    faulty: Any,
    network: Network,  # noqa: F811
) -> None:
    faulty.broken_steps = 1
    crowd = [engine.submit(request(30, seed, num_samples=20, stop_ids=frozenset())) for seed in range(4)]
    said = {fault_of(future) for future in crowd if future.exception(timeout=ANSWER_S) is not None}
    assert said == {"a step of the sampling engine failed, and it begins afresh: RuntimeError('a kernel failed')"}
    item = request(30, 1)
    assert texts(engine.submit(item).result(ANSWER_S)) == texts(run(Batch(network, letters, SMALL), [item])[0])
    assert (engine.num_pending, engine.fault) == (0, None)
    faulty.broken_steps = 1
    assert "begins afresh" in fault_of(engine.submit(request(30, 2))), "an answer lies between the two faults"
    assert len(engine.submit(item).result(ANSWER_S)) == 6


def test_an_engine_that_fails_again_at_once_ends_and_says_so_to_all(engine: Engine, faulty: Any) -> None:
    faulty.broken_steps = 2
    assert "begins afresh" in fault_of(engine.submit(request(30, 1)))
    for seed in (2, 3):
        assert fault_of(engine.submit(request(30, seed))) == (
            "the sampling engine failed for good: RuntimeError('a kernel failed')"
        )
    assert "for good" in str(engine.fault)
    with pytest.raises(ModelError, match="for good"):
        engine.wait_ready()


def test_an_engine_that_can_not_begin_afresh_ends(engine: Engine, faulty: Any) -> None:
    engine.submit(request()).result(ANSWER_S)
    faulty.allocate_cache = None
    faulty.broken_steps = 1
    assert "a kernel failed" in fault_of(engine.submit(request(30, 1)))
    assert "failed for good: TypeError" in fault_of(engine.submit(request(30, 2)))


def test_requests_that_ended_alone_do_not_end_the_engine(engine: Engine) -> None:
    for _ in range(5):
        assert "could not be read" in fault_of(engine.submit(POISONED))
    assert len(engine.submit(request()).result(ANSWER_S)) == 6


def test_a_fault_of_generate_says_what_happened() -> None:
    def broken(*_: Any, **options: Any) -> None:
        raise IndexError("poison")

    config = SimpleNamespace(vocab_size=320, pad_token_id=0)
    model: Any = SimpleNamespace(config=config, device=torch.device("cpu"), generate=broken)
    generating = GenerateEngine(model, letters, max_new=20)
    assert fault_of(generating.submit(request())) == "the model could not answer: IndexError('poison')"
    generating.close()


# ---------------------------------------------------------------------------------------------- a policy's requests


def policy_on(*engines: Engine) -> ModelPolicy:
    return ModelPolicy(engines, BYTES, STYLES["bfs-prover"], ModelSettings(80, 20))


async def test_a_state_is_asked_again_after_a_failed_step_and_its_tactics_are_those_of_a_quiet_engine(
    engine: Engine, faulty: Any
) -> None:
    policy = policy_on(engine)
    quiet = await policy.propose([REQUEST])
    faulty.broken_steps = 1
    assert await policy.propose([REQUEST]) == quiet
    assert policy.counts()["requests_asked_again"] == 1


async def test_what_an_engine_left_when_it_ended_is_answered_by_another(
    engine: Engine,
    network: Network,  # noqa: F811
    faulty: Any,
) -> None:
    other = Engine(Batch(network, letters, SMALL))
    policy = policy_on(engine, other)
    faulty.broken_steps = 1000
    for _ in range(4):  # whichever engine it would go to
        assert [len(await policy.sample(request(30, seed))) for seed in range(4)] == [6] * 4
    assert policy.fault is None
    other.close()


async def test_a_request_that_always_ends_its_engine_is_not_asked_for_ever(engine: Engine, faulty: Any) -> None:
    policy = policy_on(engine)
    faulty.broken_steps = 1000
    with pytest.raises(ModelError, match="for good"):
        await policy.propose([REQUEST])
    assert policy.fault is not None


async def test_a_request_at_fault_itself_is_not_asked_again(engine: Engine, faulty: Any) -> None:
    policy = policy_on(engine)
    with pytest.raises(RequestFault, match="poison"):
        await policy.sample(POISONED)
    assert policy.counts()["requests_asked_again"] == 0
