"""Which slot serves which request, decided on a clock that the test moves."""

from __future__ import annotations

from prover.lean.scheduler import Scheduler
from prover.lean.slots import LeanJob, Slot
from search.base import Path, Step


class Desk:
    """A scheduler, what it started so far, and the time."""

    def __init__(self, slots: int, *, in_flight: int = 2) -> None:
        self.now = 0.0
        self.wakes: list[float] = []
        self.started: list[tuple[int, str]] = []
        self.scheduler = Scheduler(
            slots,
            start=self._start,
            wake_after=lambda seconds: self.wakes.append(self.now + seconds),
            in_flight=in_flight,
            steal_after_s=1.0,
            clock=lambda: self.now,
        )
        for slot in self.scheduler.slots:
            self.scheduler.set_up(slot)
        self._names: dict[LeanJob, str] = {}
        self._at_work: list[tuple[Slot, LeanJob]] = []

    def ask(self, name: str, key: int = 0, *path: str, client: str = "") -> LeanJob:
        job = LeanJob(key, self.path(*path), self.now, client)
        self._names[job] = name
        self.scheduler.add(job)
        return job

    def path(self, *tactics: str) -> Path:
        return tuple(Step(tactic) for tactic in tactics)

    def finish(self, index: int) -> None:
        slot, job = next((slot, job) for slot, job in self._at_work if slot.index == index)
        self._at_work.remove((slot, job))
        self.scheduler.finish(slot, job)

    def take(self, index: int, seconds: float) -> None:
        """The oldest request at work there is answered after so long."""
        self.now += seconds
        self.finish(index)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        due, self.wakes = [at for at in self.wakes if at <= self.now], [at for at in self.wakes if at > self.now]
        for _ in due:
            self.scheduler.on_wake()

    def _start(self, slot: Slot, job: LeanJob) -> None:
        self.started.append((slot.index, self._names[job]))
        self._at_work.append((slot, job))


def test_a_theorem_stays_where_it_is_known_and_a_new_one_goes_where_nothing_is_at_work() -> None:
    desk = Desk(2)
    desk.ask("a", 1)
    desk.ask("b", 2)
    desk.finish(0)
    desk.finish(1)
    desk.ask("b again", 2)
    assert desk.started == [(0, "a"), (1, "b"), (1, "b again")]


def test_a_second_request_is_on_its_way_only_while_no_slot_is_idle() -> None:
    desk = Desk(2)
    desk.ask("a", 1)
    desk.ask("waits for its home", 1)
    assert desk.started == [(0, "a")]
    desk.ask("b", 2)
    desk.ask("behind b", 2)
    assert desk.started == [(0, "a"), (1, "b"), (1, "behind b")]
    assert desk.scheduler.num_waiting == 1


def test_an_idle_slot_takes_a_request_that_has_waited_too_long_and_keeps_what_grows_from_it() -> None:
    desk = Desk(2)
    desk.ask("a", 1, "x")
    desk.ask("b", 1, "y")
    for _ in range(24):
        desk.pass_time(1.0)
    assert desk.started == [(0, "a")]
    desk.pass_time(1.0)
    assert desk.started == [(0, "a"), (1, "b")]
    desk.finish(0)
    desk.finish(1)
    desk.ask("below b", 1, "y", "t")
    assert desk.started[-1] == (1, "below b")


def test_a_request_of_a_theorem_that_an_idle_slot_knows_is_taken_soon() -> None:
    desk = Desk(2, in_flight=1)
    desk.ask("a", 1, "x")
    desk.ask("b", 1, "y")
    for _ in range(25):
        desk.pass_time(1.0)
    desk.finish(1)
    assert desk.started == [(0, "a"), (1, "b")]
    desk.ask("below a", 1, "x", "t")
    desk.pass_time(0.5)
    assert desk.started[2:] == []
    desk.pass_time(0.5)
    assert desk.started[2:] == [(1, "below a")]


def test_of_requests_that_waited_too_long_those_of_a_known_theorem_come_before_older_ones() -> None:
    desk = Desk(2, in_flight=1)
    desk.ask("a", 1)
    desk.ask("b", 2)
    desk.ask("older, unknown", 3)
    desk.ask("known", 2)
    desk.pass_time(5.0)
    desk.finish(1)
    assert desk.started[-1] == (1, "known")


def test_theorems_that_wait_for_one_place_take_turns_however_much_each_has_to_do() -> None:
    desk = Desk(1, in_flight=1)
    for name in "abc":
        desk.ask(name, ord(name))
        desk.finish(0)
    for name in ("a1", "a2", "a3", "b1", "b2", "a4", "c1"):
        desk.ask(name, ord(name[0]))
    for _ in range(6):
        desk.finish(0)
    assert [name for _, name in desk.started[3:]] == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]


def test_a_new_theorem_is_not_left_waiting_for_one_that_always_has_more_to_do() -> None:
    desk = Desk(1, in_flight=1)
    desk.ask("busy", 1)
    desk.ask("new", 2)
    for _ in range(12):
        desk.ask("busy", 1)
        desk.pass_time(1.0)
        desk.finish(0)
    assert [name for _, name in desk.started].index("new") == 10


def test_what_waits_for_a_slot_that_is_lost_is_taken_at_once() -> None:
    desk = Desk(2, in_flight=1)
    desk.ask("a", 1)
    desk.ask("waits", 1)
    desk.scheduler.set_down(desk.scheduler.slots[0])
    assert desk.started == [(0, "a"), (1, "waits")]


def test_a_slot_without_a_worker_gets_nothing_and_fills_when_one_comes() -> None:
    desk = Desk(1)
    slot = desk.scheduler.slots[0]
    desk.scheduler.set_down(slot)
    desk.ask("a")
    desk.pass_time(10.0)
    assert not desk.started
    desk.scheduler.set_up(slot)
    assert desk.started == [(0, "a")]
    assert desk.scheduler.waits.longest_s == 10.0
    assert desk.scheduler.outage_s() == 10.0


def test_a_withdrawn_request_is_never_started() -> None:
    desk = Desk(1, in_flight=1)
    desk.ask("a")
    gone, last = desk.ask("gone"), desk.ask("last")
    desk.scheduler.withdraw(gone)
    desk.finish(0)
    assert desk.started == [(0, "a"), (0, "last")]
    assert last.is_taken
    assert desk.scheduler.num_waiting == 0


def test_only_slots_whose_worker_knows_a_theorem_are_told_to_forget_it() -> None:
    desk = Desk(3)
    desk.ask("a", 1)
    desk.ask("b", 2)
    slots = desk.scheduler.slots
    desk.scheduler.set_up(slots[1])  # another worker stands there now
    assert desk.scheduler.forget(1) == [slots[0]]
    assert desk.scheduler.forget(2) == []
    assert desk.scheduler.forget(3) == []


def test_who_asks_little_is_served_before_the_next_request_of_who_asks_much() -> None:
    desk = Desk(1, in_flight=1)
    for number in range(20):
        desk.ask(f"proof {number}", 1, client="works")
    desk.take(0, 0.2)
    desk.ask("open", 7, client="asks")
    desk.take(0, 0.2)
    assert desk.started[-1] == (0, "open")
    desk.take(0, 0.01)
    for number in range(3):
        desk.ask(f"tactic {number}", 7, client="asks")
    desk.take(0, 0.2)
    for _ in range(3):
        desk.take(0, 0.01)
    names = [name for _, name in desk.started]
    assert names[2:] == ["open", "proof 2", "tactic 0", "tactic 1", "tactic 2", "proof 3"]


def test_two_who_ask_without_end_get_the_same_time_though_one_asks_for_more_at_once() -> None:
    desk = Desk(1, in_flight=2)
    took = {"short": 0.1, "long": 0.4}
    given = dict.fromkeys(took, 0.0)
    for client in took:
        for _ in range(200):
            desk.ask(client, len(client), client=client)
    for number in range(200):
        client = desk.started[number][1]
        given[client] += took[client]
        desk.take(0, took[client])
    assert abs(given["short"] - given["long"]) <= 1.0


def test_who_was_away_has_saved_nothing_up() -> None:
    desk = Desk(1, in_flight=1)
    for _ in range(30):
        desk.ask("always there", 1, client="one")
    for _ in range(10):
        desk.take(0, 1.0)
    for _ in range(10):
        desk.ask("came late", 2, client="other")
    for _ in range(10):
        desk.take(0, 1.0)
    assert abs([name for _, name in desk.started[11:]].count("came late") - 5) <= 1


def test_of_one_client_the_oldest_request_comes_first() -> None:
    desk = Desk(1, in_flight=1)
    desk.ask("a", 1)
    for name in ("b", "c", "d"):
        desk.ask(name, 1)
    for _ in range(3):
        desk.take(0, 1.0)
    assert [name for _, name in desk.started] == ["a", "b", "c", "d"]


def test_while_another_client_is_there_nothing_is_sent_before_its_turn() -> None:
    desk = Desk(1)
    for number in range(6):
        desk.ask(f"proof {number}", 1, client="works")
    assert len(desk.started) == 2
    desk.ask("open", 7, client="asks")
    for _ in range(3):
        desk.take(0, 0.2)
    assert [name for _, name in desk.started] == ["proof 0", "proof 1", "open", "proof 2"]
    desk.ask("tactic", 7, client="asks")
    desk.take(0, 0.2)
    assert desk.started[-1] == (0, "tactic")
    desk.take(0, 0.1)
    desk.pass_time(1.0)
    desk.take(0, 0.2)
    assert [name for _, name in desk.started[-2:]] == ["proof 4", "proof 5"], "it is alone again"


def test_a_slot_whose_worker_makes_room_takes_new_theorems_and_steals_nothing() -> None:
    desk = Desk(2, in_flight=1)
    desk.scheduler.slots[1].is_changing = True
    desk.ask("open", 1)
    for name in ("first", "second"):
        desk.ask(name, 1)
    desk.pass_time(100.0)
    assert desk.started == [(0, "open")]
    desk.ask("another theorem", 2)
    assert desk.started[-1] == (1, "another theorem")
    desk.finish(1)
    desk.scheduler.slots[1].is_changing = False
    desk.pass_time(1.0)
    assert desk.started[-1] == (1, "first")
