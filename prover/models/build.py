"""Builds a running policy or critic from a model folder and options. Needs the extra `models` to be imported."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from prover.errors import ModelError, StepwiseError, UsageError
from prover.models.batch import Batch
from prover.models.checkpoint import Checkpoint, open_checkpoint
from prover.models.device import enter
from prover.models.engine import Engine
from prover.models.facts import ModelFacts, weights_id
from prover.models.generate import GenerateEngine
from prover.models.loading import (
    Placement,
    check_memory,
    load_causal,
    load_reward,
    memory_of,
    place,
    refuse_critic,
    refuse_policy,
)
from prover.models.memory import MemoryPlan, Room, Wanted, plan_reading, plan_sampling
from prover.models.network import Network, can_lay_out, lay_out
from prover.models.options import CriticOptions, ModelOptions, PolicyOptions, TrunkOptions
from prover.models.policy import ModelPolicy, ModelSettings, SamplingEngine
from prover.models.prompts import PromptStyle, Question, style_named
from prover.models.quantized import maker
from prover.models.reward import RewardScorer, StateReader
from prover.models.scoring import TextReader, TextScorer
from prover.models.style import find_style
from prover.models.tokenizer import Tokenizer, load_tokenizer

log = logging.getLogger(__name__)

_TRIAL = Question("trial", "⊢ True")
SMALL = 50_000_000
"""Parameters below which one CPU thread is faster than several."""


@contextmanager
def _naming(folder: Path | str) -> Iterator[None]:
    """Turns everything that a library raises over a folder into a ModelError that names it. A model is opened before
    anything else is made, so that none of this can end a run that has begun."""
    try:
        yield
    except ModelError as error:
        if str(folder) in str(error):
            raise
        raise ModelError(f"{folder}: {error}") from error
    except StepwiseError:
        raise
    except torch.OutOfMemoryError as error:
        raise ModelError(f"{folder}: memory ran out while it was loaded (bits=8 or another device): {error}") from error
    except Exception as error:  # a damaged folder makes the libraries raise almost anything
        raise ModelError(f"{folder} can't be loaded: {type(error).__name__}: {error}") from error


# ------------------------------------------------------------------------------------------------------------ policies


@dataclass(frozen=True, slots=True)
class PreparedPolicy:
    """A policy whose weights are still to be read, with the limits of its prompts and answers."""

    checkpoint: Checkpoint
    tokenizer: Tokenizer
    style: PromptStyle
    placements: tuple[Placement, ...]
    settings: ModelSettings


def prepare_policy(folder: Path | str, options: PolicyOptions) -> PreparedPolicy:
    """Check everything about a policy but its weights. Raises UsageError or ModelError with the cause and a remedy."""
    with _naming(folder):
        checkpoint = open_checkpoint(folder)
        refuse_critic(checkpoint)
        tokenizer = load_tokenizer(checkpoint)
        style = style_named(options.style) if options.style is not None else find_style(checkpoint, tokenizer)
        devices = [None] if options.device is None else options.device.split("+")
        placements = tuple(place(device, options.dtype) for device in devices)
        trial = tokenizer.encode(style.build(_TRIAL), num_bos=int(style.adds_bos))
        ends = tokenizer.stop_ids(style.stop_tokens)
        if not ends and not style.stops:
            raise UsageError(
                f"{checkpoint.folder}: nothing would end its answers: {style.name} stops at the end of text, and "
                "none of config.json, generation_config.json and tokenizer_config.json names that token (eos_token_id)"
            )
        _refuse_foreign(checkpoint, tokenizer, [*trial, *ends])
        settings = _settings(checkpoint, style, options)
        for placement in placements:
            _check(checkpoint, placement, _part(options, placement, placements))
        return PreparedPolicy(checkpoint, tokenizer, style, placements, settings)


def _part(options: PolicyOptions, placement: Placement, placements: Sequence[Placement]) -> PolicyOptions:
    """The options of one engine: those on the same device share the memory."""
    return replace(options, memory=options.memory / placements.count(placement))


def _settings(checkpoint: Checkpoint, style: PromptStyle, options: PolicyOptions) -> ModelSettings:
    """The limits that are asked for, else the usual ones within the length that the model was trained on. Raises
    UsageError for more than that."""
    trained = checkpoint.trained_length or 1 << 20
    max_new = options.max_new or min(options.usual_new or style.max_new_tokens, max(1, trained // 2))
    max_prompt = options.max_prompt or min(options.usual_prompt, trained - max_new)
    if max_prompt < 1 or max_prompt + max_new > trained:
        raise UsageError(
            f"{checkpoint.folder} was trained on texts of {trained} tokens, and a prompt of {max(max_prompt, 1)} and "
            f"an answer of {max_new} are more: lower max_prompt or max_new, or leave them out"
        )
    return ModelSettings(max_prompt, max_new, options.top_p)


def build_policy(folder: Path | str, options: PolicyOptions) -> ModelPolicy:
    """Load a policy and let it write one token on each device, which finds damaged weights. Raises UsageError or
    ModelError with the cause and a remedy, as early as possible."""
    prepared = prepare_policy(folder, options)
    checkpoint, tokenizer, style = prepared.checkpoint, prepared.tokenizer, prepared.style
    placements, settings = prepared.placements, prepared.settings
    built: list[tuple[SamplingEngine, MemoryPlan | None]] = []
    try:
        with _naming(folder), ThreadPoolExecutor(1) as beside:
            files = beside.submit(checkpoint.file_hashes)
            for placement in placements:
                part = _part(options, placement, placements)
                built.append(_engine(checkpoint, tokenizer, placement, part, settings))
            plans = [plan for _, plan in built if plan is not None]
            facts = _facts(checkpoint, placements[0], options, style=style.name, files=files.result(), plans=plans)
            engines = [engine for engine, _ in built]
            policy = ModelPolicy(engines, tokenizer, style, settings, facts=facts)
            _try_out(engines, policy)
    except BaseException:
        for engine, _ in built:
            engine.close()
        raise
    log.info("%s", facts)
    return policy


def _try_out(engines: Sequence[SamplingEngine], policy: ModelPolicy) -> None:
    """Have every engine write one token. Raises ModelError if one can't."""
    asked = policy.text_request(_TRIAL, num_samples=1, temperature=1.0, seed=0)
    for engine in engines:
        engine.wait_ready()
        engine.submit(replace(asked, max_new_tokens=1)).result()


def _engine(
    checkpoint: Checkpoint,
    tokenizer: Tokenizer,
    placement: Placement,
    options: PolicyOptions,
    settings: ModelSettings,
) -> tuple[SamplingEngine, MemoryPlan | None]:
    """An engine on one device, with its memory plan (None for models without our layout)."""
    enter(placement.device)
    model: Any = load_causal(checkpoint, _stopover(placement, options.bits))
    if not can_lay_out(model.config):
        log.warning("%s: no fast layout for %s, using generate", checkpoint.folder.name, model.config.model_type)
        return GenerateEngine(model.to(placement.device), tokenizer.decode, max_new=settings.max_new_tokens), None
    network = _laid_out(model, placement, options)
    del model
    wanted = Wanted(options.rows, settings.max_new_tokens, settings.max_prompt, options.top_p < 1.0)
    capacity, plan = plan_sampling(network.dims, _room(network, placement, options), wanted)
    log.info("%s", plan)
    return Engine(Batch(network, tokenizer.decode, capacity)), plan


# ------------------------------------------------------------------------------------------------------------- critics


@dataclass(frozen=True, slots=True)
class PreparedCritic:
    """A critic in a folder whose weights are still to be read."""

    checkpoint: Checkpoint
    tokenizer: Tokenizer
    reward_id: int
    placement: Placement


def prepare_critic(folder: Path | str, options: CriticOptions) -> PreparedCritic:
    """Check everything about a critic but its weights. Raises as `prepare_policy`."""
    with _naming(folder):
        checkpoint = open_checkpoint(folder)
        refuse_policy(checkpoint)
        tokenizer = load_tokenizer(checkpoint)
        reward_id = checkpoint.config.get("reward_token_id")
        reward_id = tokenizer.special_id("<|reward|>") if reward_id is None else int(reward_id)
        _refuse_foreign(checkpoint, tokenizer, [reward_id])
        placement = place(options.device, options.dtype)
        _check(checkpoint, placement, options)
        return PreparedCritic(checkpoint, tokenizer, reward_id, placement)


def build_text_scorer(folder: Path | str, options: CriticOptions | None = None) -> TextScorer:
    """Load a critic's folder and let it read one state. Raises as `build_policy`."""
    options = options or CriticOptions()
    prepared = prepare_critic(folder, options)
    checkpoint, placement = prepared.checkpoint, prepared.placement
    with _naming(folder), ThreadPoolExecutor(1) as beside:
        files = beside.submit(checkpoint.file_hashes)
        reward = load_reward(checkpoint, _stopover(placement, options.bits))
        reader, plan = _reader(reward.trunk, placement, options)
        asked = f"bos={options.bos}"
        facts = _facts(checkpoint, placement, options, style=asked, files=files.result(), plans=[plan])
        texts = TextReader(reader, prepared.tokenizer, reward_id=prepared.reward_id, num_bos=options.bos, facts=facts)
        rewards = RewardScorer(reader, reward.head.weight.detach().to(placement.device))
        rewards.score([texts.encode(_TRIAL.state)])
        return TextScorer(texts, rewards)


def build_text_reader(folder: Path | str, options: TrunkOptions) -> TextReader:
    """Load any model of the Llama family as the trunk of a trained critic, and let it read one state. Raises as
    `build_policy`."""
    with _naming(folder), ThreadPoolExecutor(1) as beside:
        checkpoint = open_checkpoint(folder)
        files = beside.submit(checkpoint.file_hashes)
        tokenizer = load_tokenizer(checkpoint)
        _refuse_foreign(checkpoint, tokenizer, [])
        placement = place(options.device, options.dtype)
        _check(checkpoint, placement, options)
        model: Any = load_causal(checkpoint, _stopover(placement, options.bits))
        if not can_lay_out(model.config):
            raise UsageError(f"{checkpoint.folder}: a {model.config.model_type} can't be a critic's trunk")
        reader, plan = _reader(model, placement, options)
        asked = f"bos={options.bos}"
        facts = _facts(checkpoint, placement, options, style=asked, files=files.result(), plans=[plan])
        texts = TextReader(reader, tokenizer, reward_id=None, num_bos=options.bos, facts=facts)
        if texts.read([_TRIAL.state]).isnan().any():
            raise ModelError("it gives NaN: damaged weights, or a precision too low")
        return texts


def _reader(model: Any, placement: Placement, options: ModelOptions) -> tuple[StateReader, MemoryPlan]:
    network = _laid_out(model, placement, options)
    slots, batch_tokens, plan = plan_reading(network.dims, _room(network, placement, options))
    log.info("%s", plan)
    return StateReader(network, slots=slots, batch_tokens=batch_tokens), plan


# ---------------------------------------------------------------------------------------------------------------- both


def _laid_out(model: Any, placement: Placement, options: ModelOptions) -> Network:
    """The model's weights in our layout; the model's own copies are freed."""
    network = lay_out(model, maker(options.bits, placement.device, placement.dtype), device=placement.device)
    if placement.device.type == "cuda":
        torch.cuda.empty_cache()  # else what was freed counts as taken
    elif options.threads or network.dims.matrix_parameters < SMALL:
        torch.set_num_threads(options.threads or 1)
    return network


def _room(network: Network, placement: Placement, options: ModelOptions) -> Room:
    free, total = memory_of(placement.device)
    weights = network.weight_bytes + network.embed.numel() * network.embed.element_size()
    return Room(str(placement.device), total, free, options.memory, weights, placement.dtype.itemsize)


def _check(checkpoint: Checkpoint, placement: Placement, options: ModelOptions) -> None:
    """Raises UsageError or ModelError if the weights can't be packed as asked or don't fit the device, or for more
    threads than cores."""
    maker(options.bits, placement.device, placement.dtype)
    cores = os.cpu_count() or 1
    if options.threads > cores:
        raise UsageError(f"threads={options.threads}, and this machine has {cores} cores: ask for so many at most")
    free, total = memory_of(placement.device)
    check_memory(checkpoint, placement, bits=options.bits, free_bytes=min(free, int(total * options.memory)))


def _refuse_foreign(checkpoint: Checkpoint, tokenizer: Tokenizer, ids: Sequence[int]) -> None:
    """Raises ModelError for a tokenizer with more pieces than the model has embeddings, or for such ids."""
    embedded = int(checkpoint.config.get("vocab_size") or 1 << 30)
    needed = max(tokenizer.vocabulary.num_pieces, *(token + 1 for token in ids), 0)
    if needed > embedded:
        raise ModelError(
            f"{checkpoint.folder}: its tokenizer has {needed} tokens, and the model embeds {embedded}: it belongs to "
            "another model; fetch its files again from the model's own repository"
        )


def _facts(
    checkpoint: Checkpoint,
    placement: Placement,
    options: ModelOptions,
    *,
    style: str,
    files: Mapping[str, str],
    plans: Sequence[MemoryPlan],
) -> ModelFacts:
    dtype = str(placement.dtype).removeprefix("torch.")
    precision = dtype if options.bits == 16 else f"{dtype}, weights in {options.bits} bits"
    device = str(options.device or placement.device)
    return ModelFacts(checkpoint.name, style, precision, weights_id(files), device, tuple(map(str, plans)), files)


def _stopover(placement: Placement, bits: int) -> Placement:
    """The placement to load into first: the CPU for weights to be packed, since unpacked they may not fit."""
    return placement if bits == 16 else replace(placement, device=torch.device("cpu"))
