"""Lean source text split into its commands, with the namespace each stands in and the `sorry`s it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from prover.tasks.scanner import Token, doc_start, mask, tokens

THEOREM_KEYWORDS = frozenset(("theorem", "lemma", "example"))
DECLARATIONS = THEOREM_KEYWORDS | frozenset(
    ("def", "abbrev", "instance", "structure", "inductive", "class", "axiom", "opaque", "mutual")
)
_PREFIXES = frozenset(("open", "set_option", "variable", "omit", "include", "attribute", "universe"))
_OTHERS = frozenset(
    (
        *("namespace", "section", "end", "import", "export", "notation", "infix", "infixl", "infixr", "prefix"),
        *("postfix", "macro", "macro_rules", "syntax", "elab", "elab_rules", "declare_syntax_cat", "initialize"),
        *(
            "builtin_initialize",
            "deriving",
            "run_cmd",
            "run_meta",
            "add_decl_doc",
            "simproc",
            "module",
            "unseal",
            "seal",
        ),
    )
)
_SOFT = _PREFIXES | _OTHERS
_MODIFIERS = frozenset(
    ("private", "protected", "public", "noncomputable", "unsafe", "partial", "nonrec", "meta", "local", "scoped")
)


@dataclass(slots=True)
class Command:
    """One command. `start` counts attributes, modifiers and `open … in` before the keyword, `end` is exclusive;
    `doc_start` counts the doc comment before them too.

    `value` is the offset where the body begins (a `:=`, the `|` of equations, `where`; None without a body); `holes`
    are the `sorry` tokens of the body, `statement_holes` those before it; `name` is the name as written, `full_name`
    has the `namespace` before it.
    """

    keyword: str
    start: int
    keyword_start: int
    column: int
    end: int = -1
    doc_start: int = -1
    name: str = ""
    full_name: str = ""
    namespace: str = ""
    modifiers: frozenset[str] = frozenset()
    tokens: list[Token] = field(default_factory=list)
    value: int | None = None
    holes: list[Token] = field(default_factory=list)
    statement_holes: list[Token] = field(default_factory=list)

    @property
    def is_declaration(self) -> bool:
        return self.keyword in DECLARATIONS


def split_commands(text: str) -> list[Command]:
    """Every command of the text, in order. A `mutual … end` block is one command without a name."""
    masked = mask(text)
    commands = _cut(masked)
    _join_mutual(commands)
    scopes: list[str | None] = []
    for command, following in zip(commands, [*commands[1:], None], strict=False):
        limit = len(masked) if following is None else following.start
        command.end = command.start + len(masked[command.start : limit].rstrip())
        command.doc_start = doc_start(text, masked, command.start)
        _track_scope(command, scopes)
        if command.is_declaration:
            _name(command, scopes)
            _find_value(command)
    return commands


class _Cutter:
    """Walks the tokens and decides where a command begins."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self._pending: list[Token] = []  # attributes, modifiers and `… in` prefixes of the command to come

    def feed(self, token: Token) -> None:
        in_attribute = bool(self._pending) and self._open_attribute()
        if in_attribute or (self._pending and token.depth > 0 and self._pending[-1].text != "in"):
            self._pending.append(token)
        elif self._begins(token):
            self._begin(token)
        elif self._continues_prefix(token):
            self._pending.append(token)
        elif self._pending:  # no command after all (a structure field with an attribute): give the tokens back
            self._return_pending()
            self._add(token)
        else:
            self._add(token)

    def finish(self) -> None:
        self._return_pending()

    def _open_attribute(self) -> bool:
        opened = sum(1 for token in self._pending if token.text in ("@[", "["))
        closed = sum(1 for token in self._pending if token.text == "]")
        return opened > closed

    def _begins(self, token: Token) -> bool:
        if self._pending:
            return token.text in DECLARATIONS or token.text in _SOFT or token.text.startswith("#")
        if not token.opens_line:
            return False
        if token.text in DECLARATIONS:
            return token.depth == 0 or token.column == 0
        if token.text in _SOFT or (token.text[0] == "#" and len(token.text) > 1):
            return token.depth == 0 and not self._is_inside(token)
        return False

    def _is_inside(self, token: Token) -> bool:
        """A soft keyword further to the right than the declaration it follows belongs to that declaration."""
        return bool(self.commands) and self.commands[-1].is_declaration and token.column > self.commands[-1].column

    def _continues_prefix(self, token: Token) -> bool:
        if token.text == "in" and not self._pending and self.commands and self.commands[-1].keyword in _PREFIXES:
            self._pending = self.commands.pop().tokens
            return True
        if token.text == "@[" or token.text in _MODIFIERS:
            return bool(self._pending) or (token.opens_line and token.depth == 0 and not self._is_inside(token))
        return False

    def _begin(self, token: Token) -> None:
        first = self._pending[0] if self._pending else token
        modifiers = frozenset(t.text for t in self._pending if t.text in _MODIFIERS)
        self.commands.append(
            Command(
                token.text, first.start, token.start, first.column, modifiers=modifiers, tokens=[*self._pending, token]
            )
        )
        self._pending = []

    def _return_pending(self) -> None:
        for token in self._pending:
            self._add(token)
        self._pending = []

    def _add(self, token: Token) -> None:
        if self.commands:
            self.commands[-1].tokens.append(token)


def _cut(masked: str) -> list[Command]:
    cutter = _Cutter()
    for token in tokens(masked):
        cutter.feed(token)
    cutter.finish()
    return cutter.commands


def _join_mutual(commands: list[Command]) -> None:
    joined: list[Command] = []
    block: Command | None = None
    for command in commands:
        if block is None:
            joined.append(command)
            block = command if command.keyword == "mutual" else None
            continue
        block.tokens += command.tokens
        if command.keyword == "end":
            block = None
    commands[:] = joined


def _track_scope(command: Command, scopes: list[str | None]) -> None:
    argument = next((t.text for t in command.tokens if t.start > command.keyword_start), "")
    if command.keyword == "namespace":
        scopes.extend(argument.split("."))
    elif command.keyword == "section":
        scopes.extend([None] * max(1, len(argument.split("."))))
    elif command.keyword == "end" and scopes:
        del scopes[-max(1, len(argument.split("."))) :]


def _name(command: Command, scopes: Sequence[str | None]) -> None:
    command.namespace = ".".join(scope for scope in scopes if scope)
    after = next((t.text for t in command.tokens if t.start > command.keyword_start), "")
    if command.keyword in ("example", "mutual") or not (after[:1].isalpha() or after[:1] in ("«", "_")):
        return
    command.name = after
    if after.startswith("_root_."):
        command.full_name = after.removeprefix("_root_.")
    else:
        command.full_name = f"{command.namespace}.{after}".lstrip(".")


def _find_value(command: Command) -> None:
    """Sets `value`, `holes` and `statement_holes`: the body begins where `_body` says."""
    base = min((t.depth for t in command.tokens), default=0)
    body = _body([t for t in command.tokens if t.start > command.keyword_start and t.depth == base])
    command.value = None if body is None else body.start
    for token in command.tokens:
        if token.text == "sorry" and token.start > command.keyword_start:
            in_body = body is not None and token.start > body.start
            (command.holes if in_body else command.statement_holes).append(token)


def _body(outer: Sequence[Token]) -> Token | None:
    """The first `:=` outside brackets that no `let` or `have` of the statement owns, the first `|` of equations
    (one that opens a line and meets `=>` before `:=`, unlike an absolute value), or `where`."""
    owned = 0
    for index, token in enumerate(outer):
        if token.text in ("let", "have"):
            owned += 1
        elif token.text == ":=" and owned:
            owned -= 1
        elif token.text in (":=", "where"):
            return token
        elif token.text == "|" and token.opens_line:
            ahead = next((t.text for t in outer[index:] if t.text in (":=", "=>")), "")
            if ahead == "=>":
                return token
    return None
