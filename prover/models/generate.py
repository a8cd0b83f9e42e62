"""Models without a layout of ours, encoder-decoders among them, sampled through transformers' `generate`.

Requests and answers are those of `engine.Engine`. One request runs at a time, and shares nothing with others.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from prover.errors import RequestFault, StepwiseError
from prover.models.device import enter
from prover.models.jobs import NAN_MESSAGE
from prover.models.requests import Decode, Draft, Sampled, SamplingRequest

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class GenerateEngine:
    """One model and one worker thread. `max_new` bounds the tokens of an answer."""

    def __init__(self, model: PreTrainedModel, decode: Decode, *, max_new: int) -> None:
        self._model: Any = model
        self._decode = decode
        self._max_new = max_new
        self._max_batch = 64  # samples at a time, fewer after a shortage of memory
        self._num_pending = 0
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="generate")

    @property
    def device(self) -> torch.device:
        device: torch.device = self._model.device
        return device

    @property
    def vocab(self) -> int:
        """The number of tokens that the model chooses among."""
        return int(self._model.config.vocab_size)

    @property
    def num_pending(self) -> int:
        """Samples that were requested and not answered yet."""
        return self._num_pending

    def submit(self, request: SamplingRequest) -> Future[list[Sampled]]:
        """A future of the request's answers. It raises UsageError for a request that can't be served."""
        self._num_pending += request.num_samples
        future = self._worker.submit(self._answer, request)
        future.add_done_callback(lambda _: self._forget(request.num_samples))
        return future

    def close(self) -> None:
        """Finish the running request and cancel the others. Safe to call twice."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    @property
    def fault(self) -> None:
        """Nothing ends it: requests share nothing."""
        return None

    def wait_ready(self) -> None:
        """Return at once: nothing is compiled."""

    def _forget(self, count: int) -> None:
        self._num_pending -= count

    def _answer(self, request: SamplingRequest) -> list[Sampled]:
        try:
            return self._answers(request)
        except StepwiseError:
            raise
        except Exception as error:
            raise RequestFault(f"the model could not answer: {error!r}") from error

    @torch.inference_mode()
    def _answers(self, request: SamplingRequest) -> list[Sampled]:
        enter(self._model.device)
        sizes = self._model.config
        longest = int(getattr(sizes, "max_position_embeddings", None) or 2**20) - request.max_new_tokens
        request.refuse_unless_fits(vocab=sizes.vocab_size, max_prompt=longest, max_new=self._max_new)
        torch.manual_seed(request.seed & (2**63 - 1))
        if request.is_beam:
            return self._run(request, request.num_samples)
        answers: list[Sampled] = []
        while len(answers) < request.num_samples:
            count = min(self._max_batch, request.num_samples - len(answers))
            try:
                answers += self._run(request, count)
            except torch.OutOfMemoryError as error:
                if count == 1:
                    raise RequestFault(f"out of memory over one prompt of {len(request.prompt)} tokens") from error
                torch.cuda.empty_cache()
                self._max_batch = count // 2
        return answers

    def _run(self, request: SamplingRequest, count: int) -> list[Sampled]:
        ids = torch.tensor([request.prompt], device=self._model.device)
        options: dict[str, Any] = {"do_sample": True, "temperature": request.temperature, "top_p": request.top_p}
        if request.temperature == 0:
            options = {"do_sample": False, "num_beams": count, "length_penalty": 0.0}
        done = self._model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            num_return_sequences=count,
            max_new_tokens=request.max_new_tokens,
            eos_token_id=sorted(request.stop_ids) or None,
            pad_token_id=self._model.config.pad_token_id or 0,
            top_k=0 if options["do_sample"] else None,
            return_dict_in_generate=True,
            output_scores=True,
            output_logits=True,
            **options,
        )
        start = 1 if self._model.config.is_encoder_decoder else ids.shape[1]
        tokens = done.sequences[:, start:]
        log_probs = self._log_probs(done, tokens).tolist()
        return [self._sampled(request, row, own) for row, own in zip(tokens.tolist(), log_probs, strict=True)]

    def _log_probs(self, done: Any, tokens: Tensor) -> Tensor:
        if getattr(done, "beam_indices", None) is not None:
            scores: Tensor = self._model.compute_transition_scores(done.sequences, done.scores, done.beam_indices)
            return scores
        logits = torch.stack(done.logits, 1).float()
        return torch.log_softmax(logits, -1).gather(2, tokens[..., None])[..., 0]

    def _sampled(self, request: SamplingRequest, tokens: list[int], log_probs: list[float]) -> Sampled:
        draft = Draft([], [])
        for token, log_prob in zip(tokens, log_probs, strict=True):
            if log_prob != log_prob:
                raise RequestFault(NAN_MESSAGE)
            if draft.add(token, log_prob, request, self._decode):
                break
        return draft.finished(request, self._decode)
