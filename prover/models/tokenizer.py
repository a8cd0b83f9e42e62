"""Token ids of prompts, and their texts.

The vocabulary is a checkpoint's `tokenizer.json`, its SentencePiece `tokenizer.model`, or plain bytes (ByT5).
Text between special tokens is tokenised by itself and never yields a special token, whatever a proof state contains.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from prover.errors import ModelError, UsageError
from prover.models.checkpoint import Checkpoint, read_json
from prover.models.prompts import Prompt, Segment, Special

# InternLM2's chat tokens are reserve pieces of its SentencePiece model under other names.
_RESERVED_PIECES = {
    "<|im_start|>": "[UNUSED_TOKEN_146]",
    "<|im_end|>": "[UNUSED_TOKEN_145]",
    "<|action_start|>": "[UNUSED_TOKEN_144]",
    "<|action_end|>": "[UNUSED_TOKEN_143]",
    "<|interpreter|>": "[UNUSED_TOKEN_142]",
    "<|plugin|>": "[UNUSED_TOKEN_141]",
    "<|reward|>": "[UNUSED_TOKEN_130]",
}
_RESERVE_PIECE_CUT = re.compile(r"(?<=\[UNUSED)(?=_TOKEN_)")
_BEFORE_BYTES = ("<pad>", "</s>", "<unk>")  # of ByT5
_STAND_IN = re.compile("\ue000(\\d+)\ue000")


class Vocabulary(Protocol):
    """Encodes plain text, and knows special tokens by their texts. `num_pieces` does not count added tokens."""

    @property
    def num_pieces(self) -> int: ...
    def encode(self, text: str) -> list[int]: ...
    def decode(self, ids: Sequence[int]) -> str: ...
    def special_id(self, token: str) -> int | None: ...
    def special_text(self, token: int) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """A vocabulary, with the checkpoint's beginning-of-text token, its end-of-text tokens and its chat template."""

    vocabulary: Vocabulary
    bos_id: int | None
    eos_ids: tuple[int, ...]
    chat_template: str | None = None
    template_tokens: Mapping[str, str] | None = None

    def encode(self, prompt: Prompt, *, num_bos: int) -> list[int]:
        """`num_bos` beginning-of-text tokens, then the prompt's ids. Raises ModelError for an unknown special token."""
        segments = self._chat(prompt.turns) if prompt.turns else prompt.segments
        ids = [self.bos_id] * num_bos if self.bos_id is not None else []
        for segment in segments:
            ids.extend([self.special_id(segment)] if isinstance(segment, Special) else self.vocabulary.encode(segment))
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, special tokens left out."""
        return self.vocabulary.decode(ids)

    def spelled(self, ids: Sequence[int]) -> str:
        """The text of ids with the special tokens among them spelled out, for people."""
        parts: list[str] = []
        plain: list[int] = []
        for token in ids:
            name = self.vocabulary.special_text(token)
            if name is None:
                plain.append(token)
                continue
            parts += [self.vocabulary.decode(plain), name]
            plain = []
        return "".join([*parts, self.vocabulary.decode(plain)])

    def special_id(self, token: str) -> int:
        """The id of a special token. Raises ModelError if the vocabulary has none."""
        found = self.vocabulary.special_id(token)
        if found is None:
            raise ModelError(f"the tokenizer has no token {token!r}: is this the folder of the model it should be?")
        return found

    def stop_ids(self, tokens: Sequence[str]) -> frozenset[int]:
        """The ids that end an answer: the checkpoint's own and those of `tokens`."""
        return frozenset(self.eos_ids) | {self.special_id(token) for token in tokens}

    def _chat(self, turns: Sequence[tuple[str, str]]) -> tuple[Segment, ...]:
        """The turns in the checkpoint's chat template, their contents as plain text."""
        contents = [content for _, content in turns]
        if self.chat_template is None:
            if len(turns) > 1:
                raise UsageError("this model has no chat template: a conversation of several turns has no form")
            return tuple(contents)
        text = _render(self.chat_template, [role for role, _ in turns], self.template_tokens or {})
        segments: list[Segment] = []
        said: list[int] = []
        for index, part in enumerate(_STAND_IN.split(text)):
            if index % 2 == 0:
                segments += self.marked(part)
            else:
                said.append(int(part))
                segments.append(contents[int(part)])
        if said != list(range(len(contents))):
            raise ModelError("the checkpoint's chat template leaves out, repeats or reorders what is said")
        return tuple(segments)

    def marked(self, text: str) -> list[Segment]:
        """Text cut at the special tokens spelled out in it. Not for text from proof states."""
        parts = re.split(r"(<[^<>\s]+>|\[[A-Z_/]+\])", text)
        return [Special(p) if i % 2 and self.vocabulary.special_id(p) is not None else p for i, p in enumerate(parts)]


def load_tokenizer(checkpoint: Checkpoint) -> Tokenizer:
    """The folder's tokenizer. Raises UsageError if it has none, ModelError if it does not fit the model."""
    folder, config = checkpoint.folder, dict(checkpoint.config)
    settings = read_json(folder / "tokenizer_config.json") if (folder / "tokenizer_config.json").is_file() else {}
    generation = read_json(folder / "generation_config.json") if (folder / "generation_config.json").is_file() else {}
    if (folder / "tokenizer.json").is_file():
        vocabulary: Vocabulary = _FastVocabulary(folder / "tokenizer.json")
    elif (folder / "tokenizer.model").is_file():
        vocabulary = _SentencePieceVocabulary(folder)
    elif checkpoint.model_type == "t5" and int(config.get("vocab_size", 0)) == 384:
        vocabulary = ByteVocabulary()
    else:
        raise UsageError(f"{folder} has no tokenizer (tokenizer.json or tokenizer.model)")
    ends = generation.get("eos_token_id", config.get("eos_token_id"))
    named = {key: _token_text(settings.get(key)) for key in ("bos_token", "eos_token", "pad_token")}
    if ends is None:
        ends = vocabulary.special_id(named["eos_token"])
    eos_ids = tuple(ends) if isinstance(ends, list) else (ends,) if isinstance(ends, int) else ()
    adds_bos = settings.get("add_bos_token", True) and settings.get("bos_token", "unsaid") is not None
    template = settings.get("chat_template")
    if (folder / "chat_template.jinja").is_file():
        template = (folder / "chat_template.jinja").read_text(encoding="utf-8")
    return Tokenizer(
        vocabulary,
        bos_id=config.get("bos_token_id") if adds_bos else None,
        eos_ids=eos_ids,
        chat_template=template if isinstance(template, str) else None,
        template_tokens={key: value for key, value in named.items() if value},
    )


class _FastVocabulary:
    """A `tokenizer.json`."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer as Fast

        try:
            self._fast = Fast.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise ModelError(f"{path} is not a readable tokenizer: {error}") from error
        self._fast.no_padding()
        self._fast.no_truncation()
        self._fast.encode_special_tokens = True  # special tokens in plain text are plain text
        self._added = {token.content: i for i, token in self._fast.get_added_tokens_decoder().items()}

    @property
    def num_pieces(self) -> int:
        return int(self._fast.get_vocab_size(with_added_tokens=False))

    def encode(self, text: str) -> list[int]:
        return list(self._fast.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._fast.decode(list(ids), skip_special_tokens=True))

    def special_id(self, token: str) -> int | None:
        """The id of an added token; a reserve piece under its other name counts."""
        for name in (token, _RESERVED_PIECES.get(token, token)):
            if name in self._added:
                return self._added[name]
        return self._fast.token_to_id(_RESERVED_PIECES[token]) if token in _RESERVED_PIECES else None

    def special_text(self, token: int) -> str | None:
        return next((text for text, number in self._added.items() if number == token), None)


class _SentencePieceVocabulary:
    """A SentencePiece `tokenizer.model`, with `added_tokens.json` where there is one."""

    def __init__(self, folder: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        path = folder / "tokenizer.model"
        try:
            self._pieces = SentencePieceProcessor(model_file=str(path))
        except (RuntimeError, OSError) as error:
            raise ModelError(f"{path} is not a SentencePiece model: {error}") from error
        added = folder / "added_tokens.json"
        self._added = {str(k): int(v) for k, v in read_json(added).items()} if added.is_file() else {}

    @property
    def num_pieces(self) -> int:
        return int(self._pieces.vocab_size())

    def encode(self, text: str) -> list[int]:
        """Ids of plain text; a reserve piece spelled out in it is cut in two, so that it stays text."""
        return [i for part in _RESERVE_PIECE_CUT.split(text) for i in self._pieces.encode(part)]

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids without special and reserve pieces."""
        special = set(self._added.values())
        kept = [i for i in ids if i < self._pieces.vocab_size() and i not in special and not self._is_special(i)]
        return str(self._pieces.decode(kept))

    def special_id(self, token: str) -> int | None:
        """The id of an added token, a control piece or a renamed reserve piece."""
        for name in (token, _RESERVED_PIECES.get(token, token)):
            if name in self._added:
                return self._added[name]
            found = int(self._pieces.piece_to_id(name))
            if found != self._pieces.unk_id() and self._is_special(found):
                return found
        return None

    def special_text(self, token: int) -> str | None:
        """The text of an added, control or reserve piece."""
        named = next((text for text, number in self._added.items() if number == token), None)
        is_piece = named is None and token < self._pieces.vocab_size() and self._is_special(token)
        return str(self._pieces.id_to_piece(token)) if is_piece else named

    def _is_special(self, piece_id: int) -> bool:
        return bool(
            self._pieces.is_control(piece_id)
            or self._pieces.is_unused(piece_id)
            or self._pieces.id_to_piece(piece_id).startswith("[UNUSED_TOKEN_")
        )


class ByteVocabulary:
    """ByT5's: id 3 + byte; 0 pads, 1 ends."""

    @property
    def num_pieces(self) -> int:
        """Bytes, and the three tokens before them."""
        return 259

    def encode(self, text: str) -> list[int]:
        """Ids of the UTF-8 bytes."""
        return [byte + 3 for byte in text.encode()]

    def decode(self, ids: Sequence[int]) -> str:
        """Text of the bytes among ids; broken UTF-8 is replaced."""
        return bytes(i - 3 for i in ids if 3 <= i < 259).decode(errors="replace")

    def special_id(self, token: str) -> int | None:
        """The number of one of the three tokens before the bytes."""
        return _BEFORE_BYTES.index(token) if token in _BEFORE_BYTES else None

    def special_text(self, token: int) -> str | None:
        """The text of one of them."""
        return _BEFORE_BYTES[token] if 0 <= token < len(_BEFORE_BYTES) else None


def _token_text(value: Any) -> str:
    return str(value.get("content", "")) if isinstance(value, dict) else str(value or "")


def _render(template: str, roles: Sequence[str], tokens: Mapping[str, str]) -> str:
    """A rendered chat template with a placeholder for each content, so that no content is read as a special token."""
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> str:
        raise TemplateError(message)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = refuse
    environment.filters["tojson"] = json.dumps
    messages = [{"role": role, "content": f"\ue000{index}\ue000"} for index, role in enumerate(roles)]
    try:
        return environment.from_string(template).render(messages=messages, add_generation_prompt=True, **tokens)
    except TemplateError as error:
        raise ModelError(f"the checkpoint's chat template failed: {error}") from error
