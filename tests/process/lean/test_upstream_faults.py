"""The community REPL's process when it hangs or wears out: what it costs, and that the pool serves on."""

from __future__ import annotations

import pytest

from search.base import LimitKind, Proved, Step, TimedOut
from tests.fakes.toolchain import call, calls, opened, upstream_pool

pytestmark = [pytest.mark.timeout(30)]


async def test_a_tactic_that_hangs_is_unknown_and_the_pool_goes_on() -> None:
    async with upstream_pool() as lean:
        theorem = await opened(lean)
        (outcome,) = await theorem.apply((Step("ok"),), [call("hang", wall_s=0.1)])
        assert isinstance(outcome, TimedOut)
        assert outcome.limit is LimitKind.WALL
        (after,) = await theorem.apply((Step("ok"),), calls("done"))
        assert isinstance(after, Proved)
        assert lean.health().restarts == 1


async def test_each_tactic_of_a_batch_has_a_deadline_of_its_own() -> None:
    async with upstream_pool() as lean:
        theorem = await opened(lean)
        outcomes = await theorem.apply((), [call("done", wall_s=60.0), call("hang", wall_s=0.1), call("done")])
        assert [type(outcome) for outcome in outcomes] == [Proved, TimedOut, Proved]


async def test_a_process_whose_heartbeats_are_used_up_is_replaced() -> None:
    """Some versions count them from the process's beginning on."""
    async with upstream_pool() as lean:
        theorem = await opened(lean)
        (fresh,) = await theorem.apply((), calls("heartbeats"))
        assert isinstance(fresh, TimedOut)
        assert lean.health().restarts == 0
        await theorem.apply((), calls(*["slow"] * 8))
        await theorem.apply((), calls("heartbeats"))
        assert lean.health().restarts == 1
        (after,) = await theorem.apply((), calls("done"))
        assert isinstance(after, Proved)
