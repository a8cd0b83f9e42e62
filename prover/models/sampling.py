"""Draws next tokens: one uniform number per row and step, so that a request's samples depend on its own seed alone."""

from __future__ import annotations

import torch
from torch import Tensor


def uniforms(seed: int, *, num_samples: int, num_steps: int) -> Tensor:
    """[num_samples, num_steps] numbers in [0, 1); a sample's row does not depend on how many samples there are."""
    generator = torch.Generator().manual_seed(seed & (2**63 - 1))
    return torch.rand(num_samples, num_steps, generator=generator)


def draw(
    logits: Tensor, uniform: Tensor, temperature: Tensor, top_p: Tensor | None, *, any_greedy: bool
) -> tuple[Tensor, Tensor]:
    """Tokens [rows] and their log-probabilities under the model itself (temperature 1, nothing cut off).

    `uniform`, `temperature` and `top_p` are [rows]; temperature 0 takes the most likely token. `top_p` None skips the
    sort, `any_greedy` false the search for the most likely. A row of NaN gives NaN, for the caller to find.
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


def _nucleus(scores: Tensor, top_p: Tensor) -> Tensor:
    """Scores with all but the smallest set of likeliest tokens that holds `top_p` set to minus infinity."""
    ordered, order = scores.sort(dim=-1, descending=True)
    before = torch.softmax(ordered, -1).cumsum(-1).roll(1, -1)
    before[:, 0] = 0.0
    ordered = ordered.masked_fill(before >= top_p[:, None], float("-inf"))
    return torch.empty_like(scores).scatter_(1, order, ordered)
