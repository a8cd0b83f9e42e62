"""The steps of an earlier proof as the first candidates of a search, then those of another policy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from search.base import Candidate, LogProb, Policy, ProposalRequest

_NEXT, _LATER, _EARLIER, _CHANGED = -0.1, -0.5, -1.5, -0.4
_MOST_STEPS = 24
_MOST_CHANGES = 8  # of one step
_MOST_CHANGED = 32
_SIMILAR = 0.6
_NAME = re.compile(r"(?<![\w.'])[^\W\d][\w'!?]*(?:\.[\w'!?]+)*")
_ENTRIES = re.compile(
    r"\b(?P<word>rw|simp|simp only|simp_all|simp_all only|simpa|simpa only|grind) ?\[(?P<list>[^\[\]]*)\]"
)
_TURNED = (("inl", "inr"), ("left", "right"), ("mp", "mpr"), ("fst", "snd"), ("1", "2"))


class OldStepsFirst:
    """Proposes the steps of each theorem's earlier proof at each of its states, and when a state is expanded again what
    `policy` proposes.

    The steps are known by the theorem's name, in the order of the proof. Behind each step stand changed forms of it,
    which fit where a lemma was renamed or a lemma says more or less than it did.
    """

    def __init__(self, policy: Policy, steps: Mapping[str, Sequence[str]]) -> None:
        self._policy = policy
        self._steps = {name: list(dict.fromkeys(known)) for name, known in steps.items() if known}

    @property
    def num_premises(self) -> int:
        return self._policy.num_premises

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """At the first time at a state the old steps, if there are some, likeliest first; later the policy's own
        candidates, so that no step of its own takes the place of those that still work."""
        own = [list(self._own(request)) if request.attempt == 0 else [] for request in requests]
        asked = [self._later(request) for request, steps in zip(requests, own, strict=True) if not steps]
        answers = iter(await self._policy.propose(asked) if asked else ())
        return [sorted(steps, key=lambda each: -each.log_prob) if steps else next(answers) for steps in own]

    def _later(self, request: ProposalRequest) -> ProposalRequest:
        """The request as the policy would have it without old steps."""
        return replace(request, attempt=max(0, request.attempt - (request.theorem.name in self._steps)))

    def _own(self, request: ProposalRequest) -> Iterator[Candidate]:
        steps = self._steps.get(request.theorem.name, ())
        last = next((steps.index(each) for each in reversed(request.tactics_before) if each in steps), -1)
        changed: list[Candidate] = []
        nearest = sorted(range(len(steps)), key=lambda number: (number <= last, abs(number - last)))
        for number in nearest[:_MOST_STEPS]:
            weight = _NEXT if number == last + 1 else _LATER if number > last else _EARLIER
            yield _candidate(steps[number], weight)
            forms = islice(_changed_forms(steps[number], request), _MOST_CHANGES)
            changed += (_candidate(form, weight + _CHANGED * (rank + 1)) for rank, form in enumerate(forms))
        best = sorted(changed, key=lambda each: -each.log_prob)[:_MOST_CHANGED]
        yield from {each.tactic: each for each in best if each.tactic not in steps}.values()


def _candidate(tactic: str, log_prob: float) -> Candidate:
    return Candidate(tactic, LogProb(log_prob), origin="old step")


def _changed_forms(step: str, request: ProposalRequest) -> Iterator[str]:
    """Forms of a step that may work where it does not, the likeliest first."""
    yield from _renamed(step, request)
    yield from _relisted(step, request)
    for one, other in (*_TURNED, *((other, one) for one, other in _TURNED)):
        turned = re.sub(rf"(?<![\w']){one}(?![\w'])", other, step)
        if turned != step:
            yield turned
    if step.startswith("exact "):
        yield "apply " + step.removeprefix("exact ")


def _renamed(step: str, request: ProposalRequest) -> Iterator[str]:
    """The step with another lemma for one of its names, where one is called nearly the same."""
    local = {hypothesis.name for goal in request.state.goals for hypothesis in goal.hypotheses}
    known = {premise.name: None for premise in request.premises}
    for found in _NAME.finditer(step):
        name = found.group()
        if found.start() and name not in known and name.split(".")[0] not in local and len(name) > 2:
            for near in _near(name, list(known)):
                yield step[: found.start()] + near + step[found.end() :]


def _near(name: str, known: Sequence[str]) -> list[str]:
    whole = difflib.get_close_matches(name, known, n=3, cutoff=_SIMILAR)
    last = name.rpartition(".")[2]
    return list(dict.fromkeys((*whole, *(each for each in known if each.rpartition(".")[2] == last))))


def _relisted(step: str, request: ProposalRequest) -> Iterator[str]:
    """The step with a lemma more, or one less, in the list that it gives to a tactic."""
    found = _ENTRIES.search(step)
    if found is None:
        return
    word, entries = found["word"], [each.strip() for each in found["list"].split(",") if each.strip()]

    def written(word: str, kept: Sequence[str]) -> str:
        return step[: found.start()] + f"{word} [{', '.join(kept)}]".replace(" []", "") + step[found.end() :]

    if word.endswith(" only"):
        yield written(word.removesuffix(" only"), entries)
    if len(entries) > 1:
        for number in reversed(range(len(entries))):
            yield written(word, entries[:number] + entries[number + 1 :])
    if word == "rw":
        for number, entry in enumerate(entries):
            flipped = entry[1:].strip() if entry.startswith("←") else f"← {entry}"
            yield written(word, [*entries[:number], flipped, *entries[number + 1 :]])
        yield written("simp", entries)
    else:
        for premise in request.premises[:2]:
            yield written(word, [*entries, premise.name])
