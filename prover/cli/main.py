"""`stepwise`: parse, dispatch to one command, turn faults into a message and an exit code.

What exit codes mean stands in `prover.cli.page`: those that all commands share in `FAULTS`, the others in the command's
own `PAGE`.
"""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Protocol

import prover
from prover.cli.console import Console, visible
from prover.cli.ending import Told
from prover.cli.page import Page, Parser, did_you_mean, exit_rows
from prover.errors import MemoryLacking, ModelError, RunFolderError, StepwiseError, ToolchainError, UsageError
from prover.run import logs
from prover.tasks.readers import legible

COMMANDS = {
    "prove": "prove theorems of .lean files, of benchmark files, or one statement",
    "check": "judge a run's proofs again, or a solution against its challenge",
    "fill": "fill the `sorry`s of a file, or of some of its lines",
    "repair": "mend proofs of a file that no longer elaborate",
    "minimise": "shorter forms of proofs that people wrote",
    "suggest": "tactics that Lean accepts at a `sorry`, and a proof if one is near",
    "lsp": "the workbench in an editor, beside Lean's own language server",
    "mcp": "the workbench for agents, by the Model Context Protocol",
    "workbench": "the Leans that stay open for editors, agents and `suggest`",
    "report": "write a run's report again, or draw one theorem's search tree",
    "explain": "why a theorem of a run has no proof, and what to do next",
    "replay": "make a search again from its trace, step by step, without Lean",
    "watch": "a run in the browser, finished or at work",
    "compare": "compare two runs on the same theorems, paired",
    "export": "write proofs in other projects' layouts, or training data",
    "dataset": "runs as a data set for the hub: Parquet files and a card",
    "mine": "statements to prove from compiled modules; steps of finished proofs",
    "audit": "look for defective statements in a benchmark file",
    "doctor": "what is installed, what is missing, how to get it; disk space",
    "repl": "speak the community REPL's protocol on standard input and output",
    "serve-policy": "offer a policy model over HTTP",
    "serve-critic": "offer a critic model over HTTP",
    "iterate": "search a list in rounds, learn from each, search again",
    "train": "policies and critics, trained on runs and mined steps",
    "critic-eval": "measure a critic on the traces of a run",
}
"""Each command is the module of that name in this package (`-` as `_`), with `PAGE`, `add_arguments` and `run`."""


EXITS = {0: "done", 1: "done, but not all is proved, accepted or free of defects"}
"""What the exit codes mean that differ from command to command, said for all of them."""


class Command(Protocol):
    """What a command's module offers."""

    PAGE: Page
    """Its examples and exit codes."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's options."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit code."""


def command_module(name: str) -> Command:
    """The module that implements a command; imported when it is called, so that `--help` stays quick."""
    module: Command = importlib.import_module(f"prover.cli.{name.replace('-', '_')}")
    return module


def _usage() -> str:
    """The overview that `stepwise --help` prints."""
    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  {name:<{width}}  {text}" for name, text in COMMANDS.items())
    head = "usage: stepwise COMMAND [OPTIONS]\n\nProves Lean 4 theorems by search."
    start = "First steps: docs/tutorial.md."
    return f"{head}\n\n{rows}\n\nexit codes:\n{exit_rows(EXITS)}\n\n{start} stepwise COMMAND --help says more."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. A fault of the user's or of Lean's is not raised: it is said, and becomes the exit code."""
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:  # before the command itself began
        return 130
    except BrokenPipeError:
        return _unread()


def _unread() -> int:
    """The reader of a pipe (`| head`) went away: not our fault, and nothing is left to say it to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _run(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal's encoding lacks ends no run
    if foreign := next((each for each in arguments if each != legible(each)), None):
        print(
            f"stepwise: {legible(foreign)} is no UTF-8: in a locale without it, LC_ALL=C.UTF-8 helps", file=sys.stderr
        )
        return 2
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_usage())
        return 0 if arguments else 2
    if arguments[0] == "--version":
        print(f"stepwise {prover.__version__}")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        meant = did_you_mean(name, COMMANDS)
        print(f"stepwise: there is no command {name!r}{meant}\nstepwise --help lists them.", file=sys.stderr)
        return 2
    options = parser_of(name).parse_args(arguments[1:])
    logs.configure(logging.DEBUG if options.debug else logging.ERROR)
    return guarded(command_module(name), options, name)


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of a command's options."""
    module = command_module(name)
    parser = Parser(name, COMMANDS[name], module.PAGE)
    parser.add_argument("--debug", action="store_true", help="log what happens, and show tracebacks of faults")
    module.add_arguments(parser)
    return parser


def guarded(module: Command, options: argparse.Namespace, name: str) -> int:
    """Run the command; a fault becomes its message on standard error and its exit code."""
    try:
        return module.run(options)
    except StepwiseError as fault:
        if options.debug:
            logging.getLogger(__name__).exception("stepwise %s", name)
        console = Console()
        console.warn(f"stepwise {name}: {fault}")
        console.advise(str(fault))
        return exit_code(fault)
    except (KeyboardInterrupt, Told) as told:
        print(f"\nstepwise {name}: interrupted", file=sys.stderr)
        return told.exit_code if isinstance(told, Told) else 130
    except BrokenPipeError:
        return _unread()
    except OSError as fault:  # a right that is missing, a disk that is full: the user can mend it
        if options.debug:
            logging.getLogger(__name__).exception("stepwise %s", name)
        where = "" if fault.filename is None else f"{fault.filename}: "
        print(visible(f"stepwise {name}: {where}{fault.strerror or fault}"), file=sys.stderr)
        return 2
    except Exception:  # noqa: BLE001 (the last resort: Python's own exit code would say "not all proved")
        traceback.print_exc()
        print(f"stepwise {name}: a fault of Stepwise itself; please report it with the lines above", file=sys.stderr)
        return 5


def exit_code(fault: StepwiseError) -> int:
    """The exit code that belongs to a fault."""
    match fault:
        case UsageError() | RunFolderError():
            return 2
        case ToolchainError() | MemoryLacking():
            return 3
        case ModelError():
            return 4
        case _:
            return 5


if __name__ == "__main__":
    sys.exit(main())
