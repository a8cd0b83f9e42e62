"""From two texts to a verdict, with processes that are no processes: what each answer and each fault comes to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from prover.errors import DeathReason, UsageError, WorkerDied, WorkerStartFailed
from prover.judge import JudgeLimits, Reason, Verdict, VerdictStatus
from prover.judge.judgement import Judgement, Text, theorems_asked
from tests.fakes.judge_server import Died, Hung, serve

_LIMITS = JudgeLimits()
WRONG = {"line": 3, "column": 5, "text": "unknown identifier"}
REJECTED, UNKNOWN = VerdictStatus.REJECTED, VerdictStatus.UNKNOWN

# challenge, solution, what the judge says
_FAULTS: list[tuple[dict[str, Any], dict[str, Any], VerdictStatus, Reason]] = [
    ({}, {"errors": [WRONG]}, REJECTED, Reason.ELABORATION),
    ({}, {"errors": [WRONG, {**WRONG, "text": "(deterministic) timeout at `whnf`"}]}, UNKNOWN, Reason.LIMIT),
    ({}, {"found": 0}, REJECTED, Reason.MISSING),
    ({}, {"found": 2}, REJECTED, Reason.MISSING),
    ({}, {"fault": "no"}, UNKNOWN, Reason.MALFORMED),
    ({}, {"elsewhere": [WRONG]}, REJECTED, Reason.ELABORATION),
    ({}, {"errors": ["text"]}, UNKNOWN, Reason.MALFORMED),
    ({}, {"export": 5}, UNKNOWN, Reason.MALFORMED),
    ({}, {"do": "garbage"}, UNKNOWN, Reason.MALFORMED),
    ({}, {"fault": "unknown module prefix 'Mathlib'\n\nNo directory"}, UNKNOWN, Reason.IMPORT),
    ({"fault": "object file '/lean/A.olean' of module A does not exist"}, {}, UNKNOWN, Reason.IMPORT),
    ({}, {"do": "die"}, UNKNOWN, Reason.CRASH),
    ({}, {"do": "hang"}, UNKNOWN, Reason.TIME),
    ({}, {"compare": {"do": "die"}}, UNKNOWN, Reason.CRASH),
    ({}, {"compare": {"do": "hang"}}, UNKNOWN, Reason.TIME),
    ({}, {"compare": {"fault": "no"}}, UNKNOWN, Reason.MALFORMED),
    ({}, {"compare": {"verdict": "rejected", "kind": "axiom", "reason": "x"}}, REJECTED, Reason.AXIOM),
    ({}, {"compare": {"verdict": "rejected", "kind": "inductive", "reason": "x"}}, REJECTED, Reason.INDUCTIVE),
    ({}, {"compare": {"inductives": None}}, UNKNOWN, Reason.MALFORMED),
    ({}, {"compare": {"verdict": "splendid"}}, UNKNOWN, Reason.MALFORMED),
    ({}, {"compare": {"verdict": "rejected", "kind": "mood", "reason": ""}}, UNKNOWN, Reason.MALFORMED),
    ({"errors": [WRONG]}, {}, REJECTED, Reason.CHALLENGE),
    ({"found": 0}, {}, REJECTED, Reason.CHALLENGE),
    ({"found": 2}, {}, REJECTED, Reason.CHALLENGE),
    ({"do": "hang"}, {}, UNKNOWN, Reason.TIME),
    ({"do": "die"}, {}, UNKNOWN, Reason.CRASH),
]


async def ask(request: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
    """What a process of the fake server would answer."""
    assert timeout_s > 0
    try:
        return serve(dict(request))
    except Died:
        raise WorkerDied("it ended", reason=DeathReason.EXITED) from None
    except Hung:
        raise WorkerDied("too late", reason=DeathReason.DEADLINE) from None


def judgement(challenge: Mapping[str, Any], solution: Mapping[str, Any]) -> Judgement:
    return Judgement(Text(json.dumps(challenge)), Text(json.dumps(solution)), "t", _LIMITS)


async def test_an_accepted_proof_carries_what_it_was_judged_with() -> None:
    verdict = await judgement({}, {}).run(ask, ask, ask)
    assert verdict.is_accepted
    assert (verdict.theorem, verdict.kind) == ("N.t", None)
    assert set(verdict.hashes or {}) == {"challenge", "solution", "statement"}
    assert verdict.to_json()["verdict"] == "accepted"


async def test_private_names_are_said_as_their_file_has_them() -> None:
    private = {"theorem": "_private.Main.0.N.t", "compare": {"inductives": ["_private.0.N.T"]}}
    verdict = await judgement(private, private).run(ask, ask, ask)
    assert (verdict.theorem, verdict.inductives) == ("N.t", ("N.T",))
    lost = await judgement({"theorem": "_private.A.B.0.t"}, {"found": 0}).run(ask, ask, ask)
    assert lost.reason == "the solution has no theorem t"


@pytest.mark.parametrize(("challenge", "solution", "status", "kind"), _FAULTS)
async def test_what_goes_wrong_is_never_an_acceptance(
    challenge: Mapping[str, Any], solution: Mapping[str, Any], status: VerdictStatus, kind: Reason
) -> None:
    verdict = await judgement(challenge, solution).run(ask, ask, ask)
    assert (verdict.status, verdict.kind) == (status, kind), verdict.reason


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (DeathReason.MEMORY, Reason.MEMORY),
        (DeathReason.GARBAGE, Reason.MALFORMED),
        (DeathReason.CLOSED, Reason.CRASH),
    ],
)
async def test_every_death_is_unknown(reason: DeathReason, kind: Reason) -> None:
    async def die(request: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
        raise WorkerDied("gone", reason=reason)

    verdict = await judgement({}, {}).run(ask, ask, die)
    assert (verdict.status, verdict.kind) == (UNKNOWN, kind)


def test_no_process_means_unknown() -> None:
    verdict: Verdict = judgement({}, {}).fault(WorkerStartFailed("no Lean here"))
    assert (verdict.status, verdict.kind, verdict.reason) == (UNKNOWN, Reason.UNAVAILABLE, "no Lean here")


async def test_windows_line_ends_are_read_as_lean_reads_them() -> None:
    seen: list[str] = []

    async def listen(request: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
        seen.append(request["text"])
        return await ask({**request, "text": "{}"}, timeout_s=timeout_s)

    await Judgement(Text("a\r\nb"), Text("c\r\n"), "t", _LIMITS).run(listen, listen, ask)
    assert seen == ["a\nb", "c\n"]


def of_a_file(challenge: Mapping[str, Any], solution: Mapping[str, Any]) -> Judgement:
    texts = Text(json.dumps(challenge), "C.lean"), Text(json.dumps(solution), "S.lean")
    return Judgement(*texts, "t", _LIMITS, is_whole=False)


async def test_an_error_elsewhere_leaves_a_theorem_of_a_persons_file_alone_and_is_told() -> None:
    verdict = await of_a_file({}, {"elsewhere": [WRONG]}).run(ask, ask, ask)
    assert verdict.is_accepted
    assert [str(error.place) for error in verdict.elsewhere] == ["S.lean:3:5"]
    verdict = await of_a_file({"elsewhere": [WRONG]}, {}).run(ask, ask, ask)
    assert (verdict.kind, str(verdict.place)) == (Reason.CHALLENGE, "C.lean:3:5")


async def test_a_verdict_has_the_place_of_the_error_or_else_of_the_theorem() -> None:
    place = {"place": {"line": 7, "column": 8}}
    accepted = await of_a_file({}, place).run(ask, ask, ask)
    assert (accepted.is_accepted, str(accepted.place)) == (True, "S.lean:7:8")
    wrong = await of_a_file({}, {**place, "errors": [WRONG, {**WRONG, "line": 4, "text": "more"}]}).run(ask, ask, ask)
    assert (str(wrong.place), wrong.reason) == ("S.lean:3:5", "the solution does not elaborate: unknown identifier")
    assert [error.text for error in wrong.errors] == ["unknown identifier", "more"]
    assert {"file": "S.lean", "line": 3, "column": 5}.items() <= wrong.to_json().items()
    missing = await of_a_file(place, {"found": 0, "elsewhere": [WRONG]}).run(ask, ask, ask)
    assert (missing.kind, str(missing.place)) == (Reason.MISSING, "C.lean:7:8")
    assert "S.lean:3:5: unknown identifier" in missing.reason


async def test_a_theorem_that_rests_on_a_broken_one_keeps_its_place_and_names_the_other() -> None:
    place, other = {"place": {"line": 7, "column": 8}}, {**WRONG, "own": False}
    content = {**place, "errors": [other, {**other, "line": 4}]}
    verdict = await of_a_file(content, content).run(ask, ask, ask)
    assert str(verdict.place) == "C.lean:7:8"
    assert verdict.reason == "it rests on what stands at C.lean:3:5, which does not elaborate: unknown identifier"
    content = {**place, "errors": [other, {**WRONG, "line": 8, "text": "mine"}]}
    verdict = await of_a_file(content, content).run(ask, ask, ask)
    assert (str(verdict.place), [error.text for error in verdict.errors]) == ("C.lean:8:5", ["mine"])


async def test_a_file_that_is_its_own_challenge_may_have_errors_elsewhere() -> None:
    content = {"elsewhere": [WRONG]}
    assert (await of_a_file(content, content).run(ask, ask, ask)).is_accepted
    content = {"errors": [WRONG]}
    assert (await of_a_file(content, content).run(ask, ask, ask)).kind is Reason.ELABORATION


async def first_line(request: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
    """What the fake server answers to a text whose first line it reads."""
    return await ask({**request, "text": request["text"].partition("\n")[0]}, timeout_s=timeout_s)


@pytest.mark.parametrize(
    ("said", "line", "column", "shown"),
    [
        ("unexpected identifier; expected command", 2, 0, "unexpected identifier `lemma`; expected command"),
        ("unexpected identifier; expected command", 2, 8, "unexpected identifier; expected command"),
        ("unexpected identifier; expected command", 3, 0, "unexpected identifier; expected command"),
        ("unexpected identifier; expected command", 0, -1, "unexpected identifier; expected command"),
        ("unexpected identifier; expected command", 2, -1, "unexpected identifier; expected command"),
        ("unexpected identifier; expected command", 9, 10**30, "unexpected identifier; expected command"),
        ("unknown tactic", 2, 23, "unknown tactic `linarith`"),
        ("expected token", 2, 31, "expected token: `´` U+00B4 can't stand here"),
        ("expected token", 2, 10**30, "expected token: the end of the text can't stand here"),
    ],
)
async def test_what_lean_does_not_know_or_can_not_read_is_named(said: str, line: int, column: int, shown: str) -> None:
    error: dict[str, Any] = {"line": line, "column": column, "text": said}
    content = json.dumps({"errors": [error]}) + "\r\nlemma t : 1 = 1 := by (linarith´)\r\n\r\n"
    asked = Judgement(Text(content), Text(content), "N.t", _LIMITS, is_whole=False)
    (complaint,) = (await asked.run(first_line, first_line, first_line)).errors
    assert complaint.text == shown


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("unknown module prefix 'Nowhere'\n\nNo directory", "S.lean:3:10"),
        ("object file '/lean/Nowhere/A.olean' of module Nowhere.A does not exist", "S.lean:3:10"),
        ("object file '/lean/Nowhere/B.olean' of module Nowhere.B does not exist", "None"),
        ("unknown module prefix 'Somewhere'", "None"),
    ],
)
async def test_an_import_that_is_not_there_has_its_place(said: str, place: str) -> None:
    imports = "\n-- import Nowhere\nmeta      import all Nowhere.A\nimport Here\n"
    given = Text(json.dumps({"fault": said}) + imports, "S.lean")
    verdict = await Judgement(Text("{}", "C.lean"), given, "t", _LIMITS, is_whole=False).run(
        first_line, first_line, ask
    )
    assert (verdict.status, verdict.kind, str(verdict.place)) == (UNKNOWN, Reason.IMPORT, place)
    assert said.partition("\n")[0] in verdict.reason


def test_the_word_sorry_elsewhere_in_a_persons_file_is_left_to_the_comparison() -> None:
    asked, given = Text("theorem t : p := by sorry"), Text("theorem t : p := h\ntheorem u : q := by\n  sorry", "S.lean")
    assert Judgement(asked, given, "t", _LIMITS, is_whole=False).scan() is None
    spread = Text(given.content + "\n  macro", "S.lean")
    verdict = Judgement(asked, spread, "t", _LIMITS, is_whole=False).scan()
    assert verdict is not None
    assert (verdict.kind, str(verdict.place)) == (Reason.SCAN, "S.lean:4:2")


async def test_the_theorems_asked_of_a_challenge_are_the_open_ones_and_of_a_file_all() -> None:
    assert await theorems_asked(ask, Text("{}"), _LIMITS, is_own=False) == ("N.s", "N.t")
    assert await theorems_asked(ask, Text("{}"), _LIMITS, is_own=True) == ("N.z", "N.t", "N.s")
    wrong = Text(json.dumps({"errors": [WRONG]}), "C.lean")
    with pytest.raises(UsageError, match=r"C\.lean:3:5: the challenge does not elaborate: unknown identifier"):
        await theorems_asked(ask, wrong, _LIMITS, is_own=False)
    assert await theorems_asked(ask, wrong, _LIMITS, is_own=True)
    with pytest.raises(UsageError, match=r"holds no theorem to judge; C\.lean:3:5: unknown identifier"):
        none = json.dumps({"errors": [WRONG], "theorems": []})
        await theorems_asked(ask, Text(none, "C.lean"), _LIMITS, is_own=True)
