"""The prompt style of a checkpoint, from its manifest or else from its names, its architecture and its tokenizer.

Several published families share one architecture down to every shape (all InternLM2 models of 7 billion parameters do),
so shapes rule a style out and never choose one. A checkpoint without a telling name has to be given `?style=`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from prover.errors import UsageError
from prover.models.checkpoint import Checkpoint
from prover.models.prompts import IM_START, STYLES, PromptStyle, style_named
from prover.models.tokenizer import Tokenizer

_KNOWN = (
    (r"bfs-?prover", "bfs-prover"),
    (r"internlm-?2[.-]5-?step-?prover", "stepprover2.5"),
    (r"internlm-?2-?step-?prover", "stepprover2"),
    (r"internlm-?2(-[\w.]+)*-math-plus|internlm-?2-math-plus", "math-plus"),
    (r"internlm-?2(-[\w.]+)*-math-base|internlm-?2-math-base|internlm-?2[.-]?5?-\d+b-base", "math-base"),
    (r"leandojo-lean4-tacgen-byt5|reprover", "reprover"),  # its retrieving sister reads premises first
)
"""Patterns of published names, with the prompt style of the models' training."""

_QWEN = ("qwen2", "qwen3")
_T5 = ("t5", "mt5")
_KINDS = {"bfs-prover": (*_QWEN, "llama"), "reprover": _T5}
_INTERNLM = ("internlm2", "llama")
"""Architectures (`model_type`) of a style's published models, or of conversions of them."""

_CHAT_NAMES = re.compile(r"instruct|chat|[-_]it\b|kimina|goedel|deepseek-prover")
"""What chat models are called. A chat template alone says nothing: models trained on from a chat model keep it."""


def find_style(checkpoint: Checkpoint, tokenizer: Tokenizer) -> PromptStyle:
    """The style that the checkpoint was trained on: by its manifest, otherwise by its names. Raises UsageError, with
    the candidates, if that is not certain."""
    if "style" in checkpoint.manifest:
        return style_named(str(checkpoint.manifest["style"]))
    named = _style_of_names(checkpoint.names)
    if named is not None:
        return _fitting(checkpoint, tokenizer, named)
    if checkpoint.is_internlm2:
        raise _unknown(checkpoint, ("stepprover2.5", "stepprover2", "math-plus", "math-base"))
    if checkpoint.model_type in _T5:
        raise _unknown(checkpoint, ("reprover",))
    if tokenizer.chat_template is not None and any(_CHAT_NAMES.search(name.lower()) for name in checkpoint.names):
        return STYLES["chat"]
    raise _unknown(checkpoint, ("bfs-prover", "math-base", "chat"))


def _style_of_names(names: Sequence[str]) -> str | None:
    """The style that a model's names stand for; None if they are unknown or disagree."""
    plain = [name.lower().replace("_", "-") for name in names]
    found = {next((style for pattern, style in _KNOWN if re.search(pattern, name)), None) for name in plain}
    known = found - {None}
    return known.pop() if len(known) == 1 else None


def style_of_served(name: str) -> PromptStyle:
    """The style of a served model, from its name alone; `chat` for an unknown one.

    Raises UsageError for an InternLM model of unknown style.
    """
    named = _style_of_names([name])
    if named is None and "internlm" in name.lower():
        raise UsageError(f"how {name} wants to be asked is not certain: say it with ?style=")
    return STYLES[named or "chat"]


def _fitting(checkpoint: Checkpoint, tokenizer: Tokenizer, name: str) -> PromptStyle:
    """The style of that name. Raises UsageError if the checkpoint's architecture or tokenizer speaks against it."""
    style = STYLES[name]
    kind = "internlm2" if checkpoint.is_internlm2 else checkpoint.model_type
    if kind not in _KINDS.get(name, _INTERNLM):
        raise UsageError(
            f"{checkpoint.folder} goes by the name of a {name} model, and its architecture is {kind or 'not named'}: "
            "name its style, ?style=…"
        )
    needs_chat = name.startswith(("stepprover", "math-plus"))
    if needs_chat and tokenizer.vocabulary.special_id(IM_START) is None:
        raise UsageError(
            f"{checkpoint.folder} goes by the name of a {name} model, and its tokenizer has no {IM_START}: is it "
            "whole? Name its style, ?style=…"
        )
    return style


def _unknown(checkpoint: Checkpoint, candidates: Sequence[str]) -> UsageError:
    folder, kind = checkpoint.folder, checkpoint.model_type or "no model_type"
    return UsageError(
        f"{folder}: how this model wants to be asked is not certain ({kind}; it goes by "
        f"{', '.join(checkpoint.names)}). Say it: {folder}?style=NAME, NAME one of {', '.join(candidates)}"
    )
