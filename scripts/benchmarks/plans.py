"""What sketches bring and cost: `scripts/bench plans {gain,false,hostile}`.

gain     theorems that need an idea, within the time limit: by search alone, and with a sketch each
false    sketches with one false step: how many are disproved within a fifth of the time
hostile  planners that mean harm, on a served model's interface: what the same search proves beside them
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from prover.assembly.proving import RunResults, prove
from prover.config import Config, LeanConfig, PlanConfig, load_config
from prover.run.result import Status
from prover.serve.json_server import Handler, JsonServer
from prover.tasks.document import document_of
from prover.tasks.load import Source, open_inputs
from prover.tasks.text import proofs
from scripts.benchmarks._hostile import PLANNERS
from scripts.benchmarks._provenance import heading

_DATA = Path(__file__).parent / "data"
_PLANNED, _SKETCHES, _FALSE = (_DATA / f"{name}.lean" for name in ("planned", "sketches", "false_steps"))
_HOST = "127.0.0.1"
_OVERTIME_S = 5.0


def main(argv: list[str]) -> int:
    """Run the benchmark; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/bench plans", description=__doc__)
    parser.add_argument("what", choices=["gain", "false", "hostile"])
    parser.add_argument("files", nargs="*", metavar="FILE", help="theorems for `hostile` (default: examples)")
    parser.add_argument("--time-limit", type=float, default=60.0, metavar="SECONDS", help="for each theorem")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting (repeatable)")
    options = parser.parse_args(argv)
    base = Config(time_limit_s=options.time_limit, trace=False, lean=LeanConfig(workers=options.workers))
    config = load_config(None, options.set, base=base)
    print(heading(f"plans {options.what}", seed=options.seeds[0]), flush=True)
    print(f"# {options.time_limit:g} s a theorem, {options.workers} workers", flush=True)
    match options.what:
        case "gain":
            _gain(config, options.seeds)
        case "false":
            _false(config)
        case _:
            examples = sorted(map(str, (Path(__file__).parents[2] / "examples").glob("*.lean")))
            asyncio.run(_hostile(config, options.files or examples))
    return 0


def _gain(config: Config, seeds: list[int]) -> None:
    for seed in seeds:
        for name, planners in (("search alone", None), ("with a sketch", (f"script:{_SKETCHES}",))):
            run = replace(config, seed=seed, plan=replace(config.plan, planners=planners))
            with TemporaryDirectory() as scratch:
                results = asyncio.run(prove(open_inputs([str(_PLANNED)]), run, Path(scratch) / "run"))
            proved = _proved(results)
            missed = ", ".join(sorted(set(results.by_id) - proved))
            print(f"seed {seed}, {name}: {len(proved)} of {results.total} proved; missed: {missed}", flush=True)


def _false(config: Config) -> None:
    plan = PlanConfig(planners=(f"script:{_FALSE}",), share=0.0)
    text = _FALSE.read_text(encoding="utf-8")
    statements = [text[text.rfind("theorem", 0, start) : start] for _, start, _ in proofs(document_of(text))]
    within_s, caught, total = config.time_limit_s / 5, 0, len(statements)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "run"
        asyncio.run(prove(open_inputs([], statements), replace(config, plan=plan), folder))
        for record in sorted((folder / "plan").glob("*.jsonl")):
            events = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
            found = [event for event in events if event["event"] == "sketch" and event["disproofs"]]
            caught += bool(found) and found[0]["at_s"] <= within_s
            goals = [f"{each['at_s']:.1f} s, {each['disproofs'][0]['goal'].splitlines()[-1]}" for each in found]
            print(f"{record.stem}: {(*goals, 'nothing disproved')[0]}", flush=True)
    print(f"disproved within {within_s:g} s: {caught} of {total}")


async def _hostile(config: Config, files: list[str]) -> None:
    alone = await _run(config, open_inputs(files))
    print(f"search alone: {len(_proved(alone))} of {alone.total} proved", flush=True)
    for name, handler in PLANNERS.items():
        async with _served(handler) as url:
            plan = replace(config.plan, planners=(f"openai:{url}?model=m&retries=2&timeout_s=600",), share=0.1)
            beside = await _run(replace(config, plan=plan), open_inputs(files))
        kept = len(_proved(alone) & _proved(beside))
        slowest_s = max(result.elapsed_s for result in beside.by_id.values())
        print(
            f"{name}: {kept} of these {len(_proved(alone))}, {len(_proved(beside) - _proved(alone))} others; longest "
            f"{slowest_s:.1f} s ({'within' if slowest_s <= config.time_limit_s + _OVERTIME_S else 'OVER'} the limit)",
            flush=True,
        )


async def _run(config: Config, sources: list[Source]) -> RunResults:
    with TemporaryDirectory() as scratch:
        return await prove(sources, config, Path(scratch) / "run")


@asynccontextmanager
async def _served(handler: Handler) -> AsyncIterator[str]:
    server = JsonServer({("POST", "/v1/chat/completions"): handler})
    try:
        yield f"http://{_HOST}:{await server.start(_HOST, 0)}/v1"
    finally:
        await server.close()


def _proved(results: RunResults) -> set[str]:
    return {name for name, result in results.by_id.items() if result.status is Status.PROVED}
