"""`stepwise doctor`: what is installed, versions and hashes, a one-second proof, what is missing and how to get it."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict

import prover
from prover.assembly.components import enter_critic, enter_policy, pools_of
from prover.assembly.judging import judge_with
from prover.assembly.listener import Listener
from prover.assembly.toolchains import open_toolchain
from prover.cli.console import Console
from prover.cli.disk import clean_cache, disk
from prover.cli.ending import run_until_told
from prover.cli.numbers import positive
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.telling import Telling
from prover.config import Config, LeanConfig, ModelConfig
from prover.confine import isolation
from prover.errors import MissingExtra, StepwiseError
from prover.judge import trust
from prover.lean.embedded import find_embedded
from prover.lean.embedded.install import cache_folder
from prover.lean.problem import OpenFailed, Problem
from prover.lean.toolchain import Toolchain
from prover.models.finding import Finding
from prover.policy.opened import needs_engine
from search.base import Critic, Policy, Proved, TacticCall

_EXTRAS = {
    "pyarrow": ("data", "Parquet files"),
    "matplotlib": ("report", "plots of benchmarks"),
    "torch": ("models", "policy and critic models"),
    "transformers": ("models", "policy and critic models"),
    "trl": ("train", "training policies and critics"),
    "triton": ("kernels", "the GPU's kernels, and their tests without a GPU"),
    "ray": ("ray", "runs over several machines"),
    "lean-dojo": ("dojo", "theorems of traced repositories"),
}
_STATEMENT = "theorem doctor (p q : Prop) (hp : p) (hq : q) : q ∧ p := by\n  "


PAGE = Page(
    examples=(
        "stepwise doctor",
        "stepwise doctor --policy models/prover --critic models/critic",
        "stepwise doctor --clean",
    ),
    document="embedded.md, docs/models.md",
    exits={0: "Stepwise can prove theorems here, or the models are fit for a run", 3: "it can't, or they are not"},
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--clean",
        action="store_true",
        help="remove what other versions of Stepwise left in the cache, and say how much",
    )
    add_project_arguments(parser)
    models = parser.add_argument_group("models, examined in place of Lean")
    models.add_argument("--policy", metavar="SPEC", help="a policy, as in `stepwise prove`")
    models.add_argument("--critic", metavar="SPEC", help="a critic, beside the policy if both are given")
    models.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:N (default: a GPU if there is one)")
    models.add_argument(
        "--seconds",
        type=positive,
        default=30.0,
        metavar="S",
        help="how long they are kept busy (default 30)",
    )
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="one JSON object a finding")


def run(options: argparse.Namespace) -> int:
    """0 if Stepwise can prove theorems here (or the models are fit for a run), 3 otherwise."""
    console = Console(is_json=options.json)
    if options.clean:
        return clean_cache(console)
    return run_until_told(_run(options, console))


async def _run(options: argparse.Namespace, console: Console) -> int:
    is_fine = True

    def tell(finding: Finding) -> None:
        nonlocal is_fine
        is_fine &= finding.is_fine is not False
        console.json(asdict(finding))
        mark = {True: "✓", False: "✗", None: "–"}[finding.is_fine]
        console.aligned(f"{mark} {finding.what:<18} ", finding.detail)

    if options.policy is None and options.critic is None:
        for finding in await _examine(options, console):
            tell(finding)
    else:
        for finding in (_here(), _machine(), _extra("torch"), _extra("transformers")):
            tell(finding)
        async for finding in examine_models(options):
            tell(finding)
    return 0 if is_fine else 3


async def examine_models(options: argparse.Namespace) -> AsyncIterator[Finding]:
    """The findings on a policy and a critic, each as soon as it is known."""
    from prover.models.checkup import examine_specs

    given = {"device": options.device, "seconds": options.seconds, "open_models": _open_models}
    async for finding in examine_specs(options.policy, options.critic, **given):
        yield finding


async def _open_models(
    policy: str | None, critic: str | None, device: str | None
) -> tuple[Policy | None, Critic | None, Callable[[], Awaitable[None]]]:
    """A run's policy and critic with their parts of the memory, and how to close both."""
    ranking = None if critic is None else _with_no_check(critic)
    config = Config(
        models=ModelConfig(policy="builtin" if policy is None else policy, critic=ranking, device=device or "auto")
    )
    async with AsyncExitStack() as stack:
        opened = None if policy is None else (await enter_policy(config, stack)).policy
        ranked = None if critic is None else (await enter_critic(config, stack)).critic
        return opened, ranked, stack.pop_all().aclose
    raise AssertionError("the block returns or raises")


def _with_no_check(spec: str) -> str:
    """The critic's spec without the sanity test, whose figures are a finding of their own."""
    if not needs_engine(spec) or ".json" in spec or "check=" in spec:
        return spec
    return f"{spec}{'&' if '?' in spec else '?'}check=0"


def _here() -> Finding:
    """Which Stepwise, which Python."""
    version = f"{prover.__version__}, Python {platform.python_version()} at {sys.executable}"
    return Finding("stepwise", True, version)


async def _examine(options: argparse.Namespace, console: Console) -> list[Finding]:
    """Everything, in the order in which it builds on each other; nothing is raised."""
    findings = [
        _here(),
        _machine(),
        _cache(),
        disk(),
        *(_extra(name) for name in _EXTRAS),
    ]
    settings = lean_settings(options, workers=1)
    try:
        toolchain = await open_toolchain(settings, Telling(console))
    except StepwiseError as fault:
        return [*findings, Finding("lean", False, str(fault))]
    isolated = await _attempt("isolation", _confinement(toolchain))
    return [*findings, isolated, await _attempt("lean", _one_proof(toolchain, settings))]


async def _attempt(what: str, work: Awaitable[str]) -> Finding:
    """The finding of a check that may fail."""
    try:
        return Finding(what, True, await work)
    except StepwiseError as fault:
        return Finding(what, False, str(fault))


def _machine() -> Finding:
    """Cores and memory; a Lean worker wants a core and about 1.2 GB."""
    cores = len(os.sched_getaffinity(0))
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES") / 2**30
    return Finding("machine", memory_gib > 2.0, f"{cores} cores, {memory_gib:.1f} GiB of memory free")


def _cache() -> Finding:
    """Where the embedded Lean is, or will be, and whether there is room for it."""
    folder = cache_folder()
    installed = find_embedded()
    if installed is not None:
        return Finding(
            "embedded Lean", True, f"{installed.package}, sha512 {installed.package_sha512[:16]}…, in {folder}"
        )
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free_gb = shutil.disk_usage(existing).free / 1e9
    writable = os.access(existing, os.W_OK)
    detail = f"not installed yet; comes with the first proof, into {folder} ({free_gb:.0f} GB free)"
    return Finding("embedded Lean", None if free_gb > 1.5 and writable else False, detail)


def _extra(name: str) -> Finding:
    """Whether an optional library is there, and how to get it."""
    group, purpose = _EXTRAS[name]
    try:
        return Finding(name, True, f"{importlib.metadata.version(name)} ({purpose})")
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, None, str(MissingExtra(purpose, group)))


async def _confinement(toolchain: Toolchain) -> str:
    """The measures that confine Lean's processes here."""
    measures = await isolation.in_force(toolchain.launch())
    missing = isolation.missing(measures)
    return ", ".join(measures) + (f"; not in force: {', '.join(missing)}" if missing else "")


async def _one_proof(toolchain: Toolchain, settings: LeanConfig) -> str:
    """Start a worker, take one step, have it judged."""
    began = time.monotonic()
    async with pools_of([toolchain], settings, Listener())[0] as pool:
        await pool.ready()
        ready_s = time.monotonic() - began
        theorem = await pool.open(Problem("doctor", "", _STATEMENT + "sorry"))
        if isinstance(theorem, OpenFailed):
            raise StepwiseError(f"{toolchain.name} refuses a simple statement: {'; '.join(theorem.messages)}")
        (outcome,) = await theorem.apply((), [TacticCall("exact ⟨hq, hp⟩")])
        if not isinstance(outcome, Proved):
            raise StepwiseError(f"{toolchain.name} refuses a simple proof: {outcome}")
        memory_mb = pool.health().workers[0].rss_bytes / 1e6
    began = time.monotonic()
    async with judge_with(toolchain, settings) as judge:
        verdict = await judge.judge(_STATEMENT + "sorry", _STATEMENT + "exact ⟨hq, hp⟩", "doctor")
    if not verdict.is_accepted:
        raise StepwiseError(f"the judge does not accept a simple proof: {verdict.reason}")
    judged_s = time.monotonic() - began
    (rests_on,) = trust([verdict.to_json()])
    return f"worker ready in {ready_s:.1f} s, {memory_mb:.0f} MB; a proof judged in {judged_s:.1f} s: {rests_on}"
