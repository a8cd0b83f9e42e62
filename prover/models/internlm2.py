"""InternLM2's published layout as transformers' Llama classes, without any of InternLM2's own code.

The layouts differ in names, and in the fused attention projection. Its rows are grouped by key-value head: the query
heads of that head, then one key, then one value. Taken apart, queries are in Llama's order, and the rotary embedding is
in Llama's half-split form, so nothing is permuted. (Cai et al., InternLM2 Technical Report, 2024.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prover.errors import ModelError

if TYPE_CHECKING:
    import torch
    from transformers import LlamaConfig

HEAD_TENSORS = ("v_head.weight", "score.weight", "reward_head.weight")
"""Names of a reward model's head: the published one, and those of conversions."""

_OUTER = {
    "model.tok_embeddings.weight": "model.embed_tokens.weight",
    "model.norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
    **{name: name for name in HEAD_TENSORS},
}
_INNER = {
    "attention.wo": "self_attn.o_proj",
    "feed_forward.w1": "mlp.gate_proj",
    "feed_forward.w3": "mlp.up_proj",
    "feed_forward.w2": "mlp.down_proj",
    "attention_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
_FUSED = "attention.wqkv"


def llama_config(config: Mapping[str, Any]) -> LlamaConfig:
    """The Llama config of the same function. Raises ModelError naming a key that is missing or out of range."""
    from transformers import LlamaConfig

    try:
        hidden, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
        scaling = config.get("rope_scaling") or {}
        kind = str(scaling.get("rope_type", scaling.get("type", "default")))
        if kind not in {"default", "dynamic", "linear"}:
            raise ModelError(f"rope_scaling type {kind!r} is not one of InternLM2's (dynamic, linear)")
        rope = {"rope_type": kind, "rope_theta": float(config.get("rope_theta", 10000))}
        if kind != "default":
            rope["factor"] = float(scaling["factor"])
        kv_heads = int(config.get("num_key_value_heads") or heads)
        llama = LlamaConfig(
            vocab_size=int(config["vocab_size"]),
            hidden_size=hidden,
            intermediate_size=int(config["intermediate_size"]),
            num_hidden_layers=int(config["num_hidden_layers"]),
            num_attention_heads=heads,
            num_key_value_heads=kv_heads,
            max_position_embeddings=int(config["max_position_embeddings"]),
            rms_norm_eps=float(config["rms_norm_eps"]),
            rope_parameters=rope,
            attention_bias=bool(config.get("bias", False)),
            mlp_bias=False,
            tie_word_embeddings=bool(config.get("tie_word_embeddings", False)),
            bos_token_id=config.get("bos_token_id", 1),
            eos_token_id=config.get("eos_token_id", 2),
            pad_token_id=config.get("pad_token_id", 2),
        )
    except KeyError as error:
        raise ModelError(f"config.json has no {error}, which InternLM2 needs") from error
    except (TypeError, ValueError) as error:
        raise ModelError(f"config.json has a value that InternLM2 can't have: {error}") from error
    if hidden % heads or heads % kv_heads:
        raise ModelError(f"config.json: {heads} heads and {kv_heads} key-value heads do not divide")
    return llama


def llama_tensors(
    tensors: Iterable[tuple[str, torch.Tensor]], config: LlamaConfig
) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors under Llama's names, the fused projection split. Raises ModelError naming one that has no place."""
    for name, tensor in tensors:
        if name in _OUTER:
            yield _OUTER[name], tensor
            continue
        layer, dot, rest = name.removeprefix("model.layers.").partition(".")
        inner, _, kind = rest.rpartition(".")
        if not (name.startswith("model.layers.") and dot and layer.isdigit() and kind in {"weight", "bias"}):
            raise ModelError(f"tensor {name!r} is not one of InternLM2's")
        target = f"model.layers.{layer}."
        if inner == _FUSED:
            yield from _split(name, tensor, f"{target}self_attn", kind, config)
        elif inner in _INNER:
            yield f"{target}{_INNER[inner]}.{kind}", tensor
        else:
            raise ModelError(f"tensor {name!r} is not one of InternLM2's")


def _split(
    name: str, fused: torch.Tensor, target: str, kind: str, config: LlamaConfig
) -> Iterator[tuple[str, torch.Tensor]]:
    """[kv·(q_per_kv + 2)·head, …] into query, key and value rows."""
    kv = config.num_key_value_heads or config.num_attention_heads
    head = config.hidden_size // config.num_attention_heads
    slots = config.num_attention_heads // kv + 2
    if fused.shape[0] != kv * slots * head:
        raise ModelError(f"tensor {name!r} has {fused.shape[0]} rows, the config asks for {kv * slots * head}")
    groups = fused.reshape(kv, slots, head, *fused.shape[1:])
    for letter, part in (("q", groups[:, :-2]), ("k", groups[:, -2]), ("v", groups[:, -1])):
        yield f"{target}.{letter}_proj.{kind}", part.reshape(-1, *fused.shape[1:])
