"""Actors on Ray. One class of actor, `Shell`, holds any host object and calls its methods by name."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import pickle
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, TextIO, cast

from prover.cluster.handle import ActorLost, Handle, Needs
from prover.cluster.wire import dumps, loads
from prover.errors import MissingExtra, StepwiseError, UsageError
from prover.run import logs

log = logging.getLogger(__name__)

LOCAL = "local"
_MAX_RESTARTS = 1000
_MAX_CALLS = 4096
_OBJECT_STORE_BYTES = 200 << 20
_KNOCK_S = 10.0

GC_THRESHOLD = (50_000, 20, 50)
"""Thresholds of Python's cyclic collector in actors: at the usual ones a driver, which holds the graphs of hundreds of
searches and makes hardly any garbage, spends a fifth of its time on it."""


class _Mark(Enum):
    """The placeholder, in a packed call, of an argument in Ray's object store."""

    STORED = 0


_STORED = _Mark.STORED


class _Shell:
    """The actor round a host object, which the pickled function `make` makes."""

    def __init__(self, make: bytes, level: int) -> None:
        logs.configure(level)
        gc.set_threshold(*GC_THRESHOLD)
        self._host = pickle.loads(make)()

    async def call(self, packed: bytes, *stored: object) -> bytes:
        """Answer a packed call of a method. `stored` are its arguments from Ray's object store, in order."""
        method, arguments = loads(packed)
        left = iter(stored)
        answer = await getattr(self._host, method)(*(next(left) if each is _STORED else each for each in arguments))
        return dumps(answer)


@dataclass(frozen=True)
class _RayHandle:
    """A handle on a `_Shell`, which can be sent to other actors."""

    name: str
    actor: Any

    async def call(self, method: str, *arguments: object, deadline_s: float) -> Any:
        from ray import ObjectRef, exceptions

        stored = [each for each in arguments if isinstance(each, ObjectRef)]
        sent = tuple(_STORED if isinstance(each, ObjectRef) else each for each in arguments) if stored else arguments
        reference = self.actor.call.remote(dumps((method, sent)), *stored)
        try:
            async with asyncio.timeout(deadline_s):
                return loads(await reference)
        except TimeoutError as error:
            self._start_again()
            raise ActorLost(f"{self.name}: no answer to {method!r} within {deadline_s:g} s") from error
        except asyncio.CancelledError:
            self._take_back(reference)
            raise
        except exceptions.ActorUnavailableError as error:
            raise ActorLost(f"{self.name}: {_first_line(error)}") from error
        except (exceptions.ActorDiedError, exceptions.ActorUnschedulableError) as error:
            raise ActorLost(f"{self.name}: {_first_line(error)}", is_final=True) from error
        except exceptions.RayTaskError as error:
            if isinstance(error.cause, ActorLost):
                self._start_again()
            if isinstance(error.cause, StepwiseError):
                raise error.cause from error
            raise StepwiseError(f"{self.name}: {error.cause!r} in {method!r}\n{error.traceback_str}") from error
        except exceptions.RayError as error:  # an argument or an answer was lost with its node
            raise ActorLost(f"{self.name}: {_first_line(error)}") from error

    def end(self) -> None:
        self._kill(no_restart=True)

    def _start_again(self) -> None:
        self._kill(no_restart=False)

    def _kill(self, *, no_restart: bool) -> None:
        import ray

        with contextlib.suppress(ValueError, ray.exceptions.RayError):
            ray.kill(self.actor, no_restart=no_restart)

    def _take_back(self, reference: Any) -> None:
        import ray

        with contextlib.suppress(ValueError, ray.exceptions.RayError):
            ray.cancel(reference)


@dataclass(frozen=True)
class RaySystem:
    """Starts actors on the Ray cluster of this process."""

    can_grow: bool = True

    def spawn(self, name: str, make: Callable[[], object], needs: Needs) -> Handle:
        import ray

        shell: Any = ray.remote(_Shell)
        level = logging.getLogger().getEffectiveLevel()
        # As bytes, which a restart needs no object store for: handles inside of `make` would be objects there.
        packed = ray.cloudpickle.dumps(make)  # type: ignore[no-untyped-call]
        return _RayHandle(name, shell.options(**options(name, needs)).remote(packed, level))

    def put(self, value: object) -> Any:
        import ray

        return ray.put(value)

    def gpus(self, labels: tuple[tuple[str, str], ...] = ()) -> float:
        import ray

        nodes = [node for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
        fitting = [node for node in nodes if set(labels) <= set(node.get("Labels", {}).items())]
        return sum(float(node["Resources"].get("GPU", 0.0)) for node in fitting)


def options(name: str, needs: Needs) -> dict[str, Any]:
    """Ray's options for an actor. A lost actor is started again wherever its reservation fits."""
    found: dict[str, Any] = {
        "num_cpus": needs.cpus,
        "num_gpus": needs.gpus,
        "max_restarts": _MAX_RESTARTS,
        "max_task_retries": 0,
        "max_concurrency": _MAX_CALLS,
        "enable_task_events": False,  # of each call, for a dashboard
    }
    if needs.memory_bytes:
        found["memory"] = needs.memory_bytes
    if needs.labels:
        found["label_selector"] = dict(needs.labels)
    return {**found, "_labels": {"stepwise": name.split()[0]}}


class _OursAlone:
    """Standard output without what Ray's threads print there of lost actors, among results: that is logged."""

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def write(self, text: str) -> int:
        if not threading.current_thread().name.startswith("ray_"):
            return self._output.write(text)
        if text.strip():
            log.info("%s", text.strip())
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._output, name)


@contextlib.asynccontextmanager
async def ray_system(address: str, *, local: Needs) -> AsyncIterator[RaySystem]:
    """Ray for the length of the block: for `local` a new one of the size `local`, otherwise the cluster at `address`.

    A new Ray ends with the block and leaves no process; in a cluster the run's actors end with it. Raises UsageError if
    Ray is not installed or no cluster answers.
    """
    await knock(address)
    try:
        await offer_token(address)  # Ray looks when it is imported
        import ray
    except ImportError as error:
        raise MissingExtra("--ray", "ray") from error
    if ray.is_initialized():
        raise UsageError("this process has joined a Ray cluster already")
    asked = init_options(address, local)
    logging.getLogger("ray").setLevel(asked["logging_level"])
    with ThreadPoolExecutor(1, thread_name_prefix="ray_") as thread:  # its end would be that of Ray's processes
        await _started(address, asked, thread)
        try:
            with contextlib.redirect_stdout(cast(TextIO, _OursAlone(sys.stdout))):
                yield RaySystem(can_grow=address != LOCAL)
        finally:
            await asyncio.get_running_loop().run_in_executor(thread, ray.shutdown)


async def _started(address: str, asked: Mapping[str, Any], thread: ThreadPoolExecutor) -> None:
    """`ray.init` in a thread, where it takes no signals from who listens to them. Cancelled, it ends Ray again, as soon
    as Ray is up: that can't be interrupted."""
    import ray

    starting = asyncio.get_running_loop().run_in_executor(thread, partial(ray.init, **asked))
    try:
        await asyncio.shield(starting)
        _hear_again()
    except asyncio.CancelledError:
        await asyncio.wait({starting})
        thread.submit(ray.shutdown)
        raise
    except ConnectionError as error:
        hint = "is it Ray, and the same version? If it asks for a token, ~/.ray/auth_token has to be that of its head"
        raise UsageError(f"--ray {address}: {_first_line(error)} ({hint})") from error
    except (RuntimeError, ValueError) as error:
        raise UsageError(f"--ray {address}: {_first_line(error)}") from error
    except Exception as error:  # a bare one is what Ray raises when it does not come up
        raise StepwiseError(f"--ray {address}: Ray did not start: {_first_line(error)}") from error


def _hear_again() -> None:
    """Take signals back from Ray's library, which prints where it was when one comes."""
    if threading.current_thread() is threading.main_thread():
        for signum in (signal.SIGINT, signal.SIGTERM):
            if (handler := signal.getsignal(signum)) is not None:
                signal.signal(signum, handler)


async def knock(address: str) -> None:
    """Raises UsageError if nothing listens at an address. Ray itself tries for minutes and can't be interrupted."""
    if address in (LOCAL, "auto"):
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "//" in host:
        raise UsageError(f"--ray takes local, auto or HOST:PORT of a cluster's head, not {address!r}")
    try:
        async with asyncio.timeout(_KNOCK_S):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except (OSError, OverflowError, TimeoutError) as error:
        reason = f"no answer within {_KNOCK_S:g} s" if isinstance(error, TimeoutError) else _first_line(error)
        raise UsageError(f"--ray {address}: no cluster there: {reason}") from error
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def offer_token(address: str) -> None:
    """Have Ray send its token to a cluster that asks for one. A head asks if a token lies on its machine, as it does
    after every local Ray. A process that sends a token also demands it, so that a head without one could not call back:
    the token is sent only where it is asked for."""
    named = {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & os.environ.keys()
    has_token = named or (Path.home() / ".ray" / "auth_token").exists()
    if address in (LOCAL, "auto") or "RAY_AUTH_MODE" in os.environ or not has_token:
        return  # Ray sees to a cluster of this machine itself
    if await _asks_for_token(address):
        os.environ["RAY_AUTH_MODE"] = "token"


async def _asks_for_token(address: str) -> bool:
    """Whether the head at `address` refuses a call without a token."""
    import grpc
    import grpc.aio

    async with grpc.aio.insecure_channel(address) as channel:
        ask: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
        ask = channel.unary_unary("/ray.rpc.NodeInfoGcsService/CheckAlive")
        try:
            await ask(b"", timeout=_KNOCK_S)
        except grpc.aio.AioRpcError as error:
            return bool(error.code() == grpc.StatusCode.UNAUTHENTICATED)
    return False


def init_options(address: str, local: Needs) -> Mapping[str, Any]:
    """The arguments of `ray.init`."""
    is_verbose = logging.getLogger().getEffectiveLevel() <= logging.INFO
    common: dict[str, Any] = {
        "address": address,
        "log_to_driver": is_verbose,
        "logging_level": logging.INFO if is_verbose else logging.ERROR,
        "configure_logging": False,
    }
    if address != LOCAL:
        return common
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    return {
        **common,
        "num_cpus": max(1, round(local.cpus)),
        **({"num_gpus": local.gpus} if local.gpus else {}),  # else Ray looks for itself
        "include_dashboard": False,
        "object_store_memory": _OBJECT_STORE_BYTES,
        "_memory": local.memory_bytes or None,
        "_system_config": {"worker_niceness": 0},  # else Lean would have what all others leave of the machine
    }


def _first_line(error: BaseException) -> str:
    """The first line of an error's message that is not blank."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
