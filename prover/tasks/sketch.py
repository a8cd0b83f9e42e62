"""Sketches: scripts for the proof of a theorem in which a `sorry` stands for each part that is still to be proved."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from prover.tasks.holes import Hole, HoleStyle, blocks, chosen
from prover.tasks.record import TheoremTask
from prover.tasks.scanner import mask

_SORRY = re.compile(r"(?<![\w.'!?«])sorry(?![\w'!?»])")
_TERM_BEFORE = re.compile(r"(?::=|[(,⟨]|\b(?:exact|refine|from|apply|return))\s*\Z")
_COMMAND = re.compile(
    r"@\[|(?<![\w.'!?«])(?:private|protected|noncomputable|unsafe|scoped|local|theorem|lemma|example|def|abbrev|instance"
    r"|opaque|axiom|structure|inductive|coinductive|class|mutual|namespace|section|end|variable|include|omit|universe|import"
    r"|export|attribute|deriving|initialize|builtin_initialize|macro|macro_rules|syntax|declare_syntax_cat|elab|elab_rules"
    r"|notation|infix|infixl|infixr|prefix|postfix|binder_predicate|simproc|dsimproc|unseal|seal|add_decl_doc|run_cmd"
    r"|run_elab|run_meta|init_quot|register_\w+|grind_pattern|gen_injective_theorems%|reset_grind_attrs%"
    r"|recommended_spelling|tactic_extension|show_panel_widgets|alias|proof_wanted|library_note|assert_(?:not_)?exists"
    r"|(?:un)?suppress_compilation|(?:open|set_option)\b(?!.*\bin\b))(?![\w'!?»])"
    r"|(?:^|(?<=\s))#\w+",
    re.MULTILINE,
)
"""Words that begin commands, which Lean takes at any place behind a proof; in a proof itself they are reserved."""
_MOST_HOLES = 32
_MOST_CHARS = 20_000


@dataclass(frozen=True)
class Sketch:
    """A script in the place of the one `sorry` of a task (`posed`); others in its text stay as they are. `are_terms`
    says of each `sorry` of the script that it is a term, once Lean has said so; the words around it give a first
    guess."""

    posed: TheoremTask
    script: str
    are_terms: tuple[bool, ...] = ()

    @classmethod
    def of(cls, posed: TheoremTask, text: str) -> Sketch:
        """The sketch of a text that somebody sent. Raises ValueError, with the reason, if it is no part of a proof: a
        text with commands of its own, or with more characters or holes than anybody would fill."""
        script = textwrap.dedent(text.replace("\r\n", "\n").replace("\t", "  ")).strip("\n").rstrip()
        if not script.strip():
            raise ValueError("it is empty")
        if len(script) > _MOST_CHARS:
            raise ValueError(f"it has {len(script)} characters, more than {_MOST_CHARS}")
        command = _COMMAND.search(mask(script))
        if command is not None:
            raise ValueError(f"`{command.group().strip()}` begins a command: only the proof itself is taken")
        sketch = cls(posed, script)
        if len(sketch.holes) > _MOST_HOLES:
            raise ValueError(f"it has {len(sketch.holes)} holes, more than {_MOST_HOLES}")
        return sketch

    @cached_property
    def holes(self) -> tuple[Hole, ...]:
        """The `sorry`s of the script, in order, with their places in it."""
        return _holes(self.script, 0, len(self.script), self.are_terms)

    @cached_property
    def task(self) -> TheoremTask:
        """The theorem with the script in place, for a sketch with at least one hole: its text up to the proof is that
        of the posed task."""
        declaration = self.posed.declared([self.script])
        before, after = self.posed.declaration[: self.posed.hole.start], self.posed.declaration[self.posed.hole.end :]
        begin, end = len(before.rstrip()), len(declaration) - len(after)
        return self.posed.restated(self.posed.context, declaration, _holes(declaration, begin, end, self.are_terms))

    def filled(self, scripts: Sequence[str | None]) -> str:
        """The script with these in the places of its `sorry`s; None keeps one."""
        text, done = "", 0
        for start, end, block in blocks(self.script, chosen(self.holes, scripts, 0), 0):
            text += self.script[done:start] + block
            done = end
        return text + self.script[done:]

    @property
    def fingerprint(self) -> str:
        """Equal for scripts that differ in comments and white space alone."""
        return " ".join(mask(self.script, literals=False).split())


def _holes(text: str, begin: int, end: int, are_terms: Sequence[bool]) -> tuple[Hole, ...]:
    code = mask(text)
    found = list(_SORRY.finditer(code, begin, end))
    terms = are_terms or [_TERM_BEFORE.search(code, 0, match.start()) is not None for match in found]
    return tuple(
        Hole(match.start(), match.end(), HoleStyle.INNER_TERM if is_term else HoleStyle.INNER_TACTIC)
        for match, is_term in zip(found, terms, strict=True)
    )
