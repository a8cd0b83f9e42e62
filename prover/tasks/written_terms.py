"""Terms that are parts of their own in a proof: what stands behind `:=`, `=>` and `from`, and each part of `⟨…, …⟩`.

They are read from the layout alone; whether a reading is of use is for Lean to say.
"""

from __future__ import annotations

from collections.abc import Sequence

from prover.tasks.scanner import Token, mask, tokens

_OPENERS = frozenset((":=", "=>", "from", "⟨", ","))


def term_at(text: str, start: int, end: int, offset: int) -> tuple[int, int] | None:
    """Where the innermost such term around an offset begins and ends, within a stretch of the text; one that is a mere
    `sorry` already is passed over. None if there is none, or it is a tactic block."""
    line = text.rfind("\n", 0, start) + 1
    found = [each for each in tokens(mask(text[line:end])) if line + each.start >= start]
    at = offset - line
    for number in reversed(range(len(found))):
        if found[number].text not in _OPENERS or number + 1 == len(found):
            continue
        first, last = number + 1, _last(found, number)
        if last < first or not found[first].start <= at < found[last].end or not _is_part(found, number):
            continue
        if found[first].text == "by":
            return None
        if last > first or found[first].text != "sorry":
            return line + found[first].start, line + found[last].end
    return None


def _is_part(found: Sequence[Token], number: int) -> bool:
    """Whether a comma stands in `⟨…, …⟩`, and not in another list."""
    if found[number].text != ",":
        return True
    around = (each for each in reversed(found[:number]) if each.depth < found[number].depth)
    return (bracket := next(around, None)) is not None and bracket.text == "⟨"


def _last(found: Sequence[Token], number: int) -> int:
    """The last token of the term behind an opener."""
    opener = found[number]
    depth = opener.depth + (opener.text == "⟨")
    indent = next((each.column for each in reversed(found[: number + 1]) if each.opens_line), found[0].column)
    for at in range(number + 1, len(found)):
        token = found[at]
        is_closed = token.depth < depth or (token.depth == depth and token.text in (",", ";", "|", "⟩"))
        is_below = token.opens_line and at > number + 1 and (token.column <= indent or token.text == "_")
        if is_closed or is_below:
            return at - 1
    return len(found) - 1
