"""`stepwise serve-policy MODEL`: our sampling engine as an OpenAI-compatible server, or a workbench's policy for the
states that LeanCopilot and llmstep send."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prover.cli.numbers import setting
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.serving import Service, add_address_arguments, serve_until_interrupted
from prover.config import Config, ModelConfig
from prover.errors import UsageError

PAGE = Page(
    examples=(
        "stepwise serve-policy models/prover --port 8000",
        "stepwise prove FILE.lean --policy openai:http://127.0.0.1:8000/v1",
        "stepwise serve-policy builtin --project DIR --header 'import Mathlib'",
    ),
    document="models.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "model", metavar="MODEL", help="a model's folder, options behind it (FOLDER?device=cuda:1), or builtin"
    )
    add_address_arguments(parser, port=8000)
    parser.add_argument(
        "--device",
        metavar="NAME",
        help="cpu, cuda or cuda:N; cuda:0+cuda:1 for an engine on each (default: a GPU if there is one)",
    )
    parser.add_argument(
        "--samples",
        type=setting("search.samples"),
        default=32,
        metavar="N",
        help="tactics for one state of LeanCopilot's (default 32)",
    )
    states = add_project_arguments(parser)
    states.add_argument(
        "--workbench",
        action="store_true",
        help="open the states that LeanCopilot and llmstep send in the Lean of a workbench, which can check tactics "
        "(always for builtin; for a model in place of its OpenAI server)",
    )
    states.add_argument("--header", default="", metavar="TEXT", help="stands before each such state (default none)")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    if options.workbench or options.model.partition("?")[0] == "builtin":
        models = ModelConfig(policy=options.model, device=options.device or "auto")
        config = Config(lean=lean_settings(options, workers=1), models=models)
        service = _state_service(config, header=options.header, samples=options.samples)
    else:
        service = _policy_service(options.model, device=options.device, samples=options.samples)
    return serve_until_interrupted(service, options.host, options.port)


@asynccontextmanager
async def _state_service(config: Config, *, header: str, samples: int) -> AsyncIterator[Service]:
    """The policy of a workbench, which the first question starts."""
    from prover.serve.json_server import JsonServer
    from prover.serve.states import StateService
    from prover.workbench.lasting import Lasting

    bench = Lasting(config)
    try:
        server = JsonServer(StateService(bench, header=header, samples=samples).routes())
        yield Service(server, lambda address: f"for LeanCopilot at {address}/generate, for llmstep at {address}")
    finally:
        await bench.close()


@asynccontextmanager
async def _policy_service(model: str, *, device: str | None, samples: int) -> AsyncIterator[Service]:
    """A loaded policy behind a server that does not listen yet. Raises UsageError for what is no model's folder."""
    from prover.models.policy import ModelPolicy
    from prover.policy.registry import open_policy
    from prover.serve.json_server import JsonServer
    from prover.serve.policy import PolicyService

    opened = await open_policy(model, device=device)
    try:
        policy = opened.policy
        if not isinstance(policy, ModelPolicy):
            raise UsageError(f"{model} is not a model's folder, and only those are served")
        service = PolicyService(policy, samples=samples)
        yield Service(
            JsonServer(service.routes()),
            lambda address: f"{policy.name} at {address}: stepwise prove --policy openai:{address}/v1",
            service.until_ended,
        )
    finally:
        await opened.close()
