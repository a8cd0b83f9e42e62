"""The published InternLM2 architecture written out plainly, and tiny checkpoints in its true layout.

Independent of the code under test: no transformers class, the fused projection used as published, float32 throughout.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

Weights = dict[str, Tensor]


def tiny_config(**changes: Any) -> dict[str, Any]:
    """A config with InternLM2's keys and four query heads on two key-value heads."""
    config: dict[str, Any] = {
        "architectures": ["InternLM2ForCausalLM"],
        "model_type": "internlm2",
        "_name_or_path": "internlm/internlm2_5-step-prover",
        "vocab_size": 320,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 64,
        "rope_theta": 1000000,
        "rope_scaling": {"type": "dynamic", "factor": 2.0},
        "rms_norm_eps": 1e-5,
        "bias": False,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 2,
        "torch_dtype": "float32",
    }
    return config | changes


def random_weights(config: dict[str, Any], *, seed: int = 0, reward: bool = False) -> Weights:
    """Random tensors under the published names; a reward model has `v_head` and no `output`."""
    generator = torch.Generator().manual_seed(seed)
    hidden, middle, vocab = config["hidden_size"], config["intermediate_size"], config["vocab_size"]
    head = hidden // config["num_attention_heads"]
    rows = (config["num_attention_heads"] + 2 * config["num_key_value_heads"]) * head

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator) / math.sqrt(shape[-1])

    weights = {"model.tok_embeddings.weight": draw(vocab, hidden) * math.sqrt(hidden)}
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        weights |= {
            f"{at}.attention.wqkv.weight": draw(rows, hidden) * 2,
            f"{at}.attention.wo.weight": draw(hidden, hidden),
            f"{at}.feed_forward.w1.weight": draw(middle, hidden),
            f"{at}.feed_forward.w2.weight": draw(hidden, middle),
            f"{at}.feed_forward.w3.weight": draw(middle, hidden),
            f"{at}.attention_norm.weight": 1 + 0.1 * draw(hidden),
            f"{at}.ffn_norm.weight": 1 + 0.1 * draw(hidden),
        }
    weights["model.norm.weight"] = 1 + 0.1 * draw(hidden)
    weights["v_head.weight" if reward else "output.weight"] = draw(1 if reward else vocab, hidden)
    return weights


def write_checkpoint(
    folder: Path, config: dict[str, Any], weights: Weights, *, fmt: str = "bin", shards: int = 2
) -> Path:
    """The checkpoint as published: shards with an index, as pickles or safetensors."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    stem, suffix = ("pytorch_model", "bin") if fmt == "bin" else ("model", "safetensors")
    names = list(weights)
    weight_map: dict[str, str] = {}
    for shard in range(shards):
        part = {name: weights[name].contiguous() for name in names[shard::shards]}
        file = f"{stem}-{shard + 1:05d}-of-{shards:05d}.{suffix}" if shards > 1 else f"{stem}.{suffix}"
        torch.save(part, folder / file) if fmt == "bin" else save_file(part, folder / file)
        weight_map |= dict.fromkeys(part, file)
    if shards > 1:
        (folder / f"{stem}.{suffix}.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return folder


def reference_hidden(config: dict[str, Any], weights: Weights, ids: Tensor) -> Tensor:
    """The last hidden states [length, hidden] of one sequence, after the final norm."""
    x = weights["model.tok_embeddings.weight"][ids]
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        x = x + _attention(config, weights, at, _norm(x, weights[f"{at}.attention_norm.weight"], config))
        y = _norm(x, weights[f"{at}.ffn_norm.weight"], config)
        gate = y @ weights[f"{at}.feed_forward.w1.weight"].T
        up = y @ weights[f"{at}.feed_forward.w3.weight"].T
        x = x + (gate * torch.sigmoid(gate) * up) @ weights[f"{at}.feed_forward.w2.weight"].T
    return _norm(x, weights["model.norm.weight"], config)


def reference_logits(config: dict[str, Any], weights: Weights, ids: Tensor) -> Tensor:
    """Next-token logits [length, vocab]."""
    return reference_hidden(config, weights, ids) @ weights["output.weight"].T


def reference_reward(config: dict[str, Any], weights: Weights, ids: Tensor) -> float:
    """The score: `v_head` on the hidden state of the last token."""
    return float((reference_hidden(config, weights, ids)[-1] @ weights["v_head.weight"].T).item())


def _norm(x: Tensor, weight: Tensor, config: dict[str, Any]) -> Tensor:
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + config["rms_norm_eps"]) * weight


def _attention(config: dict[str, Any], weights: Weights, at: str, x: Tensor) -> Tensor:
    length, hidden = x.shape
    heads, kv = config["num_attention_heads"], config["num_key_value_heads"]
    head, per = hidden // heads, heads // kv
    fused = (x @ weights[f"{at}.attention.wqkv.weight"].T).view(length, kv, per + 2, head)
    out = torch.empty(length, heads, head)
    future = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
    for group in range(kv):
        key, value = _rotate(config, fused[:, group, per]), fused[:, group, per + 1]
        for slot in range(per):
            scores = _rotate(config, fused[:, group, slot]) @ key.T / math.sqrt(head)
            out[:, group * per + slot] = torch.softmax(scores.masked_fill(future, -torch.inf), -1) @ value
    return out.reshape(length, hidden) @ weights[f"{at}.attention.wo.weight"].T


def _rotate(config: dict[str, Any], x: Tensor) -> Tensor:
    """Rotary embedding on halves; beyond the trained length the base grows with the sequence (dynamic NTK)."""
    length, dim = x.shape
    base, most = float(config["rope_theta"]), config["max_position_embeddings"]
    scaling = config.get("rope_scaling")
    if scaling and scaling["type"] == "dynamic" and length > most:
        base *= (scaling["factor"] * length / most - (scaling["factor"] - 1)) ** (dim / (dim - 2))
    angles = torch.arange(length)[:, None] / base ** (torch.arange(0, dim, 2) / dim)
    cos, sin = torch.cos(angles), torch.sin(angles)
    left, right = x[:, : dim // 2], x[:, dim // 2 :]
    return torch.cat([left * cos - right * sin, right * cos + left * sin], -1)
