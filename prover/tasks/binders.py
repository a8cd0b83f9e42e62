"""The scopes of a statement's bound names, read off the text: enough to find names that nothing binds.

A variable that escapes its binder (`∑ k in s, f k + g k` binds no `k` in `g k`) becomes a new implicit argument if Lean
binds undeclared letters by itself, and the statement then differs from what it seems to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prover.tasks.scanner import Token, mask, tokens

_QUANTIFIERS = frozenset(("∀", "∃", "∃!", "λ", "fun", "∀ᶠ", "∃ᶠ", "∀ᵐ", "∃ᵐ"))
_INTEGRALS = frozenset(("∫", "∫⁻", "⨍", "⨍⁻", "∮"))
_BIG = frozenset(("∑", "∏", "⋃", "⋂", "⨆", "⨅", "∑'", "∏'", "⨁", "Σ", "Π", "∐")) | _INTEGRALS
_SUMS = frozenset(("+", "-", "∪", "∩"))  # bind tighter than an integral and looser than a sum
_RELATIONS = frozenset(("=", "≠", "<", ">", "≤", "≥", "∧", "∨", "→", "↔", "∣", "≡", "∈", "⊆", "⊂", ";", "<;>"))
_OPEN_ENDED = _QUANTIFIERS | frozenset(("if", "let", "have", "match"))
_LETTER = re.compile(r"[A-Za-zα-ωΑ-Ω][0-9₀-₉']*$")
_NAME = re.compile(r"[^\W\d][\w'!?]*$")
_STOPS = frozenset(
    (",", ":", "∈", "in", ">", "<", "≥", "≤", "≠", "=", "⊆", "∉", "|", ".", "=>", "↦", "∂", "⊂", ":=", "∣")
)

_BEFORE_SIGN = frozenset((*"([{⟨,=<≤+*/^|↦", "=>"))


@dataclass(frozen=True, slots=True)
class Unbound:
    """A letter at `offset` that nothing binds where it stands; `escaped` says that it is bound elsewhere."""

    name: str
    offset: int
    escaped: bool


def unbound_letters(statement: str, known: frozenset[str] = frozenset()) -> list[Unbound]:
    """The first use of every one-letter name (digits and primes may follow) that no binder of `statement` reaches.

    `known` are names bound before it: variables and definitions of the header. The text of a declaration is expected,
    up to its `:=`.
    """
    scope = _Scope(known)
    toks = list(tokens(mask(statement)))
    start = _after_name(toks)
    for index in range(start, len(toks)):
        scope.step(toks, index)
    return scope.found()


def bound_names(statement: str) -> list[str]:
    """Every name that some binder of the statement introduces, in order of appearance, without repetition."""
    toks = list(tokens(mask(statement)))
    names: dict[str, None] = {}
    for index in range(_after_name(toks), len(toks)):
        for name in _introduced(toks, index):
            names.setdefault(name)
    return list(names)


def _after_name(toks: Sequence[Token]) -> int:
    """The index after keyword and name of a declaration, and after its universe names `.{u, v}`."""
    keywords = ("theorem", "lemma", "example", "def", "abbrev")
    index = next((i + (1 if toks[i].text == "example" else 2) for i, t in enumerate(toks) if t.text in keywords), 0)
    if index + 1 < len(toks) and toks[index].text == "." and toks[index + 1].text == "{":
        index = next((i + 1 for i in range(index, len(toks)) if toks[i].text == "}"), index)
    return index


def _introduced(toks: Sequence[Token], index: int) -> Iterator[str]:
    """The names that the binder at `index` introduces, if one stands there."""
    text = toks[index].text
    if text in _QUANTIFIERS or text in _BIG:
        yield from _binder_names(toks, index + 1)
    elif text in ("(", "{", "[", "⦃") and _is_group(toks, index):
        yield from _plain_names(toks, index + 1, stops=frozenset((":",)))
    elif text == "{" and _is_set_builder(toks, index):
        yield from _set_builder_names(toks, index)
    elif text in ("let", "have", "set", "obtain", "rcases") and index + 1 < len(toks):
        yield from _plain_names(toks, index + 1, stops=frozenset((":=", ":")))
    elif text in ("if", "∃") and index + 2 < len(toks) and toks[index + 2].text == ":":
        yield toks[index + 1].text


def _binder_names(toks: Sequence[Token], index: int) -> Iterator[str]:
    """Names after a quantifier: loose ones, groups in brackets, patterns, up to the type, the bound or the comma."""
    base = toks[index].depth if index < len(toks) else 0
    in_type = False
    while index < len(toks):
        token = toks[index]
        if token.depth <= base and token.text in _STOPS:
            return
        if token.depth > base and token.text == ":":
            in_type = True
        elif token.depth <= base:
            in_type = False
        elif token.depth < base:
            return
        if not in_type and _NAME.match(token.text) and token.text not in ("_", "at", "from"):
            yield token.text
        index += 1


def _plain_names(toks: Sequence[Token], index: int, *, stops: frozenset[str]) -> Iterator[str]:
    while index < len(toks) and toks[index].text not in stops and toks[index].text not in (")", "}", "]"):
        if _NAME.match(toks[index].text):
            yield toks[index].text
        index += 1


def _set_builder_names(toks: Sequence[Token], index: int) -> Iterator[str]:
    """`{x | …}`, `{x : T | …}`, `{⟨x, y⟩ : T | …}` and `{f i | i : T}`: letters before the bar, bare names after it."""
    inner = toks[index].depth + 1
    bar = next(i for i in range(index, len(toks)) if toks[i].depth == inner and toks[i].text == "|")
    yield from (token.text for token in toks[index + 1 : bar] if _LETTER.match(token.text))
    after = bar + 1
    if after < len(toks) and toks[after].text == "(":
        after += 1
    while after < len(toks) and _NAME.match(toks[after].text):
        yield toks[after].text
        after += 1


def _is_group(toks: Sequence[Token], index: int) -> bool:
    """`(a b : T)`: names and nothing else before a colon."""
    position = index + 1
    while position < len(toks) and (_NAME.match(toks[position].text) or toks[position].text == "_"):
        position += 1
    return position > index + 1 and position < len(toks) and toks[position].text == ":"


def _is_set_builder(toks: Sequence[Token], index: int) -> bool:
    inner = toks[index].depth + 1
    for token in toks[index + 1 :]:
        if token.depth < inner:
            return False
        if token.depth == inner and token.text == "|":
            return True
    return False


class _Scope:
    """Names in force; they end at a closing bracket, or at an operator that a big operator stops before."""

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known
        self._open: list[tuple[frozenset[str], int, str]] = []  # names, depth below which they end, big operator
        self._ever: set[str] = set()
        self._free: dict[str, int] = {}

    def step(self, toks: Sequence[Token], index: int) -> None:
        token = toks[index]
        self._leave(toks, index)
        names = frozenset(_introduced(toks, index))
        if names:
            self._enter(toks, index, names)
        is_universe = index > 0 and toks[index - 1].text in ("Type", "Sort")
        if (
            _LETTER.match(token.text)
            and token.text not in ("λ", "Π", "Σ")
            and not is_universe
            and not self._is_bound(token.text)
        ):
            self._free.setdefault(token.text, token.start)

    def found(self) -> list[Unbound]:
        return [Unbound(name, offset, name in self._ever) for name, offset in self._free.items()]

    def _enter(self, toks: Sequence[Token], index: int, names: frozenset[str]) -> None:
        token = toks[index]
        self._ever |= names
        if token.text in ("(", "[") or (token.text in ("{", "⦃") and _is_group(toks, index)):
            # a binder group lasts to the end of what it stands in: of the declaration at depth 0
            self._open.append((names, token.depth, ""))
        elif token.text == "{":
            self._open.append((names, token.depth + 1, ""))
        else:
            self._open.append((names, token.depth, token.text if token.text in _BIG else ""))

    def _leave(self, toks: Sequence[Token], index: int) -> None:
        token = toks[index]
        if token.text in (")", "]", "}", "⟩", "⦄"):
            self._open = [entry for entry in self._open if entry[1] <= token.depth]
        elif token.text in _SUMS | _RELATIONS and _is_binary(toks, index) and _in_body(toks, index, token.depth):
            ended = _BIG if token.text in _RELATIONS else _BIG - _INTEGRALS
            self._open = [entry for entry in self._open if not (entry[2] in ended and entry[1] == token.depth)]

    def _is_bound(self, name: str) -> bool:
        return name in self._known or any(name in names for names, _, _ in self._open)


def _is_binary(toks: Sequence[Token], index: int) -> bool:
    """Not the sign in `(-x)` or after a comma."""
    return index > 0 and toks[index - 1].text not in _BEFORE_SIGN


def _in_body(toks: Sequence[Token], index: int, depth: int) -> bool:
    """Whether the operator at `index` comes after the comma of its big operator, so in its body and not in its range,
    outside the bars of an absolute value, and not in an `if` or a quantifier, which reach as far as they can."""
    bars = 0
    for position in range(index - 1, -1, -1):
        token = toks[position]
        if token.depth == depth and token.text in _OPEN_ENDED:
            return False
        if token.depth == depth and token.text == ",":
            return bars % 2 == 0
        if token.depth == depth and token.text in _BIG:
            return False
        bars += token.text == "|"
    return False
