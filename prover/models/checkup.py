"""`stepwise doctor` for models: the prompt as sent, log-probabilities against a forward pass in float32, speed, and
policy and critic together under load. Results are findings; nothing is raised.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import AsyncIterator, Callable, Sequence
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
from prover.models.loading import Placement, free_memory, load_causal, total_memory
from prover.models.policy import ModelPolicy
from prover.models.prompts import STYLES
from prover.models.requests import Sampled, SamplingRequest
from prover.models.scoring import TextScorer
from search.base import Goal, ProofState, ProposalRequest, Theorem

_GOAL = "x : ℕ\nh : 2 * x + 1 = 7\n⊢ x = 3"
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


@dataclass(frozen=True, slots=True)
class _Subject:
    """The policy, the critic's scorer, or both, with their specs and their device."""

    policy: ModelPolicy | None
    spec: str
    scorer: TextScorer | None
    critic_spec: str
    device: torch.device


def request(number: int = 0, *, num_samples: int = 8, temperature: float = 0.7) -> ProposalRequest:
    """A request for one small goal, a different state for each number."""
    text = _GOAL.replace("7", str(7 + 2 * number)).replace("= 3", f"= {3 + number}")
    state = ProofState((Goal(text, pretty=text),), str(number))
    return ProposalRequest(Theorem("doctor"), state, num_samples=num_samples, temperature=temperature, seed=number)


async def _examine(subject: _Subject, *, seconds: float = 30.0) -> AsyncIterator[Finding]:
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
    if subject.policy is not None or subject.scorer is not None:
        yield await _together(subject, seconds)


def _machine(device: torch.device) -> Finding:
    """The device with its memory, and the versions of PyTorch and Triton."""
    sizes = f"{free_memory(device) / 1e9:.1f} of {total_memory(device) / 1e9:.1f} GB free"
    if device.type != "cuda":
        return Finding("device", None, f"cpu, {sizes}, PyTorch {torch.__version__}")
    major, minor = torch.cuda.get_device_capability(device)
    kernels = "kernels of Triton" if has_triton(device) else "no Triton: plain operations"
    name = torch.cuda.get_device_name(device)
    return Finding(
        "device", True, f"{device} {name} ({major}.{minor}), {sizes}, PyTorch {torch.__version__}, {kernels}"
    )


def _prompt(policy: ModelPolicy) -> Finding:
    """One _prompt with its token ids, as the model gets it."""
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


def _bandwidth(device: torch.device, *, megabytes: int = 256) -> float:
    """Bytes a second that the device reads and writes when it copies."""
    source = torch.ones(megabytes << 18, device=device)
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


async def _together(subject: _Subject, seconds: float) -> Finding:
    """Policy and critic together for some seconds, and until each has answered, with cancellations: no fault, no growth
    of memory, the same answers before and after."""
    clock, began = time.monotonic, time.monotonic()
    policy, scorer = subject.policy, subject.scorer
    quiet = None if policy is None else await policy.sample(policy.sampling_request(request(2)))
    counts = {"requests": 0, "answers": 0, "states": 0, "cancelled": 0}

    async def ask(worker: int, policy: ModelPolicy) -> None:
        for number in itertools.count(worker, 8):
            asked = asyncio.ensure_future(policy.propose([request(number)]))
            if number % 5 == 0:
                await asyncio.sleep(0.01)
                asked.cancel()
                await asyncio.gather(asked, return_exceptions=True)
                counts["cancelled"] += 1
            else:
                counts["answers"] += sum(each.count for candidates in await asked for each in candidates)
                counts["requests"] += 1
            if clock() - began >= seconds:
                return

    async def score(scorer: TextScorer) -> None:
        for number in itertools.count(0, 16):
            counts["states"] += len(await scorer([request(at).state.pretty for at in range(number, number + 16)]))
            if clock() - began >= seconds:
                return

    held = _allocated(subject.device)
    try:
        works = [] if policy is None else [ask(worker, policy) for worker in range(8)]
        await asyncio.gather(*works, *([] if scorer is None else [score(scorer)]))
    except StepwiseError as fault:
        return Finding("under load", False, f"after {clock() - began:.0f} s: {fault}")
    told = ", ".join(f"{count} {what}" for what, count in counts.items()) + f" in {clock() - began:.0f} s"
    grown = _allocated(subject.device) - held
    told += f", memory {grown / 1e6:+.0f} MB"
    is_same = policy is None or await policy.sample(policy.sampling_request(request(2))) == quiet
    told += "" if is_same else ", answers differ from those before (rounding does that on a GPU)"
    is_steady = grown < 1e9 and (is_same or subject.device.type == "cuda")
    return Finding("under load", is_steady, told)


def _compare(subject: _Subject, asked: SamplingRequest, answers: Sequence[Sampled], precision: str) -> Finding:
    """The answers' log-probabilities against a forward pass of the stock model in float32, which is loaded here and
    takes twice the policy's memory: the policy has to be closed."""
    checkpoint = open_checkpoint(find_folder(subject.spec.partition("?")[0]))
    place = Placement(subject.device, torch.float32)
    try:
        model: Any = load_causal(checkpoint, place)
    except ModelError as fault:
        return Finding("log-probabilities", None, f"not compared: {fault}")
    if model.config.is_encoder_decoder:
        return Finding("log-probabilities", None, "not compared: an encoder-decoder has no engine of ours")
    apart: list[float] = []
    with torch.inference_mode():
        for answer in answers:
            ids = torch.tensor([[*asked.prompt, *answer.tokens]], device=subject.device)
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
    """Open what the specs name, examine it, close it, and compare its answers with full precision.

    `open_models(policy, critic, device)` gives (policy, critic, close).
    """
    findings: list[Finding] = []
    try:
        opened, ranked, close = await open_models(policy, critic, device)
    except StepwiseError as fault:
        findings.append(Finding("opening", False, str(fault)))
        yield findings[0]
        yield _verdict(findings)
        return
    scorer = ranked.scorer if isinstance(ranked, ModelCritic) and isinstance(ranked.scorer, TextScorer) else None
    model = opened if isinstance(opened, ModelPolicy) else None
    subject = _Subject(model, policy or "", scorer, critic or "", _device(model, scorer))
    answers: list[Sampled] = []
    try:
        for what, spec, is_examined in (("policy", policy, model), ("critic", critic, scorer)):
            if spec is not None and is_examined is None:
                detail = f"{spec} is opened, and not examined: it is no model's folder, which alone can be"
                findings.append(Finding(what, None, detail))
                yield findings[-1]
        if isinstance(ranked, ModelCritic) and scorer is None:  # a line, or one that is served
            findings.append(await _order(ranked.raw_scores, critic or ""))
            yield findings[-1]
        async for finding in _examine(subject, seconds=seconds):
            findings.append(finding)
            yield finding
        if model is not None:
            asked = model.sampling_request(replace(request(), num_samples=4))
            answers = await model.sample(asked)
            precision = model.facts.precision if model.facts else "float32"
    except StepwiseError as fault:
        findings.append(Finding("examination", False, str(fault)))
        yield findings[-1]
    finally:
        await close()
    if model is not None and answers:
        del model, opened, scorer, ranked
        _wait(subject.device, give_back=True)
        bare = replace(subject, policy=None, scorer=None)
        findings.append(await asyncio.to_thread(_compare, bare, asked, answers, precision))
        yield findings[-1]
    yield _verdict(findings)


def _device(policy: ModelPolicy | None, scorer: TextScorer | None) -> torch.device:
    if policy is not None and isinstance(policy.engines[0], Engine | GenerateEngine):
        return policy.engines[0].device
    return torch.device("cpu") if scorer is None else scorer.texts.reader.device


def _wait(device: torch.device, *, give_back: bool = False) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        if give_back:
            torch.cuda.empty_cache()


def _allocated(device: torch.device) -> int:
    return int(torch.cuda.memory_allocated(device)) if device.type == "cuda" else 0
