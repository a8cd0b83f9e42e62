"""`stepwise lsp`: the workbench in an editor, beside Lean's own language server."""

from __future__ import annotations

import argparse
from pathlib import Path

from prover.cli.console import Console
from prover.cli.numbers import setting
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.config import Config, ModelConfig
from prover.errors import MissingExtra
from prover.lsp.vsix import pack
from prover.workbench.lasting import Lasting

PAGE = Page(examples=("stepwise lsp", "stepwise lsp --project DIR"), document="editors.md")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--policy", default="builtin", metavar="SPEC", help="as in `stepwise prove` (default builtin)")
    parser.add_argument(
        "--workers", type=setting("lean.workers"), default=2, metavar="N", help="Lean workers (default 2)"
    )
    parser.add_argument(
        "--time-limit",
        type=setting("time_limit_s"),
        default=30.0,
        metavar="SECONDS",
        help="for each theorem (default 30)",
    )
    parser.add_argument(
        "--vsix", type=Path, metavar="FILE", help="write the extension for VS Code to a file and start nothing"
    )
    add_project_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until the editor closes its end."""
    if options.vsix is not None:
        pack(options.vsix)
        Console().line(f"code --install-extension {options.vsix}")
        return 0
    try:
        from prover.lsp.server import Server
    except ImportError as error:
        raise MissingExtra("stepwise lsp", "lsp") from error
    config = Config(lean=lean_settings(options, workers=options.workers), models=ModelConfig(policy=options.policy))
    Server(Lasting(config), time_limit_s=options.time_limit).serve()
    return 0
