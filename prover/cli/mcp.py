"""`stepwise mcp`: the workbench for agents, over standard input and output or HTTP."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prover.cli.console import Console
from prover.cli.ending import Told, run_until_told
from prover.cli.numbers import port_number, setting
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.config import Config, ModelConfig
from prover.errors import MissingExtra
from prover.lean.embedded.install import cache_folder
from prover.workbench.lasting import Lasting

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

PAGE = Page(
    examples=("stepwise mcp", "stepwise mcp --project DIR", "stepwise mcp --http --port 8765"),
    document="interactive.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--root", metavar="DIR", help="where files are read from (default: the project, or the current folder)"
    )
    parser.add_argument("--policy", default="builtin", metavar="SPEC", help="as in `stepwise prove` (default builtin)")
    parser.add_argument(
        "--workers", type=setting("lean.workers"), default=2, metavar="N", help="Lean workers (default 2)"
    )
    parser.add_argument("--http", action="store_true", help="over HTTP at 127.0.0.1, path /mcp, not standard input")
    parser.add_argument(
        "--port", type=port_number, default=8765, metavar="N", help="the port for --http (default 8765)"
    )
    add_project_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until the client closes its end, or until interrupted."""
    try:
        import mcp.server.mcpserver  # noqa: F401
    except ImportError as error:
        raise MissingExtra("stepwise mcp", "mcp") from error
    config = Config(lean=lean_settings(options, workers=options.workers), models=ModelConfig(policy=options.policy))
    root = Path(options.root or options.project or ".").resolve()
    with contextlib.suppress(Told):
        run_until_told(_serve(config, root, http_port=options.port if options.http else None))
    return 0


async def _over_standard_streams(server: MCPServer[Any]) -> None:
    try:
        await server.run_stdio_async()
    except* BrokenPipeError:
        pass  # the host was killed before it had read an answer


async def _serve(config: Config, root: Path, *, http_port: int | None) -> None:
    from prover.mcp.files import Files
    from prover.mcp.server import make_server

    bench = Lasting(config)
    server = make_server(bench, Files(root))
    try:
        if http_port is None:
            await _over_standard_streams(server)
        else:
            from prover.mcp.http import guarded, serve, token_in

            path = cache_folder() / "mcp-token"
            token = token_in(path)
            Console().note(
                f"http://127.0.0.1:{http_port}/mcp, with the header `Authorization: Bearer {token}` ({path})"
            )
            await serve(guarded(server, token), http_port)
    finally:
        await bench.close()
