"""What Lean says against a text, with what it leaves out: the name of what it does not know, and the next step."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prover.lean.protocol import Message
from prover.tasks.broken import Skipped
from prover.tasks.scanner import IDENTIFIER, LineIndex

LEMMA = "lemma"
FOREIGN = {
    LEMMA: "Mathlib's; core Lean has `theorem`",
    **dict.fromkeys(("variables", "parameter", "parameters"), "Lean 3's; Lean 4 has `variable`"),
    **dict.fromkeys(("constant", "constants"), "Lean 3's; Lean 4 has `axiom`"),
}
"""Words that begin commands elsewhere."""
_NAMELESS = ("unknown tactic", "unexpected identifier")
_UNREADABLE = "expected token"


class Told:
    """Tells what Lean says of a text; `code` is the text without comments and literals."""

    def __init__(self, text: str, code: str) -> None:
        self._text, self._code = text, code
        self._index = LineIndex(text)

    def said(self, error: Message) -> str:
        """What Lean says, with the name of what it does not know, or the character that it can't read."""
        if error.text == _UNREADABLE:
            return f"{error.text}: {self._character(error)} can't stand here"
        said, _, wanted = error.text.partition("; ")
        if said not in _NAMELESS or wanted not in ("", "expected command"):
            return error.text
        line = self._code.split("\n")[error.line - 1]
        words = (word.group() for word in re.finditer(IDENTIFIER, line) if word.start() <= error.column <= word.end())
        named = " ".join((said, *(f"`{word}`" for word in words)))
        return f"{named}; {wanted}" if wanted else named

    def why_unread(self, piece: Skipped) -> str:
        """Why Lean read no command in a piece of the text."""
        if piece.word in FOREIGN:
            return f"`{piece.word}` is {FOREIGN[piece.word]}"
        if piece.word in ("theorem", "example"):
            return "Lean passes over it" if piece.error is None else self.said(piece.error)
        return f"`{piece.word}` is no command of core Lean" if piece.word else "Lean passes over this text"

    def _character(self, error: Message) -> str:
        character = self._text[self._index.offset((error.line, error.column)) :][:1]
        shown = f"`{character}` " if character.isprintable() and not character.isspace() else ""
        return f"{shown}U+{ord(character):04X}" if character else "the end of the text"


def hint(errors: Sequence[Message]) -> str:
    """The next step after an error in a file of Lean 3."""
    is_lean_3 = any("`begin`" in error.text for error in errors)
    return " (`begin … end` is Lean 3: Lean 4 has `by`)" if is_lean_3 else ""
