"""The help page of a command: its options in groups, examples, exit codes, and the document that says more."""

from __future__ import annotations

import argparse
import difflib
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

FAULTS: Mapping[int, str] = {
    2: "the input, an option or a setting is wrong, as the message says",
    3: "no usable Lean",
    4: "a model can't be used",
    5: "another fault of Stepwise or of a part of it",
    130: "interrupted (Ctrl-C); every result so far is kept",
    143: "told to end (SIGTERM); every result so far is kept",
}
"""The exit codes that mean the same for every command."""


@dataclass(frozen=True, slots=True)
class Page:
    """A command's part of its help page. `exits` says what its own exit codes mean, over those in `FAULTS`; `document`
    is the page below `docs/` that says more."""

    examples: tuple[str, ...]
    document: str
    exits: Mapping[int, str] = field(default_factory=lambda: {0: "done"})

    @property
    def epilog(self) -> str:
        """The text below the options."""
        examples = "\n".join(f"  {example}" for example in self.examples)
        return f"examples:\n{examples}\n\nexit codes:\n{exit_rows(self.exits)}\n\nMore: docs/{self.document}"


def exit_rows(exits: Mapping[int, str]) -> str:
    """The table of all exit codes of a command."""
    meanings = dict(FAULTS)
    meanings.update(exits)
    return "\n".join(
        textwrap.fill(meanings[code], 79, initial_indent=f"  {code:<5}", subsequent_indent=" " * 7)
        for code in sorted(meanings)
    )


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Breaks no name at its hyphens."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)


class Parser(argparse.ArgumentParser):
    """A command's parser, which answers a wrong option with one line and the option that was likely meant."""

    def __init__(self, name: str, says: str, page: Page) -> None:
        super().__init__(
            prog=f"stepwise {name}",
            description=f"{says[0].upper()}{says[1:]}.",
            epilog=page.epilog,
            formatter_class=_Formatter,
        )

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and exit with code 2."""
        unknown = re.search(r"unrecognized arguments: (--[^\s=]+)", message)
        meant = did_you_mean(unknown.group(1), self._option_string_actions) if unknown else ""
        self.exit(2, f"{self.prog}: {message}{meant}\n{self.prog} --help lists the options.\n")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The ending of a message about an unknown word: the known one that it resembles, if there is one."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.75)
    return f"; did you mean {close[0]}?" if close else ""
