"""Requests that nobody would send: well-formed ones, mutated, and noise. A seed repeats them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

_TACTICS = (
    *("constructor", "simp", "exact hp", "omega", "intro x", "cases hp", "rfl", "decide", "skip", "exact?", "simp?"),
    *("have : True := trivial", "first | rfl | skip", "all_goals skip", "· skip", "case left => exact hp", "rw [hp]"),
)
_STATEMENT = "theorem t (p q : Prop) (hp : p) : p ∨ q := by sorry"
_WORDS = (*"∀()⟨⟩+1«\n", "theorem", "by", "sorry", ":=", "fun", "=>", "Nat", "import", "Init", "#eval")
_KEYS = (
    *("cmd", "env", "tactic", "tactics", "proofState", "focus", "drop"),
    *("premises", "state", "hello", "path", "goal", "allTactics"),
)
_ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**18, 1.5, "", "\x00", "é" * 50),
    *([], {}, [[]], {"a": {"b": []}}, [1, "x", None]),
)


def request(random: Random, states: Sequence[int]) -> dict[str, Any]:
    """One request: a third as it should be (on one of `states`), a third with one thing wrong, a third noise."""
    kind = random.randrange(3)
    if kind == 0:
        return _good(random, states)
    if kind == 1:
        asked = _good(random, states)
        asked[random.choice(list(asked) + list(_KEYS))] = random.choice(_ODD)
        return asked
    return {random.choice(_KEYS): random.choice((*_ODD, _text(random))) for _ in range(random.randrange(4))}


def _good(random: Random, states: Sequence[int]) -> dict[str, Any]:
    state = random.choice(states) if states and random.random() < 0.9 else random.randrange(10**6)
    kind = random.randrange(6)
    if kind == 0:
        texts = (f"example : {_text(random)} := by sorry", _text(random), _STATEMENT)
        return {"cmd": random.choice(texts)}
    if kind == 1:
        return {"tactic": _tactic(random), "proofState": state}
    if kind == 2:
        return {"drop": {"proofStates": [state], "envs": []}}
    if kind == 3:
        return {"premises": random.randrange(5), "proofState": state}
    if kind == 4:
        return {"state": state}
    calls = [{"tactic": _tactic(random), "heartbeats": 2000, "wallMs": 2000} for _ in range(random.randrange(4))]
    return {"tactics": calls, "proofState": state}


def _tactic(random: Random) -> str:
    return random.choice(_TACTICS) if random.random() < 0.6 else _text(random)


def _text(random: Random) -> str:
    return " ".join(random.choice(_WORDS) for _ in range(random.randrange(1, 12)))
