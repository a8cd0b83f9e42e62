"""One sketch at work: its holes are searched in rounds with growing parts of the time, and beside each its negation.

A hole whose goal was proved before is filled with the script that Lean accepted there, run again. A hole that is
disproved ends the sketch, and so does one whose goal is that of the theorem, or of a hole around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from prover.driver.alternatives import DISPROVING, open_negation_of_goal
from prover.driver.holes import LIMITED, HolesAttempt, MakeSeeker, Place
from prover.driver.job import Job
from prover.driver.parts import Components
from prover.driver.seeker import Seeker
from prover.lean.problem import OpenFailed
from prover.run.subgoals import Subgoal, Subgoals
from prover.tasks.sketch import Sketch
from search.base import Environment, ProofState
from search.split import merge_key

_FIRST_S = 2.0
"""The part of the quick pass that each hole gets."""
_GROWTH = 3.0
_LEAST_HUNT_S = 0.5
_RESTATED, _DISPROVED = "restated", "disproved"


@dataclass(frozen=True, slots=True)
class Disproof:
    """A goal of a sketch that is false: as Lean renders it, and the script that closes its negation, with all
    hypotheses as premises of what is negated."""

    goal: str
    script: str


class SketchAttempt(HolesAttempt):
    """Fills the holes of `sketch` by the time `until`, and goes on where it stopped when it is given more. `first` is
    the environment of its first hole; `around` has the keys of the goals that it is a part of."""

    def __init__(
        self,
        parts: Components,
        job: Job,
        sketch: Sketch,
        first: Environment,
        make: MakeSeeker,
        until: float,
        *,
        around: frozenset[str],
        subgoals: Subgoals,
        disprove: float,
    ) -> None:
        own = replace(job, task=sketch.task, scripts=(), holes=None)
        super().__init__(parts, own, first, make, until)
        self.sketch = sketch
        self.disproofs: list[Disproof] = []
        self.num_known = 0
        self._challenge, self._file = sketch.posed.challenge, sketch.posed.file
        self._around = around
        self._subgoals = subgoals
        self._disprove = disprove
        self._hunters: dict[int, Seeker | None] = {}
        self._offered: dict[str, Subgoal] = {}
        self._part_s = _FIRST_S
        self._is_surveyed = False

    async def go_on(self, until: float) -> None:
        """Run until `until`."""
        self._until = until
        await self.run()

    @property
    def is_over(self) -> bool:
        """Whether more time would change nothing: a hole restates a goal around it, or is disproved, or every search
        has ended."""
        return self.is_ended or not any(place.is_open or self._is_hunted(place) for place in self._places)

    @property
    def is_ended(self) -> bool:
        """Whether a hole restates a goal around it, or is disproved."""
        return any(place.reason in (_RESTATED, _DISPROVED) for place in self._places)

    @property
    def is_restated(self) -> bool:
        return any(place.reason == _RESTATED for place in self._places)

    @property
    def scripts(self) -> list[str | None]:
        """The script found for each hole."""
        return [place.script for place in self._places]

    @property
    def stuck(self) -> list[tuple[int, ProofState]]:
        """The holes that are left, by number, with their goals as far as Lean has opened them."""
        left = ((place.index, place.root) for place in self._places if place.script is None)
        return [(index, root) for index, root in left if root is not None]

    def to_json(self) -> dict[str, Any]:
        """The sketch and what became of each hole, for the record of a plan."""
        holes = [
            {"goal": hole.goal, "proof": hole.proof, "stop_reason": hole.stop_reason}
            | ({} if place.root is None else {"key": merge_key(place.root)})
            for hole, place in zip(self.holes, self._places, strict=True)
        ]
        disproofs = [asdict(each) for each in self.disproofs]
        return {"script": self.sketch.script, "holes": holes, "disproofs": disproofs, "from_board": self.num_known}

    @property
    def _seekers(self) -> list[Seeker]:
        return [*super()._seekers, *(hunter for hunter in self._hunters.values() if hunter is not None)]

    # ---------------------------------------------------------------------------------------------------- searching

    async def _fill(self) -> bool:
        if not self._is_surveyed:
            await self._survey()
        while not self.is_over and self._has_time():
            for place in self._places:
                if self.is_ended or not self._has_time():
                    break
                share = min(1.0, self._part_s / self._left_s())
                if place.is_open:
                    await self._work_at(place, share)
                elif self._is_hunted(place):
                    await self._hunt(place, share * self._disprove)
            await self._polish()
            self._part_s *= _GROWTH
        return all(place.script is not None for place in self._places)

    def _is_hunted(self, place: Place) -> bool:
        """Whether the negation of a hole that is left is worth more time, though its own search has ended."""
        hunter = self._hunters.get(place.index)
        return place.script is None and hunter is not None and hunter.reason in LIMITED

    async def _survey(self) -> None:
        """Open every hole, learn which are terms, and see whether the sketch gains anything. A hole that depends on
        what stands in one before it can't be opened yet."""
        self._is_surveyed = True
        for place in self._places[1:]:
            opened = await self._opened_in([None] * len(self._places), place)
            if opened is not None and not isinstance(opened, OpenFailed):
                self._enter(place, opened)
        guesses = [hole.style.is_term for hole in self.sketch.holes]
        terms = [
            guess if place.environment is None else bool(getattr(place.environment, "is_term", guess))
            for place, guess in zip(self._places, guesses, strict=True)
        ]
        self.sketch = replace(self.sketch, are_terms=tuple(terms))
        self._job = replace(self._job, task=self.sketch.task)
        for place in self._places:
            if place.root is not None and merge_key(place.root) in self._around:
                place.end(_RESTATED)

    async def _seek(self, place: Place, seeker: Seeker, share: float) -> None:
        await super()._seek(place, seeker, share)
        if self._disprove and place.script is None and self._has_time():
            await self._hunt(place, share * self._disprove)

    async def _hunt(self, place: Place, share: float) -> None:
        """Look for a proof of the negation of a hole's goal for a while."""
        if place.index not in self._hunters:
            self._hunters[place.index] = await self._hunter(place)
        hunter = self._hunters[place.index]
        if hunter is None:
            return
        self._allow(hunter, share, _LEAST_HUNT_S)
        proofs = await hunter.look()
        if proofs:
            self._refute(place, proofs[0].script)

    def _refute(self, place: Place, script: str, values: str = "") -> None:  # noqa: ARG002
        if place.root is not None:
            self.disproofs.append(Disproof(place.root.pretty, script))
        place.end(_DISPROVED)

    async def _hunter(self, place: Place) -> Seeker | None:
        """The search of the negation of a hole's goal under all its hypotheses; None where that is no proposition."""
        assert place.environment is not None
        below = await open_negation_of_goal(place.environment, self._parts.limits)
        if below is None:
            return None
        return self._make(below, f"hole{place.index + 1}_negation", DISPROVING)

    # ------------------------------------------------------------------------------------------------- known scripts

    def _known_for(self, place: Place) -> Iterator[str]:
        yield from super()._known_for(place)
        assert place.root is not None, "it is open"
        for entry in self._subgoals.known_for(place.root):
            for form in entry.forms_for(place.root):
                if form not in place.tried:
                    self._offered[form] = entry
                    yield form

    async def _closes(self, place: Place, script: str) -> bool:
        closes = await super()._closes(place, script)
        entry = self._offered.get(script)
        if entry is not None and closes:
            self.num_known += 1
        elif entry is not None and script == entry.script:
            self._subgoals.drop(entry)
        return closes

    def _keep(self, place: Place) -> None:
        if place.root is not None and place.script is not None:
            self._subgoals.add(Subgoal.of(place.root, place.script))

    def _take_back(self) -> bool:
        """The script with which the judge refused the whole is no suggestion any more."""
        last = self._filled[-1]
        if last.root is not None:
            for form in last.forms:
                self._subgoals.drop(Subgoal.of(last.root, form.script))
        return super()._take_back()

    def _whole(self, scripts: Sequence[str]) -> tuple[str, str]:
        script = self.sketch.filled(scripts)
        return self.sketch.posed.solution(script), script
