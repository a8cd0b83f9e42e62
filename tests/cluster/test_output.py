"""Standard output holds a command's results, whatever Ray has to say."""

from __future__ import annotations

import asyncio
import logging
import os
import signal

import pytest

from prover.cluster.actors import LOCAL, ray_system
from prover.cluster.handle import ActorLost, Needs

pytest.importorskip("ray", reason="the ray extra is not installed")
pytestmark = [pytest.mark.timeout(120), pytest.mark.filterwarnings("ignore")]


class Mortal:
    """A host whose process is killed when it is asked to."""

    async def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


async def test_what_ray_says_of_a_killed_actor_is_logged_and_no_result(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="prover.cluster.actors")
    async with ray_system(LOCAL, local=Needs(2.0)) as system:
        handle = system.spawn("mortal 0", Mortal, Needs(1.0))
        with pytest.raises(ActorLost):
            await handle.call("die", deadline_s=60.0)
        async with asyncio.timeout(30.0):
            while "A worker died or was killed" not in caplog.text:
                await asyncio.sleep(0.1)
        print("a result")
    assert capfd.readouterr().out == "a result\n"
