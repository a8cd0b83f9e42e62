"""Figures of the sampling engine and the critic, each beside its computed limit.

    scripts/bench models                         a 5-million-parameter model on the CPU
    scripts/bench models --device cuda           the true sizes (7B policy, 1.8B critic) with random weights on a GPU

Random weights cost what true ones cost. Answers never end early: every tactic has its full length.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from scripts.benchmarks import _provenance as provenance
from scripts.benchmarks._machine import CRITIC_2B, POLICY_5M, Machine


def main(argv: Sequence[str]) -> int:
    """Print the figures; write them as JSON where asked."""
    parser = argparse.ArgumentParser(prog="scripts/bench models", description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--parts", default="limits,check,baseline,policy,critic", help="which figures, by comma")
    parser.add_argument("--samples", type=int, default=0, help="samples per state (0: 8 on the CPU, 32 on a GPU)")
    parser.add_argument("--threads", type=int, default=0, help="on the CPU (0: as many as PyTorch takes)")
    parser.add_argument("--float8", action="store_true", help="measure 8-bit weights too")
    parser.add_argument("--json", type=Path, help="write the figures there")
    args = parser.parse_args(argv)
    print(provenance.heading("models", seed=0))
    bench = Bench(args.device, args.samples)
    if args.threads:
        bench.torch.set_num_threads(args.threads)
    for part in args.parts.split(","):
        getattr(bench, part)(args)
    if args.json:
        args.json.write_text(json.dumps(bench.figures, indent=1))
    return 0


class Bench(Machine):
    """The figures, a method each; the first gives the machine's limits to the others."""

    def limits(self, _: argparse.Namespace) -> None:
        """What the machine can do: bytes copied per second (read and written) and matrix operations per second."""
        torch = self.torch
        size = 2**31 if self.is_gpu else 2**27
        source = torch.ones(size, dtype=torch.uint8, device=self.device)
        target = torch.empty_like(source)
        self.bandwidth = 2 * size / self.seconds(lambda: target.copy_(source))
        n = 8192 if self.is_gpu else 2048
        a, b = (torch.randn(n, n, device=self.device, dtype=self.dtype) for _ in range(2))
        self.rate = 2 * n**3 / self.seconds(lambda: a @ b)
        self.report("copy bandwidth", self.bandwidth / 1e9, "GB/s")
        self.report(f"matrix rate ({self.dtype})".replace("torch.", ""), self.rate / 1e12, "TFLOP/s")

    def check(self, _: argparse.Namespace) -> None:
        """The engine's log-probabilities against a float32 forward pass of the stock model over the same tokens."""
        from prover.models.network import lay_out

        torch = self.torch
        sizes = dict(self.sizes, num_hidden_layers=4, vocab_size=4096)
        full, self.sizes = self.sizes, sizes
        model = self.stock(sizes)
        reference = copy.deepcopy(model).float()
        batch = self.batch(lay_out(model), rows=128, max_new=48)
        requests = self.requests(5, length=700, max_new=48, seed=7)
        worst = total = count = 0.0
        with torch.inference_mode():
            for request, answers in zip(requests, self.drive(batch, requests)[1], strict=True):
                for answer in answers[:8]:
                    ids = torch.tensor([[*request.prompt, *answer.tokens]], device=self.device)
                    true = torch.log_softmax(reference(ids).logits[0, len(request.prompt) - 1 : -1], -1)
                    true = true.gather(1, ids[0, len(request.prompt) :, None])[:, 0].cpu()
                    gap = (true - torch.tensor(answer.log_probs)).abs()
                    worst, total, count = max(worst, gap.max().item()), total + gap.sum().item(), count + len(gap)
        self.sizes = full
        self.report("log-probability, mean error", total / count, "nats", note=f"worst {worst:.2g}, float32 reference")
        assert total / count < (0.05 if self.is_gpu else 1e-4), "the engine and the reference disagree"

    def baseline(self, _: argparse.Namespace) -> None:
        """transformers' own generate, one state at a time, samples as num_return_sequences."""
        torch = self.torch
        self.model = self.stock(self.sizes)
        max_new = 64 if self.is_gpu else 24
        request = self.requests(1, length=600 if self.is_gpu else 200, max_new=max_new)[0]
        ids = torch.tensor([request.prompt], device=self.device)
        options: dict[str, Any] = {
            "do_sample": True,
            "temperature": 0.7,
            "top_k": 0,
            "num_return_sequences": self.samples,
            "pad_token_id": 2,
        }
        options |= {"max_new_tokens": max_new, "min_new_tokens": max_new, "eos_token_id": None}

        def run() -> None:
            with torch.inference_mode():
                self.model.generate(ids, attention_mask=torch.ones_like(ids), **options)

        seconds = self.seconds(run, repeats=2, warm=1)
        self.report(
            "generate: tactics/s", self.samples / seconds, "/s", note=f"{max_new} tokens, {ids.shape[1]} prompt"
        )

    def policy(self, args: argparse.Namespace) -> None:
        """Decoding, prefill, throughput and latency of the engine."""
        from prover.models.network import lay_out

        model = self.__dict__.pop("model", None) or self.stock(self.sizes)
        network = lay_out(model)
        del model
        self._policy(network, "")
        if args.float8:
            _round(network)
            self._policy(network, "float8 ")
        del network
        if self.is_gpu:
            self.torch.cuda.empty_cache()

    def _policy(self, network: Any, label: str) -> None:
        dims = network.dims
        max_new = 64 if self.is_gpu else 24
        length = 600 if self.is_gpu else 200
        batch = self.batch(network, rows=512 if self.is_gpu else 256, max_new=max_new)
        for count in (1, 2, 4, 8, 16) if self.is_gpu else (1, 8, 20):
            self.drive(batch, self.requests(count, length=length, max_new=max_new, seed=99))  # captures and compiles
            seconds = statistics.median(
                self.drive(batch, self.requests(count, length=length, max_new=max_new, seed=100 * count + trial))[0]
                for trial in range(3)
            )
            tactics = count * self.samples / seconds
            cached = count * length + count * self.samples * max_new / 2
            decode_s = max_new * self._step_limit_s(network, count, cached)
            prefill_s = 2 * count * length * dims.matrix_parameters / self.rate
            limit = count * self.samples / (decode_s + prefill_s)
            note = f"{count} states at once, {self.samples} samples, {max_new} tokens"
            self.report(f"{label}engine, {count} states: tactics/s", tactics, "/s", limit, note=note)
            if "generate: tactics/s" in self.figures:
                self.report(
                    f"{label}engine, {count} states: times generate", tactics / self.figures["generate: tactics/s"], "x"
                )
            self.report(f"{label}engine, {count} states: states/s", count / seconds, "/s")
            if count == 1:  # all tactics have one length, so the first is ready when the last is
                self.report(f"{label}engine, 1 state: first tactic", seconds, "s")
        self._steps(batch, network, label, length=length, max_new=max_new)
        self._prefill(batch, network, label)

    def _steps(self, batch: Any, network: Any, label: str, *, length: int, max_new: int) -> None:
        """Single decoding steps, host work left out, at several row counts."""
        for count in (1, 4, 8) if self.is_gpu else (1, 8):
            futures: list[Future[Any]] = []
            for request in self.requests(count, length=length, max_new=max_new, seed=5):
                futures.append(Future())
                batch.submit(request, futures[-1])
            batch.advance()
            batch._land()
            rows = batch.rows
            taken = [rows._tables.steps.clone(), rows._positions.clone()]
            with self.torch.inference_mode():
                seconds = self.seconds(rows.step, repeats=12, warm=3)
            rows._tables.steps.copy_(taken[0])
            rows._positions.copy_(taken[1])
            for future in futures:
                future.cancel()
            batch.advance()
            limit_s = self._step_limit_s(network, count, count * length)
            name = f"{label}decode, {count * self.samples} rows: steps/s"
            self.report(name, 1 / seconds, "/s", 1 / limit_s, note=f"{1e3 * seconds:.2f} ms a step")

    def _step_limit_s(self, network: Any, count: int, cached: float) -> float:
        """The seconds that a decoding step for the samples of `count` states takes at least: to read the weights and
        the keys and values of so many tokens, or to multiply."""
        step_bytes = network.weight_bytes + self.dtype.itemsize * network.dims.cache_values_per_token * cached
        operations = 2 * count * self.samples * network.dims.matrix_parameters
        return float(max(step_bytes / self.bandwidth, operations / self.rate))

    def _prefill(self, batch: Any, network: Any, label: str) -> None:
        """Prompts alone, nothing cached."""
        dims = network.dims
        for count, length in ((1, 800), (8, 600), (12, 600)) if self.is_gpu else ((1, 400), (8, 200)):
            seed = iter(range(1000, 2000))

            def run(count: int = count, length: int = length, seed: Any = seed) -> None:
                prompts = [r.prompt[32:] for r in self.requests(count, length=length + 32, max_new=1, seed=next(seed))]
                opened = [(prompt, batch.prefixes.open(prompt)) for prompt in prompts]
                with self.torch.inference_mode():
                    batch.extend(opened)
                batch.prefixes.forget([prefix for _, prefix in opened])

            seconds = self.seconds(run)
            rate = 2 * count * length * dims.matrix_parameters / seconds
            note = f"{count} x {length} tokens in {1e3 * seconds:.1f} ms"
            self.report(f"{label}prefill, {count} prompts: TFLOP/s", rate / 1e12, "", self.rate / 1e12, note=note)

    def critic(self, args: argparse.Namespace) -> None:
        """States scored per second: all different, and as a search has them, many of one theorem."""
        from prover.models.network import lay_out
        from prover.models.reward import RewardScorer, StateReader

        sizes = CRITIC_2B if self.is_gpu else POLICY_5M
        network = lay_out(self.stock(sizes, reward=True))
        count = 1024 if self.is_gpu else 64
        head = self.torch.randn(1, sizes["hidden_size"], device=self.device, dtype=self.dtype)
        for label in ("", "float8 ") if args.float8 else ("",):
            if label:
                _round(network)
            for batch_tokens, shared in itertools.product((16384, 65536) if self.is_gpu else (4096,), (0, 96)):
                scorer = RewardScorer(StateReader(network, slots=2 * 65536, batch_tokens=batch_tokens), head)
                inputs = self._states(count, shared)
                seconds = self.seconds(partial(_score_next, scorer, inputs), repeats=4)
                limit = self.rate / (2 * (200 - 16 - shared) * network.dims.matrix_parameters)
                name = f"{label}critic, {16 + shared} of 200 shared: states/s"
                self.report(name, count / seconds, "/s", limit, note=f"batches of {batch_tokens} tokens")

    def _states(self, count: int, shared: int) -> Iterator[list[list[int]]]:
        """Batches of `count` states of 200 tokens: behind the question around each, 32 children of a parent keep
        `shared` tokens of its hypotheses."""
        generator = self.torch.Generator().manual_seed(1)
        while True:
            ids = self.torch.randint(3, POLICY_5M["vocab_size"], (count, 200), generator=generator)
            ids[:, :16] = self.torch.arange(3, 19)
            if shared:
                ids[:, 16 : 16 + shared] = ids[::32, 16 : 16 + shared].repeat_interleave(32, 0)
            yield ids.tolist()


def _round(network: Any) -> None:
    """Round the network's matrices to 8 bits, in place."""
    from prover.models.quantized import Float8

    for layer in network.layers:
        for name in ("qkv", "out", "gate_up", "down"):
            setattr(layer, name, Float8.of(getattr(layer, name).weight))


def _score_next(scorer: Any, batches: Iterator[list[list[int]]]) -> None:
    scorer.score(next(batches))
