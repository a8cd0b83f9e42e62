"""Names that Lean prints with a dagger, because a person can't write them."""

from __future__ import annotations

import re

_HIDDEN = re.compile(r"([\w'.]+)✝[⁰¹²³⁴⁵⁶⁷⁸⁹]*")


def without_hidden(text: str) -> tuple[str, frozenset[str]]:
    """The text with a new name for each such variable, and the new names."""
    names: dict[str, str] = {}

    def fresh(match: re.Match[str]) -> str:
        hidden = match.group()
        if hidden not in names:
            number = 1
            while f"{match[1]}_{number}" in text or f"{match[1]}_{number}" in names.values():
                number += 1
            names[hidden] = f"{match[1]}_{number}"
        return names[hidden]

    return _HIDDEN.sub(fresh, text), frozenset(names.values())
