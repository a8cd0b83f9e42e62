"""A decoder of the Llama family laid out for sampling: fused projections, and a key-value cache in slots.

It takes over the weights of a stock transformers model. `extend` runs packed sequences (prompts), `step` one token of
each of many rows. Sampling and scheduling are elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

from prover.models.attention import Bounds, packed_attention
from prover.models.kv_cache import KeyValues
from prover.models.ops import add_rms_norm, rms_norm, rope_and_store, silu_mul

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Projection = Callable[[Tensor], Tensor]
_FAMILIES = ("llama", "qwen2", "qwen3", "mistral")


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The sizes of a network."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocab: int
    max_positions: int
    eps: float

    @classmethod
    def of(cls, config: Any) -> Dimensions:
        """The sizes that a transformers config names."""
        heads, hidden = config.num_attention_heads, config.hidden_size
        return cls(
            hidden=hidden,
            layers=config.num_hidden_layers,
            heads=heads,
            kv_heads=config.num_key_value_heads,
            head_dim=getattr(config, "head_dim", None) or hidden // heads,
            intermediate=config.intermediate_size,
            vocab=config.vocab_size,
            max_positions=config.max_position_embeddings,
            eps=config.rms_norm_eps,
        )

    @property
    def matrix_parameters(self) -> int:
        """Parameters of the layers' matrices. A token costs two floating-point operations for each."""
        rows = (self.heads + 2 * self.kv_heads) * self.head_dim
        return self.layers * self.hidden * (rows + self.heads * self.head_dim + 3 * self.intermediate)

    @property
    def cache_values_per_token(self) -> int:
        """Numbers that a token has in the key-value cache."""
        return 2 * self.layers * self.kv_heads * self.head_dim


@dataclass(slots=True)
class Layer:
    """A layer's weights. `q_norm` and `k_norm` are Qwen3's norms of single heads."""

    norm_in: Tensor
    qkv: Projection
    out: Projection
    norm_mid: Tensor
    gate_up: Projection
    down: Projection
    q_norm: Tensor | None = None
    k_norm: Tensor | None = None


@dataclass(slots=True)
class Packed:
    """The new tokens of several sequences, laid end to end: `tokens`, `positions` and `slots` are [new tokens], on the
    network's device.

    `gather` [all tokens] has the slots of every sequence from its beginning; None if no sequence has cached tokens.
    """

    tokens: Tensor
    positions: Tensor
    slots: Tensor
    bounds: Bounds
    gather: Tensor | None

    @staticmethod
    def of(sequences: Sequence[tuple[Sequence[int], Sequence[int], int]], device: torch.device) -> Packed:
        """From each sequence's (tokens, slots, number of cached tokens)."""
        tokens = [token for ids, _, cached in sequences for token in ids[cached:]]
        positions = [p for ids, _, cached in sequences for p in range(cached, len(ids))]
        new_slots = [slot for _, slots, cached in sequences for slot in slots[cached:]]
        every = [slot for _, slots, _ in sequences for slot in slots] if any(c for _, _, c in sequences) else None
        table = torch.tensor([tokens, positions, new_slots], dtype=torch.int64).to(device, non_blocking=True)
        return Packed(
            table[0],
            table[1],
            table[2],
            Bounds.of([len(ids) - cached for ids, _, cached in sequences], [len(i) for i, _, _ in sequences], device),
            None if every is None else torch.tensor(every, dtype=torch.int64).to(device, non_blocking=True),
        )


class RowAttention(Protocol):
    """The attention of a decoding step. It also writes the new keys and values to the cache."""

    def attend(self, layer: int, qkv: Tensor, positions: Tensor) -> Tensor:
        """The output [rows, heads·head_dim] for the new tokens' projections `qkv` [rows, heads + 2·kv_heads, head_dim]
        at their `positions` [rows]."""
        ...


class Network:
    """A decoder with its weights. `rope` are the cosines and sines [2, positions, head_dim / 2]; without `head` it
    gives hidden states alone."""

    def __init__(
        self, dims: Dimensions, embed: Tensor, layers: list[Layer], norm: Tensor, head: Projection | None, rope: Tensor
    ) -> None:
        self.dims = dims
        self.embed = embed
        self.layers = layers
        self.norm = norm
        self.head = head
        self.cos, self.sin = rope[0].contiguous(), rope[1].contiguous()

    @property
    def device(self) -> torch.device:
        return self.embed.device

    @property
    def dtype(self) -> torch.dtype:
        """The precision of activations and cache."""
        return self.embed.dtype

    @property
    def weight_bytes(self) -> int:
        """Bytes of weights that a decoding step reads: all matrices but the embedding."""
        modules = [m for layer in self.layers for m in (layer.qkv, layer.out, layer.gate_up, layer.down)] + [self.head]
        return sum(getattr(module, "num_bytes", 0) for module in modules)

    def allocate_cache(self, slots: int) -> KeyValues:
        """Memory for the keys and values of `slots` tokens."""
        d = self.dims
        return KeyValues.allocate(
            layers=d.layers, slots=slots, kv_heads=d.kv_heads, head_dim=d.head_dim, dtype=self.dtype, device=self.device
        )

    def extend(self, batch: Packed, cache: KeyValues) -> Tensor:
        """The normed hidden state of each sequence's last token, [sequences, hidden]. Writes the new tokens' keys and
        values to the cache."""
        d = self.dims
        residual = self.embed[batch.tokens]
        x = rms_norm(residual, self.layers[0].norm_in, d.eps)
        for index, layer in enumerate(self.layers):
            qkv = self._qkv(layer, x)
            q, k, v = rope_and_store(
                qkv,
                batch.positions,
                self.cos,
                self.sin,
                keys=cache.keys[index],
                values=cache.values[index],
                slots=batch.slots,
                heads=d.heads,
            )
            if batch.gather is not None:
                k, v = cache.keys[index][batch.gather], cache.values[index][batch.gather]
            attended = packed_attention(q, k, v, batch.bounds)
            x = self._rest(index, layer, attended.reshape(-1, d.heads * d.head_dim), residual)
        return x[batch.bounds.starts[0, 1:].long() - 1]

    def step(self, tokens: Tensor, positions: Tensor, rows: RowAttention) -> Tensor:
        """Next-token logits [rows, vocab] after each row's new token (`tokens` and `positions` are [rows])."""
        residual = self.embed[tokens]
        x = rms_norm(residual, self.layers[0].norm_in, self.dims.eps)
        for index, layer in enumerate(self.layers):
            attended = rows.attend(index, self._qkv(layer, x), positions)
            x = self._rest(index, layer, attended, residual)
        return self.logits(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """Next-token logits [rows, vocab] of normed hidden states [rows, hidden]."""
        assert self.head is not None, "a network without a language-model head"
        return self.head(hidden)

    def _qkv(self, layer: Layer, x: Tensor) -> Tensor:
        d = self.dims
        qkv = layer.qkv(x).view(-1, d.heads + 2 * d.kv_heads, d.head_dim)
        if layer.q_norm is not None and layer.k_norm is not None:
            q, k, v = torch.split(qkv, [d.heads, d.kv_heads, d.kv_heads], dim=1)
            qkv = torch.cat([rms_norm(q, layer.q_norm, d.eps), rms_norm(k, layer.k_norm, d.eps), v], dim=1)
        return qkv

    def _rest(self, index: int, layer: Layer, attended: Tensor, residual: Tensor) -> Tensor:
        """Output projection and MLP; returns the next layer's normed input, or the final norm's."""
        x = add_rms_norm(layer.out(attended), residual, layer.norm_mid, self.dims.eps)
        x = layer.down(silu_mul(layer.gate_up(x)))
        following = self.layers[index + 1].norm_in if index + 1 < len(self.layers) else self.norm
        return add_rms_norm(x, residual, following, self.dims.eps)


@dataclass(slots=True)
class Dense:
    """A plain matrix, [out, in]."""

    weight: Tensor
    bias: Tensor | None = None

    def __call__(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)

    @property
    def num_bytes(self) -> int:
        return self.weight.numel() * self.weight.element_size()


def can_lay_out(config: Any) -> bool:
    """Whether this layout covers a transformers config: the Llama family with full attention, SiLU and a rotary
    embedding over whole heads."""
    rope = getattr(config, "rope_parameters", None) or {}
    return (
        config.model_type in _FAMILIES
        and getattr(config, "hidden_act", "silu") == "silu"
        and not getattr(config, "mlp_bias", False)
        and not (getattr(config, "use_sliding_window", True) and getattr(config, "sliding_window", None))
        and rope.get("rope_type", "default") in {"default", "linear", "dynamic", "llama3"}
        and float(rope.get("partial_rotary_factor", 1.0)) == 1.0
    )


def lay_out(
    model: PreTrainedModel,
    make: Callable[[Tensor, Tensor | None], Projection] = Dense,
    *,
    device: torch.device | None = None,
) -> Network:
    """A network with a stock model's weights, on `device` (None: their own), its matrices made by `make`.

    Layer by layer the model's own weights are freed, so that a model larger than the device can be packed into it.
    Dynamic rotary scaling is left out: it begins beyond the trained length, where the engine never goes.
    """
    trunk: Any = getattr(model, "model", model)
    dims = Dimensions.of(model.config)
    with torch.no_grad():
        target = device or trunk.norm.weight.device
        layers = [_take_over(layer, make, target) for layer in trunk.layers]
        embed = trunk.embed_tokens.weight.to(target)
        head = getattr(model, "lm_head", None)
        is_tied = head is not None and head.weight is trunk.embed_tokens.weight
        return Network(
            dims,
            embed,
            layers,
            trunk.norm.weight.to(target),
            None if head is None else Dense(embed if is_tied else head.weight.to(target), head.bias),
            _rope_table(trunk.rotary_emb, dims.max_positions).to(target),
        )


def _take_over(layer: Any, make: Callable[[Tensor, Tensor | None], Projection], device: torch.device) -> Layer:
    attention, mlp = layer.self_attn, layer.mlp

    def fuse(*linears: Any) -> Projection:
        weight = torch.cat([linear.weight for linear in linears]).to(device)
        has_bias = linears[0].bias is not None
        return make(weight, torch.cat([linear.bias for linear in linears]).to(device) if has_bias else None)

    taken = Layer(
        norm_in=layer.input_layernorm.weight.to(device),
        qkv=fuse(attention.q_proj, attention.k_proj, attention.v_proj),
        out=fuse(attention.o_proj),
        norm_mid=layer.post_attention_layernorm.weight.to(device),
        gate_up=fuse(mlp.gate_proj, mlp.up_proj),
        down=fuse(mlp.down_proj),
        q_norm=attention.q_norm.weight.to(device) if hasattr(attention, "q_norm") else None,
        k_norm=attention.k_norm.weight.to(device) if hasattr(attention, "k_norm") else None,
    )
    layer.self_attn = layer.mlp = None  # what was fused is freed before the next layer is
    return taken


def _rope_table(rotary: Any, length: int) -> Tensor:
    """[2, length, head_dim / 2]: cosines and sines in float32."""
    angles = torch.outer(torch.arange(length, device=rotary.inv_freq.device).float(), rotary.inv_freq.float())
    return torch.stack([angles.cos(), angles.sin()]) * float(rotary.attention_scaling)
