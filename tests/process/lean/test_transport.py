"""One process: answers are found, deadlines kept, nothing is left behind. Every test has a deadline of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from prover.confine.process_tree import process_tree
from prover.errors import DeathReason, MemoryLacking, WorkerDied, WorkerStartFailed
from prover.lean.transport import LeanProcess
from tests.fakes.toolchain import launch
from tests.processes import gone

pytestmark = [pytest.mark.timeout(30)]
HELLO = {"hello": True}


async def start(*scenario: str, memory_bytes: int | None = None, ready_timeout_s: float = 5.0) -> LeanProcess:
    return await LeanProcess.start(launch(*scenario, memory_bytes=memory_bytes), ready_timeout_s=ready_timeout_s)


async def command(process: LeanProcess, text: str, timeout_s: float = 3.0) -> dict[str, Any]:
    return await asyncio.wait_for(process.submit({"cmd": text}, timeout_s=timeout_s), 5)


async def death_of(process: LeanProcess, text: str, timeout_s: float = 3.0) -> WorkerDied:
    with pytest.raises(WorkerDied) as caught:
        await command(process, text, timeout_s)
    return caught.value


async def test_a_request_is_answered() -> None:
    process = await start()
    assert (await process.submit(HELLO, timeout_s=3))["server"] == "fake"
    await process.close()


async def test_requests_may_wait_in_the_pipe_and_are_answered_in_order() -> None:
    process = await start()
    futures = [process.submit({"cmd": f"theorem t{i} : p := by sorry"}, timeout_s=3) for i in range(50)]
    answers = await asyncio.gather(*futures)
    assert [answer["sorries"][0]["decl"] for answer in answers] == [f"Some.t{i}" for i in range(50)]
    await process.close()


async def test_noise_between_answers_is_skipped() -> None:
    process = await start("noisy")
    for _ in range(5):
        assert "env" in await command(process, "x")
    assert process.use.noise_lines >= 5
    await process.close()


async def test_garbage_before_it_is_ready_is_skipped() -> None:
    process = await start("garbage_at_start")
    assert "env" in await command(process, "x")
    await process.close()


async def test_a_process_that_dies_at_start_says_why() -> None:
    with pytest.raises(WorkerStartFailed, match=r"status 3.*no such library"):
        await start("dies_at_start")


@pytest.mark.parametrize("scenario", ["lacks_memory", "killed_at_start"])
async def test_a_process_without_memory_says_in_one_line_what_it_needs_and_what_to_do(scenario: str) -> None:
    with pytest.raises(MemoryLacking, match=r"needs 1 GB .*--workers 1.*ulimit -v") as fault:
        await start(scenario)
    assert "\n" not in str(fault.value)


async def test_a_process_that_is_never_ready_is_given_up() -> None:
    with pytest.raises(WorkerStartFailed, match=r"not ready after 0\.3 s"):
        await start("hangs_at_start", ready_timeout_s=0.3)


async def test_a_program_that_does_not_exist_is_a_failed_start() -> None:
    missing = launch()
    missing = type(missing)(("/no/such/lean",), {}, Path("/"))
    with pytest.raises(WorkerStartFailed, match="cannot start /no/such/lean"):
        await LeanProcess.start(missing, ready_timeout_s=5)


async def test_a_crash_fails_what_runs_and_spares_what_waits() -> None:
    process = await start()
    first = process.submit({"cmd": "die"}, timeout_s=3)
    second = process.submit(HELLO, timeout_s=3)
    done = await asyncio.gather(first, second, return_exceptions=True)
    assert [isinstance(each, WorkerDied) and each.was_running for each in done] == [True, False]
    assert isinstance(done[0], WorkerDied)
    assert done[0].reason is DeathReason.EXITED
    assert "status 139" in str(done[0])
    await process.close()


async def test_requests_after_death_fail_at_once() -> None:
    process = await start()
    await death_of(process, "die")
    death = await death_of(process, "x")
    assert not death.was_running
    await process.close()


async def test_a_request_past_its_deadline_ends_the_process() -> None:
    process = await start()
    pids = list(process_tree(process.pid))
    death = await death_of(process, "hang", timeout_s=0.2)
    assert death.reason is DeathReason.DEADLINE
    assert death.elapsed_s >= 0.2
    await process.close()
    assert gone(*pids)


async def test_the_clock_of_a_request_starts_when_the_one_before_is_answered() -> None:
    process = await start()
    state = (await command(process, "theorem a : p := by sorry"))["sorries"][0]["proofState"]
    slow = {"proofState": state, "tactics": [{"tactic": "slow 0.3"}]}
    await asyncio.gather(*(process.submit(slow, timeout_s=0.6) for _ in range(4)))
    await process.close()


async def test_a_late_reply_is_dropped() -> None:
    process = await start()
    state = (await command(process, "theorem a : p := by sorry"))["sorries"][0]["proofState"]
    slow = process.submit({"proofState": state, "tactics": [{"tactic": "slow 0.2"}]}, timeout_s=3)
    slow.cancel()
    assert (await process.submit(HELLO, timeout_s=3))["server"] == "fake"
    assert process.use.late_replies == 1
    await process.close()


async def test_a_flood_on_stderr_neither_blocks_nor_piles_up() -> None:
    process = await start()
    assert "env" in await command(process, "flood")
    assert 0 < len(process.stderr_tail) <= 16 * 1024
    await process.close()


async def test_garbage_without_end_meets_the_deadline() -> None:
    process = await start()
    assert (await death_of(process, "garbage", timeout_s=0.4)).reason is DeathReason.DEADLINE
    await process.close()


async def test_a_line_without_end_is_garbage() -> None:
    process = await start()
    assert (await death_of(process, "long_line", timeout_s=10)).reason is DeathReason.GARBAGE
    await process.close()


async def test_a_process_over_its_memory_limit_is_ended() -> None:
    process = await start(memory_bytes=200 << 20)
    death = await death_of(process, "hog")
    assert death.reason is DeathReason.MEMORY
    assert process.use.peak_rss_bytes > 200 << 20
    await process.close()


async def test_closing_ends_a_process_that_ignores_it() -> None:
    process = await start("stubborn")
    pids = list(process_tree(process.pid))
    await process.close(grace_s=0.1)
    assert gone(*pids)


async def test_closing_twice_is_safe() -> None:
    process = await start()
    await asyncio.gather(process.close(), process.close())
    await process.close()


async def test_grandchildren_end_with_it_even_from_a_session_of_their_own(tmp_path: Path) -> None:
    process = await start("forker", str(tmp_path / "pid"))
    grandchild = int((tmp_path / "pid").read_text())
    process.kill(DeathReason.CLOSED, "test")
    await process.close()
    assert gone(grandchild)


async def test_the_guard_killed_from_outside_leaves_no_server() -> None:
    process = await start()
    pids = list(process_tree(process.pid))
    os.kill(process.pid, signal.SIGKILL)
    await asyncio.wait_for(process.died.wait(), 3)
    await process.close()
    assert gone(*pids)


async def test_cancelling_a_start_leaves_nothing(tmp_path: Path) -> None:
    starting = asyncio.create_task(start("hangs_at_start"))
    await asyncio.sleep(0.2)
    mine = [pid for pid in process_tree(os.getpid()) if pid != os.getpid()]
    assert mine
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert gone(*mine)


def test_no_process_is_left_when_we_are_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\n"
        "from tests.process.lean.test_transport import start, process_tree\n"
        "async def main():\n"
        f"    process = await start('forker', {str(tmp_path / 'pid')!r})\n"
        "    process.submit({'cmd': 'hang'}, timeout_s=60)\n"
        "    print(*process_tree(process.pid), flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root) as us:
        assert us.stdout is not None
        pids = [int(pid) for pid in us.stdout.readline().split()]
        us.kill()
    assert len(pids) >= 3
    assert gone(*pids, int((tmp_path / "pid").read_text()))
