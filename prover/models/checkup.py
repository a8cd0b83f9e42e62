"""`stepwise doctor` for models: the prompt as sent, log-probabilities against a forward pass in float32, speed, and
policy and critic together under load. Results are findings; nothing is raised.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from critic.model import NO_GOALS, SANITY_STATE, ModelCritic, Scorer
from prover.errors import ModelError, StepwiseError
from prover.models.answers import Asked, compared_styles, judged_answers
from prover.models.checkpoint import open_checkpoint
from prover.models.device import has_triton
from prover.models.engine import Engine
from prover.models.facts import ModelFacts
from prover.models.finding import Finding
from prover.models.generate import GenerateEngine
from prover.models.hub import find_folder
from prover.models.loading import Placement, load_causal, memory_of
from prover.models.policy import ModelPolicy
from prover.models.prompts import STYLES
from prover.models.requests import Sampled, SamplingRequest
from prover.models.scoring import TextScorer
from prover.models.under_load import request, under_load

_ALONG_A_PROOF = (
    "x y : ℕ\nhx : x = 3\nhy : y = 4\n⊢ x + y = 7 ∧ x < y",
    "y : ℕ\nhy : y = 4\n⊢ 3 + y = 7 ∧ 3 < y",
    "⊢ 3 + 4 = 7 ∧ 3 < 4",
    "case right\n⊢ 3 < 4",
)
_SHOWN_IDS = 24
_TRIED = 64  # tokens of an answer in a style that may not end it
_TOLERANCES = {"float32": 1e-3, "float16": 0.05, "bfloat16": 0.1}
_PACKED_TOLERANCE = 0.5
_COPIED = 64 << 20  # numbers of four bytes


@dataclass(slots=True)
class _Subject:
    """The policy, the critic's scorer, or both, with their specs and their device. `scores` are a critic's that has no
    scorer of its own: a line, or one that is served. `unexamined` are findings about what is no model."""

    policy: ModelPolicy | None
    spec: str
    scorer: TextScorer | None
    critic_spec: str
    device: torch.device
    scores: Scorer | None
    unexamined: list[Finding]

    @classmethod
    def of(cls, opened: object, spec: str | None, ranked: object, critic_spec: str | None) -> _Subject:
        """What was opened, of which only models can be examined."""
        policy = opened if isinstance(opened, ModelPolicy) else None
        critic = ranked if isinstance(ranked, ModelCritic) else None
        scorer = critic.scorer if critic is not None and isinstance(critic.scorer, TextScorer) else None
        scores = critic.raw_scores if critic is not None and scorer is None else None
        unexamined = [
            Finding(what, None, f"{named} is opened, and not examined: it is no model's folder, which alone can be")
            for what, named, model in (("policy", spec, policy), ("critic", critic_spec, scorer))
            if named is not None and model is None
        ]
        return cls(policy, spec or "", scorer, critic_spec or "", _device(policy, scorer), scores, unexamined)

    def forget(self) -> None:
        """Let go of the models, so that their memory can be used."""
        self.policy = self.scorer = self.scores = None


async def _examine(subject: _Subject, *, seconds: float) -> AsyncIterator[Finding]:
    """All findings but that of `_compare`, which needs the policy's memory. The last one takes `seconds`."""
    if subject.policy is None and subject.scorer is None:
        return
    yield _machine(subject.device)
    if subject.policy is not None:
        yield Finding("policy", True, f"{subject.policy.facts}; as {subject.spec}")
        yield await asyncio.to_thread(_files, "policy's files", subject.spec, subject.policy.facts)
        yield _prompt(subject.policy)
        async for finding in _speed(subject.policy, subject.device):
            yield finding
        yield await _styles(subject.policy)
    if subject.scorer is not None:
        yield Finding("critic", True, f"{subject.scorer.facts}; as {subject.critic_spec}")
        yield await asyncio.to_thread(_files, "critic's files", subject.critic_spec, subject.scorer.facts)
        yield _beginnings(subject.scorer, is_ours=".json" in subject.critic_spec)
        yield await _order(subject.scorer, subject.critic_spec)
    yield await under_load(subject.policy, subject.scorer, subject.device, seconds=seconds)


def _machine(device: torch.device) -> Finding:
    """The device with its memory, and the versions of PyTorch and Triton."""
    free, total = memory_of(device)
    sizes = f"{free / 1e9:.1f} of {total / 1e9:.1f} GB free"
    if device.type != "cuda":
        return Finding("device", None, f"cpu, {sizes}, PyTorch {torch.__version__}")
    major, minor = torch.cuda.get_device_capability(device)
    kernels = "kernels of Triton" if has_triton(device) else "no Triton: plain operations"
    name = torch.cuda.get_device_name(device)
    return Finding(
        "device", True, f"{device} {name} ({major}.{minor}), {sizes}, PyTorch {torch.__version__}, {kernels}"
    )


def _prompt(policy: ModelPolicy) -> Finding:
    """A prompt with its token ids, as the model gets it."""
    ids = policy.sampling_request(request()).prompt
    shown = ", ".join(map(str, ids[:_SHOWN_IDS])) + ", …" * (len(ids) > _SHOWN_IDS)
    return Finding("prompt", True, f"{policy.prompt_text(request())!r} = {len(ids)} tokens: {shown}")


async def _speed(policy: ModelPolicy, device: torch.device) -> AsyncIterator[Finding]:
    """A full batch: the usable answers, and the time of a step beside that of reading the weights once."""
    engine = policy.engines[0]
    rows = engine.batch.capacity.rows if isinstance(engine, Engine) else 8
    before = (engine.busy_s, engine.batch.counters.steps) if isinstance(engine, Engine) else (0.0, 0)
    asked = policy.sampling_request(request(1, num_samples=rows))
    answers = await policy.sample(asked)
    yield judged_answers(answers, policy.candidates(answers), vocab=engine.vocab)
    if isinstance(engine, Engine):
        step_s = (engine.busy_s - before[0]) / max(1, engine.batch.counters.steps - before[1])
        limit_s = engine.batch.network.weight_bytes / _bandwidth(device)
        detail = f"{step_s * 1e3:.1f} ms a step of {rows} rows; the weights alone take {limit_s * 1e3:.1f} ms to read"
        yield Finding("speed", None, detail)


def _files(what: str, spec: str, facts: ModelFacts | None) -> Finding:
    """The SHA-256 of each file of weights, to be held against the hub's; where they lie in the hub's cache, whether the
    contents are those that the hub named."""
    listed = "; ".join(f"{name} {digest}" for name, digest in (facts.files if facts else {}).items())
    folder = find_folder(spec.partition("?")[0])
    damaged = open_checkpoint(folder).damaged() if folder.is_dir() else []
    if damaged:
        return Finding(what, False, f"{folder}: not what the hub's cache names them by: {', '.join(damaged)}")
    return Finding(what, None, f"SHA-256, as the hub shows it for each file: {listed}")


def _bandwidth(device: torch.device) -> float:
    """Bytes a second that the device reads and writes when it copies."""
    source = torch.ones(_COPIED, device=device)
    target = torch.empty_like(source)
    target.copy_(source)
    _wait(device)
    began, rounds = time.perf_counter(), 4
    for _ in range(rounds):
        target.copy_(source)
    _wait(device)
    return 2 * rounds * source.numel() * 4 / (time.perf_counter() - began)


def _beginnings(scorer: TextScorer, *, is_ours: bool) -> Finding:
    """The critic's scores on its card's example with one and two beginning-of-text tokens. Heads that were trained here
    have never seen a state without goals, so nothing follows for them."""
    told: list[str] = []
    fine: dict[int, bool] = {}
    for count in (1, 2):
        finished, unfinished = scorer.with_bos(count).score([NO_GOALS, SANITY_STATE])
        fine[count] = finished > unfinished
        told.append(f"bos={count}: 'no goals' {finished:.3f}, open state {unfinished:.3f}")
    used = scorer.texts.num_bos
    is_fine = None if is_ours else fine.get(used, any(fine.values()))
    return Finding("critic's example", is_fine, f"{'; '.join(told)} (bos={used} is used)")


async def _order(score: Scorer, spec: str) -> Finding:
    """A critic's scores along a proof. A critic is there to have them rise; if all fall, it ranks backwards."""
    scores = await score(_ALONG_A_PROOF)
    right = [later > earlier for earlier, later in itertools.combinations(scores, 2)]
    is_fine = False if not any(right) else True if all(right) else None
    if "head=steps" in spec:
        told = "remaining steps, which should fall: " + ", ".join(f"{math.exp(-score):.2f}" for score in scores)
    else:
        told = "scores, which should rise: " + ", ".join(f"{score:.3f}" for score in scores)
    return Finding("critic's order", is_fine, f"{sum(right)} of {len(right)} pairs right along a proof; {told}")


async def _styles(policy: ModelPolicy) -> Finding:
    """The policy's answers to one goal in its own style beside those in every other that its tokenizer can write."""
    asked: dict[str, Asked] = {}
    for style in (policy.style, *(other for other in STYLES.values() if other is not policy.style)):
        other = policy.with_style(style)
        try:
            question = other.sampling_request(request(3))
        except StepwiseError:  # it lacks the special tokens or the chat template, or is too short for the examples
            continue
        answers = await other.sample(replace(question, max_new_tokens=min(_TRIED, question.max_new_tokens)))
        asked[style.name] = Asked.of(answers, other.candidates(answers))
    return compared_styles(policy.style.name, asked)


def _compare(
    spec: str, device: torch.device, asked: SamplingRequest, answers: Sequence[Sampled], precision: str
) -> Finding:
    """The answers' log-probabilities against a forward pass of the stock model in float32, which is loaded here and
    takes twice the policy's memory: the policy has to be closed."""
    checkpoint = open_checkpoint(find_folder(spec.partition("?")[0]))
    place = Placement(device, torch.float32)
    try:
        model: Any = load_causal(checkpoint, place)
    except ModelError as fault:
        return Finding("log-probabilities", None, f"not compared: {fault}")
    if model.config.is_encoder_decoder:
        return Finding("log-probabilities", None, "not compared: an encoder-decoder has no engine of ours")
    apart: list[float] = []
    with torch.inference_mode():
        for answer in answers:
            ids = torch.tensor([[*asked.prompt, *answer.tokens]], device=device)
            scores = torch.log_softmax(model(ids).logits[0, len(asked.prompt) - 1 : -1].float(), -1)
            own = scores.gather(1, ids[0, len(asked.prompt) :, None])[:, 0].tolist()
            apart += [abs(one - other) for one, other in zip(answer.log_probs, own, strict=True)]
    mean = sum(apart) / max(1, len(apart))
    limit = _TOLERANCES.get(precision, _PACKED_TOLERANCE)
    detail = f"{len(apart)} tokens, {mean:.2g} apart from float32 in the mean, {max(apart, default=0.0):.2g} at most"
    return Finding(
        "log-probabilities", mean <= limit, f"{detail} (up to {limit:g} in the mean is {precision}'s rounding)"
    )


def _verdict(findings: Sequence[Finding]) -> Finding:
    """The last finding: whether the models are fit for a run."""
    wrong = [finding.what for finding in findings if finding.is_fine is False]
    if wrong:
        return Finding("verdict", False, f"not fit for a run: {', '.join(wrong)}")
    if not any(finding.is_fine for finding in findings):
        return Finding("verdict", False, "none: nothing was examined")
    return Finding("verdict", True, "fit for a run")


async def examine_specs(
    policy: str | None,
    critic: str | None,
    *,
    device: str | None,
    seconds: float,
    open_models: Callable[..., Any],
) -> AsyncIterator[Finding]:
    """Open what the specs name, examine it, close it, and compare its answers with full precision; the verdict is last.

    `open_models(policy, critic, device)` gives (policy, critic, close).
    """
    findings: list[Finding] = []
    try:
        opened, ranked, close = await open_models(policy, critic, device)
    except StepwiseError as fault:
        findings.append(Finding("opening", False, str(fault)))
        yield findings[0]
    else:
        subject = _Subject.of(opened, policy, ranked, critic)
        del opened, ranked  # what holds a model's memory after its comparison would fail that
        async for finding in _examined_and_compared(subject, seconds, close):
            findings.append(finding)
            yield finding
    yield _verdict(findings)


async def _examined_and_compared(
    subject: _Subject, seconds: float, close: Callable[[], Awaitable[None]]
) -> AsyncIterator[Finding]:
    """All findings about opened models, which are closed before the last of them."""
    answered: tuple[SamplingRequest, Sequence[Sampled], str] | None = None
    try:
        for finding in subject.unexamined:
            yield finding
        if subject.scores is not None:
            yield await _order(subject.scores, subject.critic_spec)
        async for finding in _examine(subject, seconds=seconds):
            yield finding
        if subject.policy is not None:
            asked, facts = subject.policy.sampling_request(replace(request(), num_samples=4)), subject.policy.facts
            answered = asked, await subject.policy.sample(asked), facts.precision if facts else "float32"
    except StepwiseError as fault:
        yield Finding("examination", False, str(fault))
    finally:
        await close()
    if answered is not None and answered[1]:
        spec, device = subject.spec, subject.device
        subject.forget()
        _wait(device, give_back=True)
        yield await asyncio.to_thread(_compare, spec, device, *answered)


def _device(policy: ModelPolicy | None, scorer: TextScorer | None) -> torch.device:
    if policy is not None and isinstance(policy.engines[0], Engine | GenerateEngine):
        return policy.engines[0].device
    return torch.device("cpu") if scorer is None else scorer.texts.reader.device


def _wait(device: torch.device, *, give_back: bool = False) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        if give_back:
            torch.cuda.empty_cache()
