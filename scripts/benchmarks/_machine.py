"""What the figures of models are measured with: a machine, models with random weights, and engines that run them.

Random weights cost what true ones cost. Answers never end early: every tactic has its full length.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

POLICY_7B = {
    "vocab_size": 92544,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 8192,
}
CRITIC_2B = POLICY_7B | {
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
}
POLICY_5M = {
    "vocab_size": 4096,
    "hidden_size": 256,
    "intermediate_size": 704,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 2048,
}


class Machine:
    """One machine, models with random weights for it, and what was measured on it."""

    def __init__(self, device: str, samples: int) -> None:
        import torch

        self.torch = torch
        self.device = torch.device(device)
        self.is_gpu = self.device.type == "cuda"
        self.dtype = torch.bfloat16 if self.is_gpu else torch.float32
        self.samples = samples or (32 if self.is_gpu else 8)
        self.sizes: dict[str, Any] = POLICY_7B if self.is_gpu else POLICY_5M
        self.figures: dict[str, float] = {}
        self.bandwidth = self.rate = 0.0
        torch.manual_seed(0)
        print(f"# {torch.cuda.get_device_name(self.device) if self.is_gpu else 'CPU'}, torch {torch.__version__}")

    def report(self, name: str, value: float, unit: str, limit: float | None = None, *, note: str = "") -> None:
        """One line: a figure, and what share of its limit that is."""
        self.figures[name] = value
        share = f" · limit {limit:.4g} · {100 * value / limit:.0f} %" if limit else ""
        print(f"{name:44s} {value:10.4g} {unit}{share}{' · ' + note if note else ''}", flush=True)

    def seconds(self, run: Callable[[], Any], *, repeats: int = 5, warm: int = 2) -> float:
        """Median seconds of a run."""
        times = []
        for index in range(warm + repeats):
            self.sync()
            start = time.perf_counter()
            run()
            self.sync()
            if index >= warm:
                times.append(time.perf_counter() - start)
        return statistics.median(times)

    def sync(self) -> None:
        """Wait for the device."""
        if self.is_gpu:
            self.torch.cuda.synchronize()

    def stock(self, sizes: dict[str, Any], *, reward: bool = False) -> Any:
        """A stock Llama with random weights, made on the device."""
        from transformers import LlamaConfig, LlamaForCausalLM, LlamaModel

        from prover.models.loading import make_rotary

        torch = self.torch
        config = LlamaConfig(**sizes, rms_norm_eps=1e-5, rope_parameters={"rope_type": "default", "rope_theta": 1e6})
        with torch.device("meta"):
            model: Any = (LlamaModel if reward else LlamaForCausalLM)(config)
        model = model.to(self.dtype).to_empty(device=self.device)
        make_rotary(model, self.device)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if "norm" in name:
                    parameter.fill_(1.0)
                else:
                    parameter.normal_(0.0, 1.0 if "embed" in name else parameter.shape[-1] ** -0.5)
        return model.eval().requires_grad_(False)

    def batch(self, network: Any, *, rows: int, max_new: int) -> Any:
        """An engine's batch with no text behind it."""
        from prover.models.batch import Batch
        from prover.models.memory import Capacity

        slots = 65536 if self.is_gpu else 32768
        return Batch(network, lambda ids: str(len(ids)), Capacity(rows=rows, max_new=max_new, prompt_slots=slots))

    def requests(self, count: int, *, length: int, max_new: int, seed: int = 0) -> list[Any]:
        """`count` states of `length` tokens that share their first 32, as prompts of one family do."""
        from prover.models.requests import SamplingRequest

        generator = self.torch.Generator().manual_seed(seed)
        shape = (count, length)
        prompts = self.torch.randint(3, self.sizes["vocab_size"], shape, generator=generator)
        prompts[:, :32] = self.torch.arange(3, 35)
        return [
            SamplingRequest(tuple(p), self.samples, 0.7, max_new_tokens=max_new, seed=i)
            for i, p in enumerate(prompts.tolist())
        ]

    def drive(self, batch: Any, requests: Sequence[Any]) -> tuple[float, list[list[Any]]]:
        """Seconds until every request is answered, and the answers."""
        self.sync()
        start = time.perf_counter()
        futures: list[Future[Any]] = [Future() for _ in requests]
        for request, future in zip(requests, futures, strict=True):
            batch.submit(request, future)
        while not batch.is_idle:
            batch.advance()
        seconds = time.perf_counter() - start
        answers = [future.result() for future in futures]
        assert all(len(each) == request.num_samples for each, request in zip(answers, requests, strict=True))
        return seconds, answers
