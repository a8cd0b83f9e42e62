"""From a model folder and a few options to a running policy or scorer."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prover.errors import ModelError, UsageError
from prover.models.checkpoint import Checkpoint, open_checkpoint
from prover.models.policy import ModelPolicy, ModelSettings, SamplingEngine
from prover.models.prompts import PromptStyle, style_for, style_named
from prover.models.tokenizer import Tokenizer, load_tokenizer

if TYPE_CHECKING:
    from prover.models.loading import Placement
    from prover.models.network import Dimensions
    from prover.models.reward import StateReader
    from prover.models.scoring import TextReader, TextScorer

logger = logging.getLogger(__name__)

_SMALL = 50_000_000
"""Parameters below which one thread computes a step sooner than two can agree that they are done."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What may follow a model's folder as `?key=value&…`. `bits` is 16, or 8 or 4 to
    pack the weights.

    `threads` is for the CPU; 0 takes one for small models, which lose more than they gain beside busy Lean workers.

    For a critic: `bos` beginning-of-text tokens, `check` 0 to skip the sanity test, `scale` and `shift` from raw scores
    to values, `head` "steps" for a critic of ours to rank by remaining steps.
    """

    style: str | None = None
    device: str | None = None
    dtype: str | None = None
    bits: int = 16
    rows: int = 0
    max_prompt: int = 2048
    max_new: int = 256
    top_p: float = 1.0
    bos: int = 2
    check: int = 1
    scale: float = 1.0
    shift: float = 0.0
    head: str = "value"
    threads: int = 0


def build_policy(folder: Path | str, options: ModelOptions | None = None) -> ModelPolicy:
    """Load a policy. Raises UsageError or ModelError with what to do about it, as early as it can be known."""
    options = options or ModelOptions()
    checkpoint = _open(folder)
    from prover.models.loading import place

    tokenizer = load_tokenizer(checkpoint)
    style = choose_style(checkpoint, tokenizer, options.style)
    placements = [place(device or None, options.dtype) for device in (options.device or "").split("+")]
    tokenizer.stop_ids(style.stop_tokens)
    engines = [_engine(checkpoint, tokenizer, placement, options) for placement in placements]
    most = int(checkpoint.config.get("max_position_embeddings") or 10**9) - options.max_new
    settings = ModelSettings(min(options.max_prompt, most), options.max_new, options.top_p)
    logger.info("%s: prompts of style %s on %s", checkpoint.folder.name, style.name, placements)
    return ModelPolicy(engines, tokenizer, style, settings, name=checkpoint.folder.resolve().name)


def choose_style(checkpoint: Checkpoint, tokenizer: Tokenizer, name: str | None) -> PromptStyle:
    """The style asked for, or the one the checkpoint was trained on."""
    if name is not None:
        return style_named(name)
    return style_for(
        model_type=checkpoint.model_type,
        names=checkpoint.names,
        has_chat_template=tokenizer.chat_template is not None,
    )


def build_text_scorer(folder: Path | str, options: ModelOptions | None = None) -> TextScorer:
    """Load a published critic. Raises like build_policy."""
    options = options or ModelOptions()
    checkpoint = _open(folder)
    from prover.models.loading import load_reward, place
    from prover.models.reward import RewardScorer
    from prover.models.scoring import TextReader, TextScorer

    tokenizer = load_tokenizer(checkpoint)
    reward_id = checkpoint.config.get("reward_token_id")
    reward_id = tokenizer.special_id("<|reward|>") if reward_id is None else int(reward_id)
    placement = place(options.device, options.dtype)
    _check(checkpoint, placement, options)
    reward = load_reward(checkpoint, _stopover(placement, options.bits))
    reader = _reader(reward.trunk, placement, options)
    texts = TextReader(reader, tokenizer, reward_id=reward_id, num_bos=options.bos)
    return TextScorer(texts, RewardScorer(reader, reward.head.weight.detach().to(placement.device)))


def build_text_reader(folder: Path | str, options: ModelOptions | None = None) -> TextReader:
    """Load any model of the Llama family as the trunk of a critic of our own. Raises like build_policy."""
    options = options or ModelOptions(bos=1)
    checkpoint = _open(folder)
    from prover.models.loading import load_causal, place
    from prover.models.network import can_lay_out
    from prover.models.scoring import TextReader

    tokenizer = load_tokenizer(checkpoint)
    placement = place(options.device, options.dtype)
    _check(checkpoint, placement, options)
    model: Any = load_causal(checkpoint, _stopover(placement, options.bits))
    if not can_lay_out(model.config):
        raise UsageError(f"{checkpoint.folder}: a {model.config.model_type} can't be a critic's trunk")
    return TextReader(_reader(model, placement, options), tokenizer, reward_id=None, num_bos=options.bos)


def _reader(model: Any, placement: Placement, options: ModelOptions) -> StateReader:
    from prover.models.network import lay_out
    from prover.models.quantized import maker
    from prover.models.reward import StateReader

    network = lay_out(model, maker(options.bits, placement.device), device=placement.device)
    _limit_threads(network.dims, placement, options)
    small = placement.device.type == "cpu"
    return StateReader(network, slots=16384 if small else 131072, batch_tokens=4096 if small else 32768)


def _limit_threads(dims: Dimensions, placement: Placement, options: ModelOptions) -> None:
    import torch

    if placement.device.type == "cpu" and (options.threads or dims.matrix_parameters < _SMALL):
        torch.set_num_threads(options.threads or 1)


def _check(checkpoint: Checkpoint, placement: Placement, options: ModelOptions) -> None:
    """What can be known before anything is loaded."""
    from prover.models.loading import check_memory
    from prover.models.quantized import maker

    maker(options.bits, placement.device)
    check_memory(checkpoint, placement, bits=options.bits)


def _engine(
    checkpoint: Checkpoint, tokenizer: Tokenizer, placement: Placement, options: ModelOptions
) -> SamplingEngine:
    from prover.models.batch import Batch
    from prover.models.engine import Engine
    from prover.models.generate import GenerateEngine
    from prover.models.loading import load_causal
    from prover.models.network import can_lay_out, lay_out
    from prover.models.quantized import maker

    _check(checkpoint, placement, options)
    model: Any = load_causal(checkpoint, _stopover(placement, options.bits))
    if not can_lay_out(model.config):
        logger.warning("%s: no fast layout for %s, using generate", checkpoint.folder.name, model.config.model_type)
        return GenerateEngine(model.to(placement.device), tokenizer.decode)
    network = lay_out(model, maker(options.bits, placement.device), device=placement.device)
    del model
    _limit_threads(network.dims, placement, options)
    capacity = fit_capacity(network.dims, placement, options)
    return Engine(Batch(network, tokenizer.decode, capacity))


def fit_capacity(
    dims: Dimensions, placement: Placement, options: ModelOptions, *, free_bytes: int | None = None
) -> Any:
    """As many rows as asked for, or as fit: half of the cache for answers, half for prompts.

    Raises ModelError where not even one state of 8 samples fits.
    """
    from prover.models.batch import Capacity
    from prover.models.loading import free_memory

    free = free_memory(placement.device) if free_bytes is None else free_bytes
    per_token = dims.cache_values_per_token * placement.dtype.itemsize
    on_gpu = placement.device.type == "cuda"
    budget = int(free * (0.7 if on_gpu else 0.1)) // per_token
    wanted = options.rows or (512 if on_gpu else 128)
    rows = min(wanted, budget // 2 // options.max_new)
    if rows < 8:
        needed = 16 * options.max_new * per_token / 1e9
        raise ModelError(
            f"{free / 1e9:.1f} GB are left beside the weights, and keys and values for 8 answers need {needed:.1f} GB: "
            "lower max_new, use bits=8, or another device"
        )
    max_prompt = min(options.max_prompt, dims.max_positions - options.max_new)
    prompts = max(min(budget - rows * options.max_new, 65536 if on_gpu else 16384), max_prompt + 16)
    return Capacity(
        rows=rows,
        max_new=options.max_new,
        max_prompt=max_prompt,
        prompt_slots=prompts,
        prefill_tokens=8192 if on_gpu else 2048,
    )


def _stopover(placement: Placement, bits: int) -> Placement:
    """Where to load first: a model to be packed goes through the CPU, as it may be too large for the device."""
    import torch

    return placement if bits == 16 else replace(placement, device=torch.device("cpu"))


def _open(folder: Path | str) -> Checkpoint:
    """The checkpoint, and only then what it takes to load it. Raises UsageError for either."""
    checkpoint = open_checkpoint(folder)
    try:
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError as error:
        raise UsageError(f"models need the extra: pip install 'stepwise-prover[models]' ({error})") from error
    return checkpoint
