"""`stepwise repair FILE`: proofs that no longer elaborate are mended, as far as that goes."""

from __future__ import annotations

import argparse

from prover.assembly.mending import Mended
from prover.assembly.repairing import repair
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.page import Page
from prover.cli.projects import lean_settings
from prover.cli.rewriting import RewrittenFile, add_rewriting_arguments
from prover.cli.telling import Telling
from prover.config import Config, ModelConfig, SearchConfig

PAGE = Page(
    examples=(
        "stepwise repair FILE.lean",
        "stepwise repair FILE.lean --in-place",
        "stepwise repair FILE.lean:40 --best-effort",
    ),
    document="data.md",
    exits={0: "every proof that was asked for elaborates, or is mended", 1: "some are still broken"},
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    search = add_rewriting_arguments(parser, proofs="the proofs")
    search.add_argument("--policy", default="builtin", metavar="SPEC", help="as in `stepwise prove` (default builtin)")
    search.add_argument(
        "--best-effort",
        action="store_true",
        help="write a proof that can't be mended as far as it goes, with a `sorry` for each goal left",
    )


def run(options: argparse.Namespace) -> int:
    """0 if nothing is broken any more, 1 if something is."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    file = RewrittenFile(options.place)
    config = Config(
        time_limit_s=options.time_limit,
        lean=lean_settings(options),
        models=ModelConfig(policy=options.policy),
        search=SearchConfig(best_effort=options.best_effort),
    )

    def tell(mended: Mended) -> None:
        said = (
            f"repaired, {mended.kept} of {mended.steps} steps kept" if mended.is_repaired else f"left: {mended.reason}"
        )
        error = mended.error.partition("\n")[0]
        console.aligned(
            f"{options.place.partition(':')[0]}:{mended.proof.line}  {mended.proof.name}  ", f"{said}; {error}"
        )

    done = run_until_told(repair(options.place, config, Telling(console), on_mended=tell))
    for note in done.notes:
        console.warn(note)
    repaired = sum(each.is_repaired for each in done.theorems)
    console.line(
        f"\n{repaired} of {len(done.theorems)} broken proofs repaired and judged; {done.working} work as they are"
    )
    written = file.deliver(done.text, console, in_place=options.in_place)
    console.json({**done.to_json(), "written": written})
    return int(repaired < len(done.theorems) or bool(done.notes))
