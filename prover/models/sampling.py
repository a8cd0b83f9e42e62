"""Draws next tokens by inversion, with one uniform number for each row and step: a request's samples depend on its seed
and on nothing else in the batch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def uniforms(seed: int, *, num_samples: int, num_steps: int) -> Tensor:
    """Numbers in [0, 1), [num_samples, num_steps]. The row of a sample is the same whatever `num_samples` is."""
    generator = torch.Generator().manual_seed(seed & (2**63 - 1))
    return torch.rand(num_samples, num_steps, generator=generator)


def draw(
    logits: Tensor, uniform: Tensor, temperature: Tensor, top_p: Tensor | None, *, any_greedy: bool
) -> tuple[Tensor, Tensor]:
    """Tokens and their log-probabilities, both [rows]; the latter are the model's own (temperature 1, no nucleus).

    `uniform`, `temperature` and `top_p` are [rows]. Temperature 0 takes the most likely token; `any_greedy` says that
    some row has it. `top_p` None samples from the whole distribution, without a sort. A row of NaN gives NaN.
    """
    scores = logits.float()
    log_norm = torch.logsumexp(scores, -1)
    greedy = temperature <= 0
    tempered = scores / torch.where(greedy, 1.0, temperature)[:, None]
    if top_p is not None:
        tempered = _nucleus(tempered, top_p)
    # Unnormalised is enough: the drawn number is scaled by the total.
    cumulative = tempered.sub_(tempered.amax(-1, keepdim=True)).exp_().cumsum_(-1)
    target = uniform[:, None] * cumulative[:, -1:]
    drawn = torch.searchsorted(cumulative, target, right=True)[:, 0].clamp_(max=logits.shape[-1] - 1)
    tokens = torch.where(greedy, scores.argmax(-1), drawn) if any_greedy else drawn
    return tokens, scores.gather(1, tokens[:, None])[:, 0] - log_norm


def draw_first(
    logits: Tensor, uniform: Sequence[Tensor], heat: Sequence[tuple[float, float]]
) -> list[tuple[list[int], list[float]]]:
    """For each prompt's logits [prompts, vocab] the first tokens of its samples, one for each number of its `uniform`,
    and their log-probabilities. `heat` has each prompt's temperature and top_p."""
    counts = [len(each) for each in uniform]
    repeats = torch.tensor(counts).to(logits.device)
    each_heat = torch.tensor(heat).to(logits.device).repeat_interleave(repeats, 0)
    tokens, log_probs = draw(
        logits.repeat_interleave(repeats, 0),
        torch.cat(list(uniform)).to(logits.device),
        each_heat[:, 0],
        each_heat[:, 1] if any(top_p < 1 for _, top_p in heat) else None,
        any_greedy=any(temperature == 0 for temperature, _ in heat),
    )
    drawn = zip(torch.split(tokens.cpu(), counts), torch.split(log_probs.cpu(), counts), strict=True)
    return [(own.tolist(), own_log_probs.tolist()) for own, own_log_probs in drawn]


def _nucleus(scores: Tensor, top_p: Tensor) -> Tensor:
    """Scores with all tokens outside the nucleus set to minus infinity (Holtzman et al., 2020): the nucleus is the
    smallest set of likeliest tokens with a probability of at least `top_p`."""
    ordered, order = scores.sort(dim=-1, descending=True)
    before = torch.softmax(ordered, -1).cumsum(-1).roll(1, -1)
    before[:, 0] = 0.0
    ordered = ordered.masked_fill(before >= top_p[:, None], float("-inf"))
    return torch.empty_like(scores).scatter_(1, order, ordered)
