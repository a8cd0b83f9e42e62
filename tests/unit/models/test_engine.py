"""The engine gives what the model means: exact log-probabilities, independent of what else is in its batch."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from prover.errors import ModelError, UsageError  # noqa: E402
from prover.models.batch import Batch  # noqa: E402
from prover.models.checkpoint import open_checkpoint  # noqa: E402
from prover.models.engine import Engine  # noqa: E402
from prover.models.loading import load_causal, place  # noqa: E402
from prover.models.memory import Capacity  # noqa: E402
from prover.models.network import Network, lay_out  # noqa: E402
from prover.models.requests import Sampled, SamplingRequest  # noqa: E402
from tests.fakes.internlm2 import (  # noqa: E402
    Weights,
    random_weights,
    reference_logits,
    tiny_config,
    write_checkpoint,
)

CONFIG = tiny_config(max_position_embeddings=256, rope_scaling=None)
STOPS = frozenset(range(3, 23))
SMALL = Capacity(rows=24, max_new=20, max_prompt=100, prompt_slots=1000)


def letters(ids: Sequence[int]) -> str:
    return "".join(chr(97 + i % 26) for i in ids)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return random_weights(CONFIG)


@pytest.fixture(scope="module")
def network(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = write_checkpoint(tmp_path_factory.mktemp("model"), CONFIG, weights)
    return lay_out(load_causal(open_checkpoint(folder), place("cpu", "float32")))


def prompt(length: int, seed: int, shared: int = 0) -> tuple[int, ...]:
    generator = torch.Generator().manual_seed(seed)
    return (*range(30, 30 + shared), *torch.randint(3, 320, (length - shared,), generator=generator).tolist())


def request(length: int = 30, seed: int = 0, shared: int = 0, **options: Any) -> SamplingRequest:
    settings: dict[str, Any] = {"num_samples": 6, "temperature": 0.7, "max_new_tokens": 12, "stop_ids": STOPS}
    return SamplingRequest(prompt(length, seed, shared), seed=seed, **(settings | options))


def run(batch: Batch, requests: Sequence[SamplingRequest], *, apart: int = 0) -> list[list[Sampled]]:
    """Answers to all, each submitted `apart` rounds after the one before."""
    futures: list[Future[list[Sampled]]] = []
    for item in requests:
        futures.append(Future())
        batch.submit(item, futures[-1])
        for _ in range(apart):
            batch.advance()
    while not batch.is_idle:
        batch.advance()
    return [future.result(timeout=0) for future in futures]


def true_log_probs(weights: Weights, item: SamplingRequest, answer: Sampled) -> Any:
    ids = torch.tensor([*item.prompt, *answer.tokens])
    scores = torch.log_softmax(reference_logits(CONFIG, weights, ids), -1)[len(item.prompt) - 1 : -1]
    return scores.gather(1, torch.tensor(answer.tokens)[:, None])[:, 0]


@pytest.mark.parametrize("options", [{}, {"top_p": 0.8}, {"temperature": 0.0}, {"temperature": 0.0, "num_samples": 1}])
def test_log_probabilities_are_the_models_own_at_temperature_one(
    network: Network, weights: Weights, options: dict[str, Any]
) -> None:
    items = [request(length, seed, shared=16, **options) for seed, length in enumerate((20, 33, 47, 48, 65))]
    for item, answers in zip(items, run(Batch(network, letters, SMALL), items, apart=2), strict=True):
        assert len(answers) == item.num_samples
        for answer in answers:
            torch.testing.assert_close(
                torch.tensor(answer.log_probs), true_log_probs(weights, item, answer), atol=2e-5, rtol=1e-5
            )


def test_answers_end_at_a_stop_token_or_at_the_limit(network: Network) -> None:
    (answers,) = run(Batch(network, letters, SMALL), [request(num_samples=24)])
    for answer in answers:
        assert not STOPS & set(answer.tokens[:-1])
        assert answer.ended == (answer.tokens[-1] in STOPS)
        assert answer.ended or len(answer.tokens) == 12
        assert answer.text == letters(answer.tokens[: len(answer.tokens) - answer.ended])
    assert {answer.ended for answer in answers} == {True, False}


def test_a_stop_string_ends_an_answer_and_is_not_part_of_it(network: Network) -> None:
    (answers,) = run(Batch(network, letters, SMALL), [request(num_samples=24, stop_ids=frozenset(), stops=("e", "q"))])
    assert any(answer.ended for answer in answers)
    for answer in answers:
        assert not {"e", "q"} & set(answer.text)
        assert answer.ended == (letters(answer.tokens)[-1] in "eq")


def test_samples_depend_on_their_own_seed_alone(network: Network) -> None:
    alone = run(Batch(network, letters, SMALL), [request(seed=3)])[0]
    crowd = [request(seed=seed, length=20 + seed, shared=16) for seed in range(3)]
    among = run(Batch(network, letters, SMALL), [*crowd, request(seed=3)], apart=1)[3]
    assert sorted(a.tokens for a in alone) == sorted(a.tokens for a in among)
    other = run(Batch(network, letters, SMALL), [SamplingRequest(**(_fields(request(seed=3)) | {"seed": 4}))])[0]
    assert sorted(a.tokens for a in alone) != sorted(a.tokens for a in other)


def _fields(item: SamplingRequest) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def test_sample_frequencies_follow_the_tempered_distribution(network: Network, weights: Weights) -> None:
    item = request(num_samples=4000, max_new_tokens=1, stop_ids=frozenset(), temperature=0.5)
    (answers,) = run(Batch(network, letters, Capacity(rows=4000, max_new=1, max_prompt=40, prompt_slots=64)), [item])
    logits = reference_logits(CONFIG, weights, torch.tensor(item.prompt))[-1]
    expected = torch.softmax(logits / 0.5, -1)
    counts = torch.zeros(320)
    for answer in answers:
        counts[answer.tokens[0]] += 1
    # The total variation of 4000 draws over a few dozen likely tokens is about 0.05; a wrong temperature gives 0.2.
    assert (counts / 4000 - expected).abs().sum().item() / 2 < 0.1


def test_top_p_keeps_only_the_likeliest_tokens(network: Network, weights: Weights) -> None:
    item = request(num_samples=500, max_new_tokens=1, top_p=0.3, temperature=1.0)
    (answers,) = run(Batch(network, letters, SMALL), [item])
    chances, order = torch.softmax(reference_logits(CONFIG, weights, torch.tensor(item.prompt))[-1], -1).sort(
        descending=True
    )
    nucleus = set(order[: int((chances.cumsum(0) < 0.3).sum()) + 1].tolist())
    assert {answer.tokens[0] for answer in answers} == nucleus


def test_beam_search_keeps_the_likeliest_at_every_step(network: Network, weights: Weights) -> None:
    item = request(num_samples=12, temperature=0.0, max_new_tokens=3, stop_ids=frozenset())
    (answers,) = run(Batch(network, letters, SMALL), [item])
    beams: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for _ in range(3):
        longer = []
        for score, tokens in beams:
            logits = reference_logits(CONFIG, weights, torch.tensor([*item.prompt, *tokens]))[-1]
            scores = torch.log_softmax(logits, -1).tolist()
            longer += [(score + more, (*tokens, token)) for token, more in enumerate(scores)]
        beams = sorted(longer, reverse=True)[:12]
    assert [answer.tokens for answer in answers] == [tokens for _, tokens in beams]
    assert [answer.log_prob for answer in answers] == pytest.approx([score for score, _ in beams], abs=1e-4)


def test_a_prompt_is_computed_once_for_all_samples_and_its_beginning_for_all_states(network: Network) -> None:
    batch = Batch(network, letters, SMALL)
    run(batch, [request(50, 1, shared=40), request(50, 2, shared=40)])
    assert batch.counters.prompt_tokens == 100
    assert batch.counters.cached_tokens == 32  # whole blocks of the 40 that are shared
    run(batch, [request(50, 1, shared=40)])
    assert batch.counters.cached_tokens == 32 + 48


def test_a_request_larger_than_the_batch_goes_in_waves(network: Network) -> None:
    (answers,) = run(Batch(network, letters, SMALL), [request(num_samples=60, max_new_tokens=2)])
    assert len(answers) == 60


def test_cancelling_frees_rows_and_slots_at_once(network: Network) -> None:
    batch = Batch(network, letters, SMALL)
    free = batch.prefixes.num_free
    future: Future[list[Sampled]] = Future()
    batch.submit(request(num_samples=20, stop_ids=frozenset()), future)
    batch.advance()
    assert batch.rows.num_free == 4
    assert future.cancel()
    batch.advance()
    assert batch.rows.num_free == 24 and batch.is_idle
    assert free - batch.prefixes.num_free == 16  # one whole block stays findable


def test_a_full_cache_forgets_the_oldest_prompts(network: Network) -> None:
    batch = Batch(network, letters, Capacity(rows=8, max_new=12, max_prompt=100, prompt_slots=150))
    for seed in range(6):
        (answers,) = run(batch, [request(60, seed)])
        assert len(answers) == 6
    run(batch, [request(60, 5)])
    assert batch.counters.cached_tokens == 48


def test_what_can_never_fit_is_refused_alone(network: Network) -> None:
    batch = Batch(network, letters, SMALL)
    future: Future[list[Sampled]] = Future()
    batch.submit(request(101), future)
    assert isinstance(future.exception(timeout=0), UsageError)
    (answers,) = run(batch, [request()])
    assert len(answers) == 6


def test_nan_is_an_error_not_a_sample(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "norm", torch.full_like(network.norm, float("nan")))
    future: Future[list[Sampled]] = Future()
    batch = Batch(network, letters, SMALL)
    batch.submit(request(), future)
    while not batch.is_idle:
        batch.advance()
    error = future.exception(timeout=0)
    assert isinstance(error, ModelError) and "NaN" in str(error)


class Stingy:
    """A network that runs out of memory over more than `most` prompt tokens or rows at a time."""

    def __init__(self, network: Network, most_tokens: int, most_rows: int) -> None:
        self._network, self._most_tokens, self._most_rows = network, most_tokens, most_rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def extend(self, packed: Any, cache: Any) -> Any:
        if len(packed.tokens) > self._most_tokens:
            raise torch.OutOfMemoryError("pretended")
        return self._network.extend(packed, cache)

    def step(self, tokens: Any, positions: Any, rows: Any) -> Any:
        if len(tokens) > self._most_rows:
            raise torch.OutOfMemoryError("pretended")
        return self._network.step(tokens, positions, rows)


def test_out_of_memory_halves_the_batch_and_goes_on(network: Network) -> None:
    stingy: Any = Stingy(network, most_tokens=70, most_rows=9)
    items = [request(30, seed) for seed in range(4)]
    answers = run(Batch(stingy, letters, SMALL), items)
    expected = run(Batch(network, letters, SMALL), items)
    assert [sorted(a.tokens for a in mine) for mine in answers] == [sorted(a.tokens for a in e) for e in expected]


def test_out_of_memory_over_one_prompt_fails_that_prompt_alone(network: Network) -> None:
    stingy: Any = Stingy(network, most_tokens=40, most_rows=100)
    batch = Batch(stingy, letters, SMALL)
    futures: list[Future[list[Sampled]]] = [Future(), Future()]
    for length, future in zip((60, 30), futures, strict=True):
        batch.submit(request(length), future)
    while not batch.is_idle:
        batch.advance()
    assert isinstance(futures[0].exception(timeout=0), ModelError)
    assert len(futures[1].result(timeout=0)) == 6


def test_beams_that_ran_out_of_memory_leave_no_false_prefix_behind(network: Network, weights: Weights) -> None:
    stingy: Any = Stingy(network, most_tokens=40, most_rows=100)
    batch = Batch(stingy, letters, SMALL)
    future: Future[list[Sampled]] = Future()
    batch.submit(request(60, temperature=0.0), future)
    while not batch.is_idle:
        batch.advance()
    assert isinstance(future.exception(timeout=0), ModelError)
    stingy._most_tokens = 1000
    item = request(60)
    for answer in run(batch, [item])[0]:
        expected = true_log_probs(weights, item, answer)
        torch.testing.assert_close(torch.tensor(answer.log_probs), expected, atol=2e-5, rtol=1e-5)
    assert batch.counters.cached_tokens == 0


@pytest.fixture
def engine(network: Network) -> Iterator[Engine]:
    engine = Engine(Batch(network, letters, SMALL))
    yield engine
    engine.close()


async def test_an_engine_serves_many_callers_and_one_may_leave(engine: Engine) -> None:
    kept = [asyncio.wrap_future(engine.submit(request(30, seed))) for seed in range(5)]
    left = asyncio.wrap_future(engine.submit(request(40, 9, num_samples=24, stop_ids=frozenset())))
    await asyncio.sleep(0)
    left.cancel()
    assert [len(answers) for answers in await asyncio.gather(*kept)] == [6] * 5
    while engine.num_pending:
        await asyncio.sleep(0.001)


async def test_a_closed_engine_says_so(network: Network) -> None:
    engine = Engine(Batch(network, letters, SMALL))
    engine.close()
    with pytest.raises(ModelError, match="closed"):
        await asyncio.wrap_future(engine.submit(request()))


def test_a_request_that_cannot_be_meant_is_refused() -> None:
    for wrong in ({"num_samples": 0}, {"temperature": -1.0}, {"top_p": 0.0}, {"max_new_tokens": 0}):
        with pytest.raises(UsageError):
            request(**wrong)


def test_small_models_of_the_family_compute_the_same() -> None:
    """Qwen2 has biases, Qwen3 norms per head, tied embeddings and its own head size."""
    from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

    sizes: dict[str, Any] = {
        "vocab_size": 100,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
    }
    torch.manual_seed(0)
    families: list[tuple[Any, Any]] = [
        (Qwen2ForCausalLM, Qwen2Config(**sizes)),
        (Qwen3ForCausalLM, Qwen3Config(**sizes, head_dim=16, tie_word_embeddings=True)),
    ]
    for kind, config in families:
        model = kind(config)
        model.train(False)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.2)
        item = SamplingRequest(tuple(range(5, 45)), 4, 1.0, max_new_tokens=10)
        (answers,) = run(Batch(lay_out(copy.deepcopy(model)), letters, SMALL), [item])
        for answer in answers:
            ids = torch.tensor([[*item.prompt, *answer.tokens]])
            with torch.inference_mode():
                scores = torch.log_softmax(model(ids).logits[0, 39:-1], -1)
            own = scores.gather(1, ids[0, 40:, None])[:, 0]
            torch.testing.assert_close(torch.tensor(answer.log_probs), own, atol=2e-5, rtol=1e-5)
