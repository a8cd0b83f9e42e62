"""The ban list: words that a solution may not contain more often than its challenge. Cheap defence in depth.

Soundness does not depend on it: the Lean side refuses the same cheats by itself. It gives an early, plain reason, keeps
the solution's own code from running during elaboration, and enforces the rules (no notation, no raised limits).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from prover.judge.readings import readings
from prover.tasks.scanner import FIELD_DOT, IDENTIFIER, INDEX, NUMBER

_MAX_HEARTBEATS = 1_000_000  # in a `set_option maxHeartbeats`; 0 means none and is refused
_MAX_REC_DEPTH = 100_000
_MAX_PROOF_CHARS = 1_000_000
_MAX_FINDINGS = 20  # more are not listed
_MAX_READ_AGAIN = 500_000  # characters, where a string may end at several places

_KEYWORDS = frozenset(
    [
        # admitting
        *("sorry", "admit", "axiom", "opaque"),
        # believing compiled code
        *("native_decide", "bv_decide", "implemented_by", "extern", "csimp", "unsafe", "test_extern"),
        # running code while elaborating
        *("run_tac", "run_cmd", "run_elab", "run_meta", "by_elab", "initialize", "builtin_initialize", "include_str"),
        *("#eval", "#eval!", "#exit", "#reduce", "#synth", "#guard", "#widget", "show_panel_widgets"),
        # hiding errors
        *("#guard_msgs", "#check_failure", "#check_tactic_failure", "#check_simp"),
        # giving the library's tactics code to run
        *("simproc", "dsimproc", "simproc_decl", "dsimproc_decl", "builtin_simproc", "builtin_simproc_decl"),
        *("builtin_dsimproc", "builtin_dsimproc_decl", "grind_propagator", "builtin_grind_propagator"),
        *("declare_simp_like_tactic", "set_library_suggestions"),
        # registering attributes, options and the like, which initializes
        *("register_simp_attr", "register_grind_attr", "register_label_attr", "register_option"),
        *("register_builtin_option", "register_linter_set", "register_parser_alias", "register_tactic_tag"),
        *("register_try?_tactic", "register_error_explanation"),
        # changing what text means
        *("elab", "elab_rules", "macro", "macro_rules", "syntax", "declare_syntax_cat", "notation", "notation3"),
        *("infix", "infixl", "infixr", "prefix", "postfix", "unif_hint", "binder_predicate", "elab_stx_quot"),
        *("declare_config_elab", "declare_command_config_elab", "declare_config_getter", "docs_to_verso"),
        *("import", "prelude", "export"),
    ]
)
_CONSTANTS = frozenset(  # with whatever namespace before them
    [
        *("sorryAx", "lcProof", "reduceBool", "reduceNat", "ofReduceBool", "ofReduceNat", "trustCompiler"),
        *("unsafeCast", "skipKernelTC", "IO"),
    ]
)
_COMMANDS = tuple(sorted(word for word in _KEYWORDS if word.startswith("#")))
_HARMLESS_COMMANDS = ("#guard_expr",)  # that begin like one of them
_ATTRIBUTES = frozenset(  # ordinary words outside an attribute list; those of `_KEYWORDS` count there too
    [
        # elaborators that no ending tells
        *("tactic", "try_tactic", "grind_tactic", "incremental", "quot_precheck"),
        # code that the compiler, the server or the initialisation of a module calls
        *("init", "cpass", "widget_module", "server_rpc_method", "expr_presenter"),
        *("run_parser_attribute_hooks", "run_builtin_parser_attribute_hooks"),
        # code that tactics and linters call
        *("library_suggestions", "try_suggestion", "norm_num", "positivity", "notation_class"),
        *("unused_variables_ignore_fn", "missing_docs_handler", "env_linter"),
        # changing what text means
        "unification_hint",
    ]
)
_ATTRIBUTE_STARTS = ("builtin_", "doc_")  # `builtin_init`, `doc_role`
_ATTRIBUTE_ENDS = (
    *("parser", "parenthesizer", "formatter", "unexpander"),  # `term_parser`, `app_unexpander`
    *("elab", "code_action", "code_action_provider"),  # `command_elab`, `app_delab`, `hole_code_action`
    *("proc", "procAttr", "BuiltinAttr"),  # `sevalproc`, `simprocAttr`, `simprocBuiltinAttr`
)
_WORD = rf"(?:{FIELD_DOT})?(?:«[^»]*»?|#?{IDENTIFIER})"
_TOKEN = re.compile(rf"{_WORD}|{INDEX}|{NUMBER}|\S")
_WORDS = "|".join(map(re.escape, sorted(_KEYWORDS - set(_COMMANDS) | {"set_option", "open"})))
_GLUED = re.compile(rf"#\w*?(?<!_)({_WORDS})")  # `#whereaxiom` is `#where axiom`
_OPTION = re.compile(r"\s++([\w.«»]++)\s++(\S++)")
_PRIVATE = re.compile(r"\s++private\b")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """An item of the ban list, at a line (from 1) and a column (from 0) of the solution."""

    what: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.what!r} in line {self.line}"


def scan(challenge: str, solution: str) -> tuple[Finding, ...]:
    """The banned items in the solution, beyond as many of each as the challenge contains."""
    if len(solution) > len(challenge) + _MAX_PROOF_CHARS:
        return (Finding(f"more than {_MAX_PROOF_CHARS} characters", 1, 0),)
    allowed = Counter(what for what, _ in _found(challenge))
    allowed["sorry"] -= 1  # the one that the proof stands for
    findings: list[Finding] = []
    for what, position in _found(solution):
        if allowed[what] > 0:
            allowed[what] -= 1
        elif len(findings) < _MAX_FINDINGS:
            before = solution[:position]
            findings.append(Finding(what, before.count("\n") + 1, position - (before.rfind("\n") + 1)))
    return tuple(findings)


def _found(text: str) -> list[tuple[str, int]]:
    """The banned items in all readings of the text, with their positions, in order."""
    found = {(match.start(), f"U+{ord(match.group()):04X}") for match in _INVISIBLE.finditer(text)}
    left = len(text) + _MAX_READ_AGAIN
    for start, code in readings(text):
        if left < 0:
            found.add((start, "strings with braces that can be read in too many ways"))
            break
        left -= len(code)
        found.update((start + position, what) for what, position in _found_in(code))
    return [(what, position) for position, what in sorted(found)]


def _found_in(code: str) -> Iterator[tuple[str, int]]:
    """The banned items in one reading, with their positions in it."""
    brackets = 0  # open ones, of an attribute list
    previous = ""
    for match in _TOKEN.finditer(code):
        token = match.group()
        if token == "[" and (brackets or previous in ("@", "attribute")):
            brackets += 1
        elif token == "]" and brackets:
            brackets -= 1
        elif (what := _banned_attribute(token) if brackets else _banned(token, code, match.end())) is not None:
            yield what, match.start()
        previous = token


def _banned(token: str, code: str, end: int) -> str | None:
    """The finding's name for the token that ends at `end`; None if it isn't banned outside of attribute lists."""
    if token.startswith("#"):
        if token.startswith(_COMMANDS) and not token.startswith(_HARMLESS_COMMANDS):  # `#evalx` is `#eval x`
            return token
        token = glued.group(1) if (glued := _GLUED.fullmatch(token)) is not None else token
    if token in _KEYWORDS or _bare(token) in _CONSTANTS:
        return token
    if token == "set_option" and (option := _OPTION.match(code, end)) and _is_banned_option(*option.groups()):
        return f"set_option {option.group(1)} {option.group(2)}"
    if token == "open" and _PRIVATE.match(code, end):
        return "open private"
    return None


def _banned_attribute(token: str) -> str | None:
    """The finding's name for a token in an attribute list, where `«macro»` is the attribute `macro` and every word may
    be an attribute's name; None if it isn't banned there."""
    name = _bare(token)
    is_banned = (
        name in _ATTRIBUTES
        or name in _KEYWORDS
        or name in _CONSTANTS
        or name.startswith(_ATTRIBUTE_STARTS)
        or name.endswith(_ATTRIBUTE_ENDS)
    )
    return name if is_banned else None


def _bare(token: str) -> str:
    return token.lstrip(".").strip("«»")


def _is_banned_option(name: str, value: str) -> bool:
    name = name.replace("«", "").replace("»", "")
    if name in ("maxHeartbeats", "synthInstance.maxHeartbeats"):
        return not value.isdecimal() or not 0 < int(value) <= _MAX_HEARTBEATS
    if name == "maxRecDepth":
        return not value.isdecimal() or int(value) > _MAX_REC_DEPTH
    if name.startswith("doc.verso"):  # elaborates the Lean text in comments, which nothing here reads
        return True
    return name.startswith(("debug.", "trust", "compiler.", "interpreter.")) or name == "allowUnsafeReducibility"
