"""A model of this process, asked like one behind HTTP."""

from __future__ import annotations

from concurrent.futures import Future

from prover.ask.chat import ModelRequest
from prover.ask.local import LocalModel
from prover.models.policy import ModelPolicy
from prover.models.prompts import STYLES
from prover.models.requests import Sampled, SamplingRequest
from prover.models.tokenizer import ByteVocabulary, Tokenizer


class Parrot:
    """An engine that answers `ok`; `seen` has what it was asked."""

    num_pending = 0
    vocab = 259
    fault = None

    def __init__(self) -> None:
        self.seen: list[SamplingRequest] = []

    def submit(self, request: SamplingRequest) -> Future[list[Sampled]]:
        self.seen.append(request)
        future: Future[list[Sampled]] = Future()
        future.set_result([Sampled((111, 110, 1), (-0.1, -0.2, -0.3), "ok", True)] * request.num_samples)
        return future

    def wait_ready(self) -> None:
        pass

    def close(self) -> None:
        pass


async def test_a_local_model_answers_with_log_probabilities_and_counts_its_tokens() -> None:
    engine = Parrot()
    model = LocalModel(ModelPolicy([engine], Tokenizer(ByteVocabulary(), None, (1,)), STYLES["math-base"]))
    reply = await model.ask(ModelRequest(prompt="hi", num_answers=2, max_tokens=7, stops=("\n",), seed=3))
    assert [(answer.text, answer.log_probs) for answer in reply.answers] == [("ok", (-0.1, -0.2, -0.3))] * 2
    assert (reply.tokens_in, reply.tokens_out) == (len(engine.seen[0].prompt), 6)
    (asked,) = engine.seen
    assert (asked.max_new_tokens, asked.stops, asked.seed) == (7, ("\n",), 3)
