"""The placement of a run's actors: how its engines share the GPUs, and the wait until each actor has a place."""

from __future__ import annotations

import asyncio
import math
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from prover.cluster.fleet import Fleet
from prover.cluster.handle import ActorLost, Handle, Needs, System, is_final
from prover.config import Config
from prover.errors import StepwiseError, UsageError
from prover.keeper import Patience, started
from prover.policy.opened import devices, needs_engine

Say = Callable[[str], None]
"""Takes a line for people about what the run waits for."""

_QUIET_S = 3.0  # a start that is soon over is not worth a line
_REMIND_S = 30.0
_PATIENCE = Patience(retries=5)
_LEAST = 1e-4  # of a GPU: what Ray can tell apart


@dataclass(frozen=True, slots=True)
class EnginePlan:
    """The engines of one kind ("policy" or "critic"): their number, their model, and the reservation of each.

    `cpu_part` is the part of a machine's memory for all of them together where they run on its CPU.
    """

    kind: str
    spec: str
    count: int
    needs: Needs
    cpu_part: float

    @property
    def memory_share(self) -> float:
        """The part of its GPU's memory that an engine may fill: 1 if it does not share a GPU; without a GPU the part of
        its machine's, on which all may come together."""
        if not self.needs.gpus:
            return self.cpu_part / max(1, self.count)
        return min(1.0, self.needs.gpus)

    def __str__(self) -> str:
        engines = f"{self.count} {self.kind} engine{'s' * (self.count != 1)}"
        return f"{engines} with {self.needs.gpus:g} GPU{'s' * (self.needs.gpus > 1)} each"


@dataclass(frozen=True, slots=True)
class Location:
    """Where an actor runs: its host, and the numbers of its GPUs there."""

    host: str
    gpus: str = ""


@contextmanager
def naming_machine() -> Iterator[None]:
    """Adds this machine to a UsageError: what settings name may be missing on one machine alone."""
    try:
        yield
    except UsageError as error:
        raise UsageError(
            f"on {socket.gethostname()}: {error} (what a run names has to lie at the same path on every machine that "
            "its engines and drivers may come to)"
        ) from error


# ------------------------------------------------------------------------------------------------------- arithmetic


def labels(text: str, setting: str) -> tuple[tuple[str, str], ...]:
    """`KEY=VALUE,KEY=VALUE` as node labels. Raises UsageError naming the setting."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if not all(equals and key.strip() and value.strip() for key, equals, value in pairs):
        raise UsageError(f"{setting} takes KEY=VALUE,…, not {text!r}")
    return tuple((key.strip(), value.strip()) for key, _, value in pairs)


def plan_engines(config: Config, gpus: float | None) -> tuple[EnginePlan, EnginePlan]:
    """The policy's engines and the critic's on `gpus` GPUs, which they share if there is not one for each.

    `gpus` None stands for a cluster whose GPUs are not known yet: each engine then asks for a whole one. Settings for
    the GPUs of an engine come first.
    """
    cluster, models = config.cluster, config.models
    policies = cluster.policy_engines if needs_engine(models.policy) else 0
    critics = cluster.critic_engines if needs_engine(models.chosen_critic) else 0
    on_gpu = [bool(devices(spec, models.device) - {"cpu"}) for spec in (models.policy, models.chosen_critic)]
    counts = policies * on_gpu[0], critics * on_gpu[1]
    shared = share_gpus(*counts, gpus=gpus, critic_part=models.critic_memory)
    said = [
        share if setting is None else setting
        for setting, share in zip((cluster.policy_gpus, cluster.critic_gpus), shared, strict=True)
    ]
    wanted = labels(cluster.engine_labels, "cluster.engine_labels")
    needs = [Needs(1.0, share if may else 0.0, 0, wanted) for share, may in zip(said, on_gpu, strict=True)]
    parts = memory_parts(config) if policies and critics else (1.0, 1.0)
    return (
        EnginePlan("policy", models.policy, policies, needs[0], parts[0]),
        EnginePlan("critic", models.chosen_critic, critics, needs[1], parts[1]),
    )


def memory_parts(config: Config) -> tuple[float, float]:
    """The parts of their devices' memory for the policy and the critic of one process: shares if they have a device in
    common, else all of it."""
    models = config.models
    if not devices(models.policy, models.device) & devices(models.chosen_critic, models.device):
        return 1.0, 1.0
    return 1.0 - models.critic_memory, models.critic_memory


def share_gpus(policies: int, critics: int, *, gpus: float | None, critic_part: float) -> tuple[float, float]:
    """GPUs, or parts of one, for each policy engine and for each critic engine: whole ones if there are enough.

    Otherwise all GPUs are divided alike among as many engines of each kind as each has to hold: `critic_part` of it for
    critics and the rest for policies, or all of it for the only kind there is.
    """
    if gpus is None:
        return 1.0, 1.0
    whole = int(gpus)
    if whole == 0:
        return 0.0, 0.0
    if policies + critics <= whole:
        return 1.0, 1.0
    on_each = math.ceil(policies / whole), math.ceil(critics / whole)
    if not policies or not critics:
        return _rounded(1.0 / max(1, on_each[0])), _rounded(1.0 / max(1, on_each[1]))
    # Large enough that Ray can't place a further policy in a critic's part.
    policy = _rounded(max((1.0 - critic_part) / on_each[0], 1.0 / (on_each[0] + 1) + _LEAST))
    return policy, _rounded((1.0 - on_each[0] * policy) / on_each[1])


def refuse_unplaceable(plans: Sequence[EnginePlan], gpus: float) -> None:
    """Raises UsageError if the engines need more than `gpus` GPUs, on a cluster that can't grow."""
    needed = sum(plan.count * plan.needs.gpus for plan in plans)
    if needed > gpus + 1e-6:
        wanted = ", ".join(str(plan) for plan in plans if plan.count)
        raise UsageError(
            f"{wanted}: {needed:g} GPUs, and there are {gpus:g}. Leave cluster.policy_gpus and cluster.critic_gpus "
            "unset to share what there is, or set them lower"
        )


def _rounded(share: float) -> float:
    """Rounded down to Ray's resolution."""
    return math.floor(share / _LEAST + 1e-6) * _LEAST


# ---------------------------------------------------------------------------------------------------------- waiting


async def wait_for_places(
    handles: Sequence[Handle], needs: Needs, system: System, *, place_s: float, say: Say, at_least: int | None = None
) -> list[Location]:
    """The places of actors, as soon as all of them (or `at_least` so many) have one; `say` gets what is waited for.

    Raises StepwiseError, with their needs and what the cluster has, after `place_s` seconds.
    """
    tasks = {asyncio.create_task(_location(handle, place_s)): handle for handle in handles}
    enough = len(handles) if at_least is None else at_least
    pending, pause_s = set(tasks), _QUIET_S
    try:
        while sum(task.done() for task in tasks) < enough:
            ended, pending = await asyncio.wait(pending, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
            faults = [(task, fault) for task in ended if (fault := task.exception()) is not None]
            if faults:
                task, fault = faults[0]
                for waiting in {task, *pending}:
                    tasks[waiting].end()  # asked to close, it would not answer
                raise _no_place(tasks[task].name, fault, needs, system) from fault
            if not ended:
                names = ", ".join(tasks[task].name for task in pending)
                wanting = f"a place for {_asked(names, needs)}: {_there(system, needs)}"
                say(f"waiting for {wanting if system.can_grow else f'{names} to start …'}")
                pause_s = _REMIND_S
        return [task.result() for task in tasks if task.done()]
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


def _no_place(name: str, fault: BaseException, needs: Needs, system: System) -> StepwiseError:
    if isinstance(fault, ActorLost):
        return StepwiseError(
            f"{name} has a place and does not start: {fault} (Ray's logs on that machine say more: is Stepwise "
            "installed there, is there enough memory?)"
        )
    return StepwiseError(
        f"no place for {_asked(name, needs)}: {_there(system, needs)}. If it ends as soon as it has one, Ray's logs on "
        "that machine say why"
    )


async def wait_until_ready(fleet: Fleet, what: str, *, start_s: float, say: Say, at_least: int | None = None) -> None:
    """Wait until all of a fleet (or `at_least` so many) are ready; `say` gets what is waited for. Raises as
    `Fleet.gather`, and StepwiseError after `start_s` seconds."""
    waiting = asyncio.create_task(fleet.gather(at_least))
    until = time.monotonic() + start_s
    pause_s = _QUIET_S
    try:
        while not (await asyncio.wait({waiting}, timeout=min(pause_s, max(0.0, until - time.monotonic()))))[0]:
            missing = ", ".join(member.handle.name for member in fleet.members if not member.is_ready)
            if time.monotonic() >= until:
                raise StepwiseError(
                    f"gave up waiting for {what}: no answer from {missing} within {start_s:g} s. Ray's logs on that "
                    "machine say more; cluster.start_s says how long a run waits"
                )
            say(f"waiting for {what} ({missing}) …")
            pause_s = _REMIND_S
        waiting.result()
    finally:
        waiting.cancel()


async def _location(handle: Handle, place_s: float) -> Location:
    """The place of an actor, within `place_s` seconds. One that is lost while it starts is asked again, some times."""

    async def ask() -> Location:
        location: Location = await handle.call("place", deadline_s=place_s + 1.0)
        return location

    async with asyncio.timeout(place_s):
        return await started(ask, _PATIENCE, is_final=is_final)


def _asked(names: str, needs: Needs) -> str:
    asked = f"{names} ({needs.cpus:g} CPU"
    asked += f", {needs.gpus:g} GPU" * (needs.gpus > 0) + f", {needs.memory_bytes / 1e9:.1f} GB" * (
        needs.memory_bytes > 0
    )
    return asked + "".join(f", on a machine labelled {key}={value}" for key, value in needs.labels) + ")"


def _there(system: System, needs: Needs) -> str:
    if needs.gpus:
        there = f"there are {system.gpus(needs.labels):g} GPUs, some of them maybe taken"
        hint = "set cluster.policy_gpus and cluster.critic_gpus lower, or models.device=cpu"
    else:
        there, hint = "no machine has that free, or it still starts", "give the cluster more, or ask for fewer workers"
    return f"{there} ({hint}; cluster.place_s says how long a run waits for machines)"
