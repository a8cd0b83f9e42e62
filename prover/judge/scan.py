"""The ban list: what a solution may not hold beyond what its challenge holds. Defence in depth, and cheap.

Nothing rests on it: the Lean side refuses the same cheats without it. It gives an early, plain reason, keeps code of
the solution's own from running while it is elaborated, and holds the policy (no notation, no raised limits).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from prover.tasks.scanner import mask

MAX_HEARTBEATS = 1_000_000  # in a `set_option maxHeartbeats`; 0 means none and is refused
MAX_REC_DEPTH = 100_000
MAX_PROOF_CHARS = 1_000_000
MAX_FINDINGS = 20  # more are not listed

_KEYWORDS = frozenset(
    [
        # admitting
        *("sorry", "admit", "axiom", "opaque"),
        # believing compiled code
        *("native_decide", "bv_decide", "implemented_by", "extern", "csimp", "unsafe"),
        # running code while elaborating
        *("run_tac", "run_cmd", "run_elab", "run_meta", "by_elab", "initialize", "builtin_initialize", "include_str"),
        *("simproc", "dsimproc", "simproc_decl", "dsimproc_decl", "builtin_simproc", "register_simp_attr"),
        *("#eval", "#eval!", "#exit", "#reduce", "#synth"),
        # changing what text means
        *("elab", "elab_rules", "macro", "macro_rules", "syntax", "declare_syntax_cat", "notation", "notation3"),
        *("infix", "infixl", "infixr", "prefix", "postfix", "unif_hint", "binder_predicate", "declare_config_elab"),
        *("import", "prelude", "export"),
    ]
)
_CONSTANTS = frozenset(  # with whatever namespace before them
    [
        *("sorryAx", "lcProof", "reduceBool", "reduceNat", "ofReduceBool", "ofReduceNat", "trustCompiler"),
        *("unsafeCast", "skipKernelTC", "IO"),
    ]
)
_TOKEN = re.compile(r"\.?(?:«[^«»\n]*»|#?[^\W\d][\w'!?]*)")
_OPTION = re.compile(r"\bset_option\s++([\w.«»]++)\s++(\S++)")
_OPEN_PRIVATE = re.compile(r"\bopen\s++private\b")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something of the ban list, at a line (from 1) of the solution."""

    what: str
    line: int

    def __str__(self) -> str:
        return f"{self.what!r} in line {self.line}"


def scan(challenge: str, solution: str) -> tuple[Finding, ...]:
    """What the solution holds of the ban list, beyond as many as the challenge holds of the same."""
    if len(solution) > len(challenge) + MAX_PROOF_CHARS:
        return (Finding(f"more than {MAX_PROOF_CHARS} characters", 1),)
    allowed = Counter(what for what, _ in _found(challenge))
    allowed["sorry"] -= 1  # the one that the proof stands for
    findings: list[Finding] = []
    for what, position in _found(solution):
        if allowed[what] > 0:
            allowed[what] -= 1
        elif len(findings) < MAX_FINDINGS:
            findings.append(Finding(what, solution.count("\n", 0, position) + 1))
    return tuple(findings)


def _found(text: str) -> Iterator[tuple[str, int]]:
    code = mask(text)
    for match in _TOKEN.finditer(code):
        word = match.group()
        if word in _KEYWORDS or word.lstrip(".").strip("«»") in _CONSTANTS:
            yield word, match.start()
    for match in _OPTION.finditer(code):
        if _is_banned_option(match.group(1), match.group(2)):
            yield f"set_option {match.group(1)} {match.group(2)}", match.start()
    for match in _OPEN_PRIVATE.finditer(code):
        yield "open private", match.start()
    for match in _INVISIBLE.finditer(text):
        yield f"U+{ord(match.group()):04X}", match.start()


def _is_banned_option(name: str, value: str) -> bool:
    name = name.replace("«", "").replace("»", "")
    if name in ("maxHeartbeats", "synthInstance.maxHeartbeats"):
        return not value.isdecimal() or not 0 < int(value) <= MAX_HEARTBEATS
    if name == "maxRecDepth":
        return not value.isdecimal() or int(value) > MAX_REC_DEPTH
    return name.startswith(("debug.", "trust", "compiler.", "interpreter.")) or name == "allowUnsafeReducibility"
