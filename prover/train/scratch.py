"""A small model with random weights and a vocabulary of its own, to begin a training from nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, set_seed

from prover.files import made_whole
from prover.train.folder import write_manifest

_SPECIAL = ("<pad>", "<s>", "</s>", "<|reward|>")
_STYLE = "bfs-prover"


def write_scratch(
    target: Path, texts: Iterable[str], *, seed: int, vocabulary: int = 1024, hidden: int = 128, layers: int = 3
) -> Path:
    """Write a Llama of less than a million parameters, and byte pairs counted in `texts`, to the folder `target`. The
    style is the plainest of all: the state and `:::`."""
    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(_SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    words.train_from_iterator(texts, trainer)
    set_seed(seed)
    config = LlamaConfig(
        vocab_size=words.get_vocab_size(),
        hidden_size=hidden,
        intermediate_size=3 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 32,
        num_key_value_heads=hidden // 32,
        max_position_embeddings=2048,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        tie_word_embeddings=True,
    )
    with made_whole(target) as folder:
        LlamaForCausalLM(config).save_pretrained(folder)
        words.save(str(folder / "tokenizer.json"))
        (folder / "tokenizer_config.json").write_text(json.dumps({"bos_token": "<s>", "eos_token": "</s>"}))
        write_manifest(folder, {"kind": "policy", "style": _STYLE, "base": "nothing", "seed": seed})
    return target
