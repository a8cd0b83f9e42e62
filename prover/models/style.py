"""Which family a checkpoint is of: from its names, its config, its tokenizer. What is not certain is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prover.errors import UsageError
from prover.models.checkpoint import Checkpoint
from prover.models.prompts import IM_START, STYLES, PromptStyle
from prover.models.tokenizer import Tokenizer

_KNOWN = (
    (r"bfs-?prover", "bfs-prover"),
    (r"internlm-?2[.-]5-?step-?prover", "stepprover2.5"),
    (r"internlm-?2-?step-?prover", "stepprover2"),
    (r"internlm-?2(-[\w.]+)*-math-plus|internlm-?2-math-plus", "math-plus"),
    (r"internlm-?2(-[\w.]+)*-math-base|internlm-?2-math-base|internlm-?2[.-]?5?-\d+b-base", "math-base"),
    (r"leandojo.*byt5|byt5.*tacgen|reprover", "reprover"),
)
"""Published names, and the style that their models were trained on."""

_CHAT_NAMES = re.compile(r"instruct|chat|[-_]it\b|kimina|goedel|deepseek-prover")
"""What chat models are called. A chat template alone says nothing: models trained on from a chat model keep it."""


def find_style(checkpoint: Checkpoint, tokenizer: Tokenizer) -> PromptStyle:
    """The style of the family that a checkpoint is known to be of. Raises UsageError where it could be several."""
    named = _style_of_names(checkpoint.names)
    if checkpoint.model_type in {"t5", "mt5"}:
        return STYLES["reprover"]
    if named is not None:
        return _fitting(checkpoint, tokenizer, named)
    if checkpoint.is_internlm2:
        raise _unknown(checkpoint, ("stepprover2.5", "stepprover2", "math-plus", "math-base"))
    if tokenizer.chat_template is not None and any(_CHAT_NAMES.search(name.lower()) for name in checkpoint.names):
        return STYLES["chat"]
    raise _unknown(checkpoint, ("bfs-prover", "math-base", "chat"))


def _style_of_names(names: Sequence[str]) -> str | None:
    """The style that the names a model goes by speak of; None where none does, or they disagree."""
    plain = [name.lower().replace("_", "-") for name in names]
    found = {next((style for pattern, style in _KNOWN if re.search(pattern, name)), None) for name in plain}
    known = found - {None}
    return known.pop() if len(known) == 1 else None


def style_of_served(name: str) -> PromptStyle:
    """The style for a server's model, of which only the name is known: chat, unless the name says more.

    Raises UsageError for one of a family whose members are asked in different ways.
    """
    named = _style_of_names([name])
    if named is None and "internlm" in name.lower():
        raise UsageError(f"how {name} wants to be asked is not certain: say it with ?style=")
    return STYLES[named or "chat"]


def _fitting(checkpoint: Checkpoint, tokenizer: Tokenizer, name: str) -> PromptStyle:
    """The style, if the checkpoint is of a kind that was ever trained on it."""
    style = STYLES[name]
    if name == "reprover":
        raise UsageError(f"{checkpoint.folder} goes by the name of a ReProver, and is no T5: name its style, ?style=…")
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
