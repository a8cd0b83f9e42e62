"""`stepwise minimise FILE:LINE`: shorter forms of proofs that people wrote."""

from __future__ import annotations

import argparse

from prover.assembly.minimising import Shortened, minimise
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.page import Page
from prover.cli.projects import lean_settings
from prover.cli.rewriting import RewrittenFile, add_rewriting_arguments
from prover.cli.telling import Telling
from prover.config import Config

PAGE = Page(
    examples=("stepwise minimise FILE.lean:12", "stepwise minimise FILE.lean --in-place"),
    document="data.md",
    exits={0: "done; the diff shows what became shorter"},
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_rewriting_arguments(parser, proofs="the proofs")


def run(options: argparse.Namespace) -> int:
    """Show or write the shorter forms that the judge accepted."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    file = RewrittenFile(options.place)
    config = Config(time_limit_s=options.time_limit, lean=lean_settings(options))

    def tell(shortened: Shortened) -> None:
        said = shortened.reason or f"{shortened.before} → {shortened.after} characters"
        place = f"{options.place.partition(':')[0]}:{shortened.proof.line}"
        console.aligned(f"{place}  {shortened.proof.name}  ", said)

    done = run_until_told(minimise(options.place, config, Telling(console), on_shortened=tell))
    written = file.deliver(done.text, console, in_place=options.in_place)
    console.json({**done.to_json(), "written": written})
    return 0
