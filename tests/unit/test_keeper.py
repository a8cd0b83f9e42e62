"""Something is kept up: started again when it is lost, replaced while it serves, given up when patience is over."""

from __future__ import annotations

import asyncio
import math

import pytest

from prover.errors import StepwiseError
from prover.keeper import Keeper, Patience

QUICK = Patience(retries=2, pause_s=0.0)


class Workshop:
    """Makes numbers; the starts named in `failing` fail."""

    def __init__(self, *failing: int) -> None:
        self.failing = failing
        self.starts = 0
        self.ended: list[int] = []
        self.changes = 0

    async def start(self) -> int:
        self.starts += 1
        if self.starts in self.failing:
            raise StepwiseError(f"start {self.starts} failed")
        return self.starts

    async def end(self, thing: int) -> None:
        self.ended.append(thing)

    def note(self) -> None:
        self.changes += 1

    def keeper(self, patience: Patience = QUICK) -> Keeper[int]:
        return Keeper(self.start, self.end, patience, on_change=self.note)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_start_that_fails_is_tried_again_and_a_lost_thing_has_a_successor() -> None:
    shop = Workshop(1, 3)
    keeper = shop.keeper()
    keeper.begin()
    assert await keeper.ready() == 2
    keeper.lose(2)
    assert keeper.current is None
    assert await keeper.ready() == 4
    keeper.lose(2)  # said once more, by somebody who noticed later
    assert keeper.current == 4
    assert keeper.losses == 1
    await keeper.close()
    assert shop.ended == [2, 4]


async def test_a_thing_serves_until_its_successor_is_ready_unless_there_is_no_room_for_both() -> None:
    shop = Workshop()
    keeper = shop.keeper()
    keeper.begin()
    await keeper.ready()
    keeper.renew()
    assert keeper.current == 1
    await settle()
    assert (keeper.current, shop.ended) == (2, [1])
    keeper.renew(is_room_for_two=False)
    assert keeper.current is None
    assert await keeper.ready() == 3
    assert shop.ended == [1, 2]
    assert keeper.losses == 0
    await keeper.close()


async def test_when_patience_is_over_the_fault_is_said_and_a_new_beginning_tries_again() -> None:
    shop = Workshop(1, 2, 3)
    keeper = shop.keeper()
    keeper.begin()
    with pytest.raises(StepwiseError, match="start 3 failed"):
        await keeper.ready()
    assert keeper.fault is not None
    keeper.begin()
    assert await keeper.ready() == 4
    await keeper.close()


async def test_a_final_failure_is_not_tried_again() -> None:
    shop = Workshop(1)
    keeper = Keeper(shop.start, shop.end, Patience(math.inf, 0.0), is_final=lambda _: True)
    keeper.begin()
    with pytest.raises(StepwiseError):
        await keeper.ready()
    assert shop.starts == 1


async def test_closing_ends_the_thing_and_may_be_done_twice() -> None:
    shop = Workshop()
    keeper = shop.keeper()
    keeper.begin()
    await keeper.ready()
    await keeper.close()
    await keeper.close()
    assert shop.ended == [1]
    assert keeper.current is None
