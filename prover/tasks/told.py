"""What Lean says against a text, with what it leaves out: the name of what it does not know, and the next step."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prover.lean.protocol import Message
from prover.tasks.broken import Skipped
from prover.tasks.scanner import IDENTIFIER
from prover.tasks.statement import imports

LEMMA = "lemma"
_FOREIGN = {
    LEMMA: "Mathlib's; core Lean has `theorem`",
    **dict.fromkeys(("variables", "parameter", "parameters"), "Lean 3's; Lean 4 has `variable`"),
    **dict.fromkeys(("constant", "constants"), "Lean 3's; Lean 4 has `axiom`"),
}
"""Words that begin commands elsewhere."""
_NUMBERS = "ℝℂℚℕℤ"
"""What Mathlib's notations make types of."""
_OWN = frozenset(("Init", "Std", "Lean"))
_NAMELESS = ("unknown tactic", "unexpected identifier")
_UNREADABLE = "expected token"


class Told:
    """Tells what Lean says of a text; `code` is the text without comments and literals."""

    def __init__(self, text: str, code: str) -> None:
        self._text, self._lines, self._code = text, text.split("\n"), code.split("\n")

    def said(self, text: str, line: int, column: int) -> str:
        """What Lean says of a place, with the name of what it does not know, or the character that it can't read. The
        place may be none of the text's."""
        nothing = "".join(f"nothing declares `{name}`; " for name in _NUMBERS if name in text and self._lacks(name))
        return nothing + self._named(text, line, column)

    def _named(self, text: str, line: int, column: int) -> str:
        if not 0 < line <= len(self._lines) or column < 0:
            return text
        if text == _UNREADABLE:
            return f"{text}: {self._character(line, column)} can't stand here"
        said, _, wanted = text.partition("; ")
        if said not in _NAMELESS or wanted not in ("", "expected command"):
            return text
        words = (word for word in re.finditer(IDENTIFIER, self._code[line - 1]) if word.start() <= column <= word.end())
        named = " ".join((said, *(f"`{word.group()}`" for word in words)))
        return f"{named}; {wanted}" if wanted else named

    def of(self, error: Message) -> str:
        """What Lean says in a message, told as in `said`."""
        return self.said(error.text, error.line, error.column)

    def why_unread(self, piece: Skipped) -> str:
        """Why Lean read no command in a piece of the text."""
        if self.is_foreign(piece):
            return f"`{piece.word}` is {_FOREIGN[piece.word]}"
        if piece.word in ("theorem", "example", *_FOREIGN):
            return "Lean passes over it" if piece.error is None else self.of(piece.error)
        return f"`{piece.word}` is no command of core Lean" if piece.word else "Lean passes over this text"

    def is_foreign(self, piece: Skipped) -> bool:
        """Whether the piece begins with a word of elsewhere that the text does not make a command of its own."""
        return piece.word in _FOREIGN and f'"{piece.word}' not in self._text

    def _lacks(self, name: str) -> bool:
        """Whether a name for numbers is one of no library that the text imports, and none that the text declares."""
        if any(module.partition(".")[0] not in _OWN for module in imports(self._text)):
            return False
        return (
            re.search(rf"[\"«]{name}|{name}\s*:|\b(?:def|abbrev|structure|inductive|class)\s+{name}", self._text)
            is None
        )

    def _character(self, line: int, column: int) -> str:
        character = "\n".join(self._lines[line - 1 :])[column:][:1]
        shown = f"`{character}` " if character.isprintable() and not character.isspace() else ""
        return f"{shown}U+{ord(character):04X}" if character else "the end of the text"


def hint(errors: Sequence[Message]) -> str:
    """The next step after an error in a file of Lean 3."""
    is_lean_3 = any("`begin`" in error.text for error in errors)
    return " (`begin … end` is Lean 3: Lean 4 has `by`)" if is_lean_3 else ""
