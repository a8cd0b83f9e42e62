"""Loads checkpoints into stock transformers classes, and checks what can be checked before their weights are read.

`trust_remote_code` is never set and no code of a folder is run. Every parameter of the architecture has to come, in its
shape, from the folder, and every tensor of the folder has to be a parameter.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prover.errors import ModelError, UsageError
from prover.models.checkpoint import Checkpoint
from prover.models.internlm2 import HEAD_TENSORS, llama_config, llama_tensors

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import PretrainedConfig, PreTrainedModel

_STORED_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
_ROOM = 1.15  # working space beside the weights: activations of one batch and a small cache


@dataclass(frozen=True, slots=True)
class Placement:
    """The device of a model, and the precision of its activations and, unless packed, its weights."""

    device: torch.device
    dtype: torch.dtype


@dataclass(frozen=True, slots=True)
class RewardModel:
    """A transformer trunk, and a linear head [1, hidden] on the last token's hidden state."""

    trunk: PreTrainedModel
    head: nn.Linear


def place(device: str | None = None, dtype: str | None = None) -> Placement:
    """The placement of these names; by default the first GPU in bfloat16, without a GPU the CPU in float32.

    Raises UsageError for a missing GPU or an unknown name.
    """
    import torch

    name = device if device is not None else "cuda" if torch.cuda.is_available() else "cpu"
    if not re.fullmatch(r"cpu|cuda(:\d{1,3})?", name):
        raise UsageError(f"no device {name!r}: use cpu, cuda or cuda:N")
    target = torch.device(name)
    if target.type == "cuda":
        count = torch.cuda.device_count()
        if (target.index or 0) >= count:
            found = f"{count} GPUs" if count else "no GPU that PyTorch can use"
            raise UsageError(
                f"device {name} asked for, but this machine has {found}; FOLDER?device=cpu works without one"
            )
        target = torch.device("cuda", target.index or 0)
    wanted = dtype or ("bfloat16" if target.type == "cuda" else "float32")
    if wanted not in _STORED_BYTES:
        raise UsageError(f"no precision {wanted!r}: use {', '.join(_STORED_BYTES)}")
    return Placement(target, getattr(torch, wanted))


def check_memory(
    checkpoint: Checkpoint, placement: Placement, *, bits: int = 16, free_bytes: int | None = None
) -> None:
    """Raises ModelError, with what would fit instead, if the weights don't fit the free memory (in bytes).

    `bits` 8 or 4 stand for packed weights.
    """
    config = checkpoint.config
    stored = _STORED_BYTES.get(str(config.get("torch_dtype") or config.get("dtype") or "float32"), 2)
    num_parameters = checkpoint.weight_bytes // stored
    size = placement.dtype.itemsize if bits == 16 else bits / 8
    need = int(num_parameters * size * _ROOM)
    free = memory_of(placement.device)[0] if free_bytes is None else free_bytes
    if need <= free:
        return
    smaller = [
        f"{name} needs {_gb(int(num_parameters * other * _ROOM))}"
        for name, other in (("dtype=bfloat16", 2.0), ("bits=8", 1.0), ("bits=4", 0.5))
        if other < size
    ]
    advice = f" ({'; '.join(smaller)})" if smaller else ""
    raise ModelError(
        f"{checkpoint.folder.name}: {_gb(need)} needed for {num_parameters / 1e9:.2f}e9 parameters in "
        f"{str(placement.dtype).removeprefix('torch.') if bits == 16 else f'{bits} bits'}, {_gb(free)} free on "
        f"{placement.device}{advice}; "
        "or use a smaller model, another device, or a server with --policy openai:URL"
    )


def refuse_critic(checkpoint: Checkpoint) -> None:
    """Raises UsageError for a reward model where a policy belongs."""
    if "Reward" in checkpoint.architecture:
        raise UsageError(
            f"{checkpoint.folder} is a critic ({checkpoint.architecture}), not a policy: give it as --critic"
        )


def refuse_policy(checkpoint: Checkpoint) -> None:
    """Raises ModelError for a model without a reward head where a critic belongs."""
    names = checkpoint.tensor_names()
    if not names.intersection(HEAD_TENSORS):
        outer = ", ".join(sorted(name for name in names if ".layers." not in name))
        raise ModelError(
            f"{checkpoint.folder} has no reward head ({' or '.join(HEAD_TENSORS)}): it is not a critic; "
            f"outside its layers it has {outer or 'nothing'}"
        )


def load_causal(checkpoint: Checkpoint, placement: Placement) -> PreTrainedModel:
    """A causal (or, for T5, encoder-decoder) model in evaluation mode.

    Raises ModelError naming missing, unexpected or misshapen tensors, UsageError for a reward model.
    """
    refuse_critic(checkpoint)
    check_memory(checkpoint, placement)
    if checkpoint.is_internlm2:
        from transformers import LlamaForCausalLM

        config = llama_config(checkpoint.config)
        return _fill(LlamaForCausalLM, config, llama_tensors(checkpoint.tensors(), config), placement)
    return _load_stock(checkpoint, placement)


def load_reward(checkpoint: Checkpoint, placement: Placement) -> RewardModel:
    """A reward model in InternLM2's layout, or in that of a stock model with a head beside it. Raises ModelError naming
    what is wrong."""
    from torch import nn
    from transformers import AutoModel

    refuse_policy(checkpoint)
    check_memory(checkpoint, placement)
    is_internlm2, tensors = checkpoint.is_internlm2, checkpoint.tensors()
    config: Any = llama_config(checkpoint.config) if is_internlm2 else _stock_config(checkpoint)
    tensors = llama_tensors(tensors, config) if is_internlm2 else tensors
    head: list[torch.Tensor] = []

    def trunk_tensors() -> Iterator[tuple[str, torch.Tensor]]:
        for name, tensor in tensors:
            if name in HEAD_TENSORS:
                head.append(tensor)
            elif name != "lm_head.weight":
                yield name.removeprefix("model."), tensor

    trunk = _fill(AutoModel.from_config, config, trunk_tensors(), placement)
    if [tuple(tensor.shape) for tensor in head] != [(1, config.hidden_size)]:
        found = ", ".join(str(tuple(tensor.shape)) for tensor in head) or "missing"
        raise ModelError(f"the reward head is {found}, expected (1, {config.hidden_size})")
    (weight,) = head
    linear = nn.Linear(config.hidden_size, 1, bias=False)
    linear.weight = nn.Parameter(weight.to(placement.device, placement.dtype), requires_grad=False)
    return RewardModel(trunk, linear)


def _fill(
    make: Callable[[Any], Any],
    config: PretrainedConfig,
    tensors: Iterable[tuple[str, torch.Tensor]],
    placement: Placement,
) -> PreTrainedModel:
    """An instance with exactly `tensors` for parameters; no random weights are made first."""
    import torch

    with torch.device("meta"):
        model: PreTrainedModel = make(config)
    tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
    model.load_state_dict(_matched(model, tensors, tied, placement), assign=True, strict=False)
    if tied:
        model.tie_weights()
    make_rotary(model, placement.device)
    model.requires_grad_(False).train(False)
    return model


def _matched(
    model: PreTrainedModel, tensors: Iterable[tuple[str, torch.Tensor]], tied: set[str], placement: Placement
) -> dict[str, torch.Tensor]:
    """The tensors in their place, by the name of their parameter. Raises ModelError if they are not those of the model,
    where `tied` ones may be missing or there."""
    expected = dict(model.named_parameters())
    state: dict[str, torch.Tensor] = {}
    for name, tensor in tensors:
        if name not in expected:
            if name in tied:
                continue
            raise ModelError(f"tensor {name!r} has no place in {type(model).__name__}")
        if tensor.shape != expected[name].shape:
            raise ModelError(
                f"tensor {name!r} is {tuple(tensor.shape)}, the config asks for {tuple(expected[name].shape)}"
            )
        state[name] = tensor.to(placement.device, placement.dtype)
    missing = sorted(set(expected) - set(state) - tied)
    if missing:
        raise ModelError(f"{len(missing)} tensors are missing: {', '.join(missing[:8])}{', …' * (len(missing) > 8)}")
    return state


def make_rotary(model: PreTrainedModel, device: torch.device) -> None:
    """Compute the rotary frequencies of a model that was made without memory: they are no parameters to load."""
    with device:
        for module in list(model.modules()):
            if hasattr(module, "rotary_emb"):
                module.rotary_emb = type(module.rotary_emb)(model.config)


def _load_stock(checkpoint: Checkpoint, placement: Placement) -> PreTrainedModel:
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM
    from transformers.utils import logging as library_logging

    lines: Any = library_logging
    lines.disable_progress_bar()  # what is loaded, and what is wrong with it, is told in lines of ours
    lines.set_verbosity_error()
    if "auto_map" in checkpoint.config and not checkpoint.model_type:
        raise ModelError(f"{checkpoint.folder} needs code of its own to load, and that is never run")
    config = _stock_config(checkpoint)
    auto = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    loaded: Any = auto.from_pretrained(
        checkpoint.folder,
        config=config,
        dtype=placement.dtype,
        trust_remote_code=False,
        local_files_only=True,
        output_loading_info=True,
    )
    model, report = loaded
    kinds = ("missing_keys", "mismatched_keys", "unexpected_keys")
    wrong = {kind: sorted(map(str, report[kind])) for kind in kinds if report[kind]}
    if wrong:
        what = "; ".join(f"{kind.replace('_', ' ')}: {', '.join(names[:8])}" for kind, names in wrong.items())
        raise ModelError(f"{checkpoint.folder} does not hold what its config says: {what}")
    stock: PreTrainedModel = model.to(placement.device).eval().requires_grad_(False)
    return stock


def _stock_config(checkpoint: Checkpoint) -> Any:
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(checkpoint.folder, trust_remote_code=False)
    except (ValueError, KeyError, OSError) as error:
        raise ModelError(f"{checkpoint.folder}: transformers knows no {checkpoint.model_type!r}: {error}") from error


def memory_of(device: torch.device) -> tuple[int, int]:
    """Bytes of memory that are free, and in all: the device's, or this machine's for the CPU."""
    import torch

    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)
    page = os.sysconf("SC_PAGE_SIZE")
    return os.sysconf("SC_AVPHYS_PAGES") * page, os.sysconf("SC_PHYS_PAGES") * page


def _gb(num_bytes: int) -> str:
    return f"{num_bytes / 1e9:.1f} GB"
