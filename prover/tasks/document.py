"""A Lean text with the theorems that it leaves open, and the way back to the bytes that it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prover.tasks.scanner import mask


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """A theorem of a document that still holds a `sorry`, from `start` to `end`; the text after it first mentions its
    name at `mentioned` (None: nowhere that counts). Or a text that Lean can't take, on which nothing may rest."""

    start: int
    end: int
    mentioned: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text that one or more theorems stand in. Its line ends are `\\n`; in the file, lines ended with `newline`,
    those numbered in `others` (from 0) with the other kind, and `bom` says whether a byte-order mark came first."""

    text: str
    path: str = ""
    newline: str = "\n"
    bom: bool = False
    open_spans: tuple[OpenSpan, ...] = ()
    others: tuple[int, ...] = ()

    def before(self, start: int, end: int) -> str:
        """The text before `start`, with open theorems that nothing up to `end` mentions blanked out, lines kept.

        No proof may rest on them, so they could only do harm: as `simp` lemmas, or by being ill-typed.
        """
        parts: list[str] = []
        done = 0
        for span in self.open_spans:
            if span.end <= start and (span.mentioned is None or span.mentioned >= end):
                parts += (self.text[done : span.start], "\n" * self.text.count("\n", span.start, span.end))
                done = span.end
        return "".join((*parts, self.text[done:start]))

    def original(self, start: int, end: int) -> str:
        """A stretch of the text with the line ends that the file has there."""
        *lines, last = self.text[start:end].split("\n")
        if not self.others:
            return self.newline.join((*lines, last))
        first, others = self.text.count("\n", 0, start), frozenset(self.others)
        other = "\n" if self.newline == "\r\n" else "\r\n"
        ends = (other if number in others else self.newline for number in range(first, first + len(lines)))
        return "".join(line + end for line, end in zip(lines, ends, strict=True)) + last


def document_of(text: str, path: str = "") -> Document:
    """A document from decoded text: byte-order mark and line ends are set aside, PutnamBench's answers filled in."""
    bom = text.startswith("\ufeff")
    lines = text.removeprefix("\ufeff").split("\n")
    dos = [number for number, line in enumerate(lines[:-1]) if line.endswith("\r")]
    unix = [number for number, line in enumerate(lines[:-1]) if not line.endswith("\r")]
    newline, others = ("\r\n", unix) if len(dos) > len(unix) else ("\n", dos)
    plain = "\n".join([line.removesuffix("\r") for line in lines[:-1]] + lines[-1:])
    return Document(_fill_answers(plain), path, newline, bom, others=tuple(others))


_ANSWER = re.compile(
    r"^[^\S\n]*(?:noncomputable\s+)?(?:abbrev|def)\s+putnam_\S*_solution\b(?:(?!:=)[\s\S])*:=\s*(sorry)[ \t]*$",
    re.MULTILINE,
)


def _fill_answers(text: str) -> str:
    """PutnamBench's definitions `abbrev putnam_…_solution : T := sorry`, followed by a comment that holds the answer,
    with the answer in place of the `sorry`: the customary setting."""
    if "_solution" not in text or "sorry" not in text:
        return text
    for found in reversed(list(_ANSWER.finditer(mask(text)))):
        start, end = found.span(1)
        answer = answer_below(text, end)
        if answer:
            text = text[:start] + answer + text[end:]
    return text


_NO_ANSWER = re.compile(r"(?:TODO|FIXME|XXX)\b")


def answer_below(text: str, position: int) -> str:
    """The comment on the lines below a definition that ends there, in parentheses; empty without one."""
    lines: list[str] = []
    for line in text[position:].split("\n")[1:]:
        if not line.lstrip().startswith("--"):
            break
        lines.append(line.lstrip()[2:].strip())
    answer = " ".join(lines)
    return f"({answer})" if answer and not _NO_ANSWER.match(answer) else ""
