"""Finds the theorems of a text without Lean: a guess at Lean's grammar, for where Lean can't be asked.

That is an audit without Lean, a project whose server is the community REPL, a very long list, and a text that Lean
can't read (it lacks an import, or meets its limits). Elsewhere `prover.tasks.elaborated` reads the text as Lean does.
The guess: a command begins with its keyword, first on its line but for attributes, modifiers, `open … in` and comments.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from prover.tasks.document import Document, OpenSpan
from prover.tasks.holes import Hole, HoleStyle
from prover.tasks.record import Reading, Refused, TaskKind, TheoremTask
from prover.tasks.scanner import WORD, LineIndex, Token, doc_start, mask, tokens
from prover.tasks.statement import Item, Statement

_THEOREMS = frozenset(("theorem", "lemma", "example"))
_PROVABLE = _THEOREMS | {"def", "abbrev", "instance", "opaque"}
_DECLARATIONS = _PROVABLE | {"structure", "inductive", "class", "axiom", "mutual"}
_OTHERS = (
    "open|set_option|variable|omit|include|attribute|universe|namespace|section|end|import|export|notation|infix|infixl"
    "|infixr|prefix|postfix|macro|macro_rules|syntax|elab|elab_rules|declare_syntax_cat|initialize|builtin_initialize"
    "|deriving|run_cmd|run_meta|add_decl_doc|simproc|module|unseal|seal"
)
_MODIFIERS = "private|protected|public|noncomputable|unsafe|partial|nonrec|meta|local|scoped"
_IN = r"(?:open|set_option|variable|omit|include|attribute|universe|#\w+)\b(?:(?!\bin\b)[^\n])*\bin\b"
_BEFORE = rf"(?:@\[(?:[^\[\]]|\[[^\]]*\])*\]|(?:{_MODIFIERS})\b|{_IN})\s*"
_KEYWORD = rf"(?:{'|'.join(sorted(_DECLARATIONS))}|{_OTHERS})(?![\w.'!?])|#\w+"
_COMMAND = re.compile(rf"^[ \t]*(?P<before>(?:{_BEFORE})*)(?P<keyword>{_KEYWORD})", re.MULTILINE)
_NAME = re.compile(rf"[ \t\n]+(?P<name>{WORD}(?:\.{WORD})*)")
_SCOPE = re.compile(r"[ \t]+(\S+)")
_TACTIC_BEFORE = ("by", "·", ".", ";", "<;>", "{")
_TERM_BEFORE = (":=", "exact", "(", "⟨", ",")


def read_text(item: Item) -> Reading:
    """The theorems of an item, as far as its text shows them."""
    match item:
        case Document():
            return Reading.of_file(theorems(item))
        case Statement():
            return Reading((item.told(_last_theorem(item.document)),))
        case _:
            return Reading((item,))


def theorems(document: Document) -> Iterator[TheoremTask | Refused]:
    """Every theorem and example of the document that holds a `sorry`, in order; `id` is the Lean name.

    One that can't be proved as it stands (a `sorry` in its statement) is refused with the reason. Definitions that
    hold a `sorry` are skipped.
    """
    text = _Text(document)
    for command in text.open:
        yield text.task_of(command)


def proofs(document: Document) -> Iterator[tuple[str, int, str]]:
    """Every theorem of the document that has a body: its Lean name, the offset of its `:=`, and its text from there."""
    for command in _Text(document).commands:
        if command.keyword in _THEOREMS and command.body is not None:
            yield command.name, command.body.start, document.text[command.body.start : command.end]


def _last_theorem(document: Document) -> TheoremTask | Refused:
    """The last declaration of the document as a task, or the reason why it is none."""
    text = _Text(document)
    last = next((command for command in reversed(text.commands) if command.keyword in _DECLARATIONS), None)
    if last is None:
        return Refused("", "no declaration in the statement")
    if last.keyword not in _PROVABLE:
        return Refused(last.name, f"its last declaration is a `{last.keyword}`")
    if last.body is not None and not last.sorries:
        return Refused(last.name, "nothing to prove: it holds no `sorry`")
    return text.task_of(last)


@dataclass(frozen=True, slots=True)
class Command:
    """One command, with attributes, modifiers and `open … in` before its keyword; `end` is exclusive. `body` is the
    token with which the body of a declaration begins (a `:=`, the `|` of equations, `where`), `sorries` are all of the
    declaration's. `name` has the `namespace` before it; a `mutual … end` block is one command without a name."""

    keyword: str
    start: int
    keyword_start: int
    end: int
    name: str
    namespace: str
    tokens: tuple[Token, ...]
    body: Token | None
    sorries: tuple[Token, ...]

    @property
    def is_finished_theorem(self) -> bool:
        """Whether it is a theorem or an example with a body that holds no `sorry`."""
        return self.keyword in _THEOREMS and self.body is not None and not self.sorries

    @property
    def is_open(self) -> bool:
        """Whether it is a theorem, or a block with theorems, that is left open."""
        return (bool(self.sorries) and self.keyword in (*_THEOREMS, "mutual")) or (
            self.keyword in _THEOREMS and self.body is None
        )


class _Text:
    """A document with its commands; `open` are the theorems left open."""

    def __init__(self, document: Document) -> None:
        self._index = LineIndex(document.text)
        self._code = mask(document.text)
        self.commands = list(_commands(self._code))
        self.open = [command for command in self.commands if command.is_open]
        self._text = document.text
        self._document = replace(document, open_spans=tuple(self._open_spans()))

    def _doc_start(self, command: Command) -> int:
        return doc_start(self._text, self._code, command.start)

    def _open_spans(self) -> Iterator[OpenSpan]:
        places: dict[str, list[int]] = {}
        if len(self.open) > 1:
            for word in re.finditer(WORD, self._code):
                places.setdefault(word.group(), []).append(word.start())
        for command in self.open:
            mentions = places.get(re.split(r"\.(?![^«]*»)", command.name)[-1], [])
            later = bisect_left(mentions, command.end)
            mentioned = mentions[later] if later < len(mentions) else None
            yield OpenSpan(self._doc_start(command), command.end, mentioned)

    def task_of(self, command: Command) -> TheoremTask | Refused:
        """The task of a declaration with a `sorry`, or the reason why it is refused."""
        path, line = self._document.path, self._index.position(command.keyword_start)[0]
        name = command.name or f"{command.namespace}.{command.keyword}_{line}".lstrip(".")
        reason = _reason_against(command)
        if reason:
            return Refused(name, reason, path, line)
        return self._task_at(command, name, line)

    def _task_at(self, command: Command, name: str, line: int) -> TheoremTask:
        text, start = self._text, command.start
        doc = text[self._doc_start(command) : start].strip()
        before, rest = text[start : command.keyword_start], text[command.keyword_start : command.end]
        kind = TaskKind.THEOREM if command.keyword in _THEOREMS else TaskKind.DEFINITION
        if command.keyword == "example":
            kind, rest = TaskKind.EXAMPLE, f"theorem example_{line}{rest.removeprefix('example')}"
        shift = len(before) + len(rest) - command.end
        hole, *further = (Hole(sorry.start, sorry.end, self._style(command, sorry)) for sorry in command.sorries)
        assert command.body is not None
        return TheoremTask(
            id=name,
            name=name,
            document=self._document,
            declaration=before + rest,
            hole=hole.moved(shift),
            further=tuple(other.moved(shift) for other in further),
            document_start=start,
            document_hole=hole,
            value=command.body.start + shift,
            kind=kind,
            source=self._document.path,
            line=line,
            informal=doc.removeprefix("/--").removesuffix("-/").strip() or None,
        )

    def _style(self, command: Command, sorry: Token) -> HoleStyle:
        assert command.body is not None
        before = self._code[command.body.start : sorry.start].split()
        if not self._code[sorry.end : command.end].strip() and before in ([":="], [":=", "by"]):
            return HoleStyle.BY if before[-1] == "by" else HoleStyle.TERM
        words = [token.text for token in command.tokens if token.start < sorry.start]
        if words[-1] == "=>":  # `| zero => sorry` of `induction … with` and `case`, unlike `fun x => sorry` and `match`
            is_tactic = "by" in words and "with" in words[words.index("by") :] and "match" not in words
        else:
            is_tactic = words[-1] in _TACTIC_BEFORE or (sorry.opens_line and words[-1] not in _TERM_BEFORE)
        return HoleStyle.INNER_TACTIC if is_tactic else HoleStyle.INNER_TERM


def _reason_against(command: Command) -> str:
    if command.keyword == "mutual":
        return "theorems of a `mutual` block are not proved"
    if command.body is None:
        return "it has no `:=`"
    if any(sorry.start < command.body.start for sorry in command.sorries):
        return "its statement holds a `sorry`"
    return "" if command.name or command.keyword == "example" else "it has no name"


def commands(text: str) -> list[Command]:
    """The commands of a text, in order."""
    return list(_commands(mask(text)))


def _commands(code: str) -> Iterator[Command]:
    """The commands of a text without its comments and strings."""
    found = list(_beginnings(code))
    scopes: list[str | None] = []
    while found:
        match = found.pop(0)
        keyword, start = match["keyword"], match.start("before")
        if keyword == "mutual":
            while found and found[0]["keyword"] != "end":
                found.pop(0)
            del found[:1]
        stop = found[0].start("before") if found else len(code)
        end = start + len(code[start:stop].rstrip())
        _enter(keyword, _SCOPE.match(code, match.end()), scopes)
        toks = tuple(_shifted(code, match.start("keyword"), end)) if keyword in _DECLARATIONS else ()
        namespace = ".".join(scope for scope in scopes if scope)
        yield Command(
            keyword,
            start,
            match.start("keyword"),
            end,
            _full_name(namespace, keyword, _NAME.match(code, match.end())),
            namespace,
            toks,
            _body([token for token in toks[1:] if token.depth == 0]),
            tuple(token for token in toks if token.text == "sorry"),
        )


def _beginnings(code: str) -> Iterator[re.Match[str]]:
    """Where commands begin. A keyword that declares nothing is part of a declaration that begins further left."""
    column = -1  # of the last command, if it is a declaration
    for match in _COMMAND.finditer(code):
        here = match.start("before") - match.start()
        if match["keyword"] in _DECLARATIONS:
            column = here
        elif column < 0 or here <= column:
            column = -1
        else:
            continue
        yield match


def _enter(keyword: str, argument: re.Match[str] | None, scopes: list[str | None]) -> None:
    """Keeps account of the scopes: the parts of each `namespace`, None for each part of a `section`."""
    parts = argument[1].split(".") if argument is not None else []
    if keyword == "namespace":
        scopes.extend(parts)
    elif keyword == "section":
        scopes.extend([None] * max(1, len(parts)))
    elif keyword == "end" and scopes:
        del scopes[-max(1, len(parts)) :]


def _full_name(namespace: str, keyword: str, name: re.Match[str] | None) -> str:
    if name is None or keyword in ("example", "mutual"):
        return ""
    written = name["name"]
    return written.removeprefix("_root_.") if written.startswith("_root_.") else f"{namespace}.{written}".lstrip(".")


def _shifted(code: str, start: int, end: int) -> Iterator[Token]:
    return (replace(token, start=token.start + start) for token in tokens(code[start:end]))


def _body(outer: Sequence[Token]) -> Token | None:
    """The first `:=` outside brackets that no `let` or `have` of the statement owns, the first `|` of equations
    (one that opens a line and meets `=>` before `:=`, unlike an absolute value or a `match`), or `where`."""
    owned = 0
    has_match = False
    for index, token in enumerate(outer):
        if token.text in ("let", "have", "letI", "haveI"):
            owned += 1
        elif token.text == ":=" and owned:
            owned -= 1
        elif token.text in (":=", "where"):
            return token
        elif token.text in ("match", "fun"):
            has_match = True
        elif token.text == "|" and token.opens_line and not has_match:
            ahead = next((t.text for t in outer[index:] if t.text in (":=", "=>")), "")
            if ahead == "=>":
                return token
    return None
