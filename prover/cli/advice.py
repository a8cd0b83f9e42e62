"""What to do next, for messages of Lean that don't say it."""

from __future__ import annotations

import re

_MATHLIB = (
    "this Lean has no Mathlib: name a Lake project that has it with --project DIR (scripts/setup_lean DIR makes one)"
)
_LIBRARIES = "Mathlib|Aesop|Batteries|Qq|Plausible|ProofWidgets|ImportGraph|LeanSearchClient"
_TACTICS = (
    "linarith|nlinarith|polyrith|ring|ring_nf|norm_num|positivity|field_simp|aesop|push_neg|use|tauto|gcongr"
    "|linear_combination|interval_cases|fin_cases|abel|group|nth_rewrite|set|by_contra!|choose|contrapose!"
)

_STEPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(unknown module prefix|unknown package) '(?:{_LIBRARIES})'"), _MATHLIB),
    (
        re.compile(rf"unknown tactic `(?:{_TACTICS})`"),
        "a tactic of Mathlib's: `import Mathlib` and name a Lake project that has it with --project DIR "
        "(scripts/setup_lean DIR makes one)",
    ),
    (
        re.compile(r"(unknown module prefix|unknown package) '[a-z]\w*'|unknown constant 'tactic\.|\bbegin\b.*\bend\b"),
        "this looks like Lean 3, which Lean 4 does not read: its files say `import data.nat.basic` and `begin … end`",
    ),
    (
        re.compile(r"(unknown module prefix|unknown package) '[A-Z]"),
        "this Lean has no such library: name a Lake project that has it with --project DIR",
    ),
    (
        re.compile(r"`lemma` is Mathlib's|unexpected identifier(?: `lemma`; |; [\s\S]*\blemma\b)"),
        "`lemma` is Mathlib's word: write `theorem`, or name a project with Mathlib by --project DIR",
    ),
    (
        re.compile("nothing declares `[ℝℂℚℕℤ]`"),
        "ℝ, ℂ, ℚ, ℕ and ℤ are Mathlib's: write Nat and Int, or `import Mathlib` and name a project that has it with "
        "--project DIR",
    ),
    (
        re.compile(r"[Aa]ddress space|[Oo]ut of memory|Cannot allocate|RangeError: WebAssembly"),
        "a Lean process did not get its memory: `ulimit -v` has to be unlimited, and about 1 GB free for each worker",
    ),
)


def next_step(said: str) -> str:
    """The next step that a message calls for; none for most messages."""
    return next((step for pattern, step in _STEPS if pattern.search(said)), "")
