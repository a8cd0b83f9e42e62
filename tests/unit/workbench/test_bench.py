"""Jobs of a workbench, on pictures in place of Lean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from prover.assembly.warm import Warm
from prover.errors import StepwiseError, ToolchainError, UsageError
from prover.tasks import Document
from prover.tasks.record import Reading
from prover.workbench.bench import Workbench
from prover.workbench.client import events_of, result_of
from prover.workbench.requests import (
    Check,
    Goals,
    Prove,
    Request,
    Suggest,
    Try,
    request_from_json,
    request_to_json,
)
from search.base import Outcome, Path, TacticCall
from tests.fakes.graph import Endless, GraphEnvironment, Picture
from tests.fakes.judge import FakeJudge
from tests.fakes.warm import opening, warm_with

PATH = "mine.lean"
TEXT = "theorem t : p := by\n  sorry\n"
PICTURE: Picture = {"p": {"split": ["q", "r"], "intro": ["q"], "done": []}, "q": {"exact hq": []}, "r": {}}
SUGGEST = Suggest(path=PATH, text=TEXT, line=2)
PROVE = Prove(path=PATH, text=TEXT, line=2)


async def asked(request: Request, warm: Warm | StepwiseError) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The result of a job and all its events."""
    events: list[dict[str, Any]] = []
    async with Workbench(opening(warm)) as bench:
        return await result_of(bench, await bench.start(request), events.append), events


async def test_events_are_numbered_without_a_gap_and_the_last_is_the_end() -> None:
    _, events = await asked(SUGGEST, warm_with(PICTURE))
    assert [event["number"] for event in events] == list(range(len(events)))
    assert [event["event"] for event in events][-2:] == ["result", "ended"]
    assert events[-1]["state"] == "done"


async def test_suggestions_come_one_by_one_and_those_that_close_stand_first_in_the_end() -> None:
    result, events = await asked(SUGGEST, warm_with(PICTURE))
    assert [event["tactic"] for event in events if event["event"] == "suggestion"] == ["split", "intro", "done"]
    assert [(each["tactic"], each["closes"]) for each in result["suggestions"]] == [
        ("done", True),
        ("intro", False),
        ("split", False),
    ]
    assert result["suggestions"][2]["goals"] == ["⊢ q", "⊢ r"]
    assert (result["theorem"], result["line"], result["column"]) == ("t", 2, 3)


async def test_single_tactics_do_not_wait_until_lean_has_read_the_file() -> None:
    warm = warm_with(PICTURE)

    async def never_the_whole(document: Document, until: int | None = None) -> Reading:
        if until is None:
            await asyncio.Event().wait()
        assert until == 2
        return await warm.read(document, until)

    slow = replace(warm, read=never_the_whole)
    assert (await asked(SUGGEST, slow))[0]["suggestions"]
    assert (await asked(Try(path=PATH, text=TEXT, line=2, snippets=("done",)), slow))[0]["items"]


async def test_a_text_is_read_once_for_all_questions_and_not_in_part_once_it_was_read_whole() -> None:
    warm, read = warm_with(PICTURE), list[int | None]()

    async def noting(document: Document, until: int | None = None) -> Reading:
        read.append(until)
        return await warm.read(document, until)

    async with Workbench(opening(replace(warm, read=noting))) as bench:
        for request in (SUGGEST, SUGGEST, Goals(path=PATH, text=TEXT), replace(SUGGEST, line=1)):
            await result_of(bench, await bench.start(request))
    assert read == [2, None]


async def test_a_prefix_restricts_what_is_tried() -> None:
    result, _ = await asked(Suggest(path=PATH, text=TEXT, line=2, prefix="s"), warm_with(PICTURE))
    assert [each["tactic"] for each in result["suggestions"]] == ["split"]


async def test_a_search_ends_in_a_judged_proof_and_the_change_that_puts_it_into_the_text() -> None:
    judge = FakeJudge()
    result, _ = await asked(Suggest(path=PATH, text=TEXT, line=2, search_s=5.0), warm_with(PICTURE, judge=judge))
    assert len(judge.asked) == 1
    assert result["found"] == {
        "proof": "done",
        "said": "proof, judged",
        "judged": True,
        "edits": [{"start": {"line": 2, "column": 3}, "end": {"line": 2, "column": 8}, "text": "done"}],
    }


async def test_a_job_that_proves_tells_of_each_expansion_and_of_the_verdict() -> None:
    result, events = await asked(PROVE, warm_with({"p": {"intro": ["q"]}, "q": {"exact hq": []}}))
    told = [event for event in events if event["event"] == "expansion"]
    assert [event["expansion"]["goals"] for event in told] == ["⊢ p", "⊢ q"]
    assert told[-1]["totals"] == {"expansions": 2, "tactics": 2}
    assert (result["status"], result["proof"], result["verdict"]["verdict"]) == (
        "proved",
        "intro\nexact hq",
        "accepted",
    )


async def test_a_job_is_steered_while_its_search_runs_and_not_afterwards() -> None:
    class Hidden(GraphEnvironment):
        """Takes a tactic that no policy offers, and never answers to the one that is offered."""

        async def stream(
            self, path: Path, calls: Sequence[TacticCall], left_s: float = 0.0
        ) -> AsyncGenerator[Sequence[Outcome], None]:
            await asyncio.Event().wait()
            yield []

    environment = Hidden({"p": {"insight": []}})
    async with Workbench(opening(warm_with({"p": {"intro": ["q"]}}, environment=environment))) as bench:
        job = await bench.start(PROVE)
        events: list[dict[str, Any]] = []
        while not any(event["event"] == "steerable" for event in events):
            events += await bench.wait(job, len(events))
        refused = await bench.steer(job, {"act": "try", "tactic": "nonsense"})
        assert refused == {"done": False, "said": "nonsense fails", "goals": []}
        with pytest.raises(UsageError, match="act is one of"):
            await bench.steer(job, {"act": "dance"})
        done = await bench.steer(job, {"act": "try", "tactic": "insight"})
        assert done["done"]
        result = await result_of(bench, job)
        assert (result["status"], result["proof"]) == ("proved", "insight")
        with pytest.raises(UsageError, match="no search that runs"):
            await bench.steer(job, {"act": "pause"})


async def test_a_proof_that_the_judge_does_not_accept_is_no_change_to_make() -> None:
    result, _ = await asked(PROVE, warm_with({"p": {"done": []}}, judge=FakeJudge(lambda _: False)))
    assert (result["status"], result["judged"], result["edits"]) == ("failed", False, [])


async def test_tactics_are_answered_in_their_order_with_what_lean_says() -> None:
    result, _ = await asked(
        Try(path=PATH, text=TEXT, line=2, snippets=("nonsense", "split", "done")), warm_with(PICTURE)
    )
    assert [(each["tactic"], each["outcome"]) for each in result["items"]] == [
        ("nonsense", "rejected"),
        ("split", "advanced"),
        ("done", "proved"),
    ]
    assert result["items"][0]["message"] == "nonsense fails"


async def test_goals_are_those_of_every_sorry_or_of_the_one_on_a_line() -> None:
    text = TEXT + "theorem u : p := by\n  sorry\n"
    both, _ = await asked(Goals(path=PATH, text=text), warm_with(PICTURE))
    one, _ = await asked(Goals(path=PATH, text=text, line=4), warm_with(PICTURE))
    assert [(hole["theorem"], hole["line"], hole["goals"][0]["target"]) for hole in both["holes"]] == [
        ("t", 2, "p"),
        ("u", 4, "p"),
    ]
    assert [hole["theorem"] for hole in one["holes"]] == ["u"]


async def test_a_text_is_checked_by_the_judge() -> None:
    result, _ = await asked(Check(path=PATH, text="theorem t : True := trivial"), warm_with(PICTURE))
    assert [verdict["verdict"] for verdict in result["verdicts"]] == ["accepted"]


async def test_a_line_without_a_sorry_fails_with_where_there_is_one() -> None:
    with pytest.raises(UsageError, match=r"no `sorry` to prove at line 9 .* 2 \(t\)"):
        await asked(Suggest(path=PATH, text=TEXT, line=9), warm_with(PICTURE))


async def test_what_can_not_be_opened_fails_every_job_with_its_own_kind_of_fault() -> None:
    with pytest.raises(ToolchainError, match="no such Lean"):
        await asked(SUGGEST, ToolchainError("no such Lean"))


async def test_what_could_not_be_opened_is_tried_again_with_the_next_job() -> None:
    ways = iter([opening(ToolchainError("no such Lean")), opening(warm_with(PICTURE))])
    async with Workbench(lambda listener: next(ways)(listener)) as bench:
        with pytest.raises(ToolchainError):
            await result_of(bench, await bench.start(SUGGEST))
        assert (await result_of(bench, await bench.start(SUGGEST)))["suggestions"]


async def test_a_job_that_is_stopped_says_so_and_others_go_on() -> None:
    async with Workbench(opening(warm_with(PICTURE, environment=Endless(PICTURE)))) as bench:
        stuck, other = await bench.start(PROVE), await bench.start(Goals(path=PATH, text=TEXT))
        await asyncio.wait_for(bench.wait(stuck), 5.0)
        bench.stop(stuck)
        *_, end = [event async for event in events_of(bench, stuck)]
        assert (end["event"], end["state"]) == ("ended", "stopped")
        assert (await result_of(bench, other))["holes"]


async def test_whoever_waits_for_a_result_and_is_cancelled_stops_the_job() -> None:
    async with Workbench(opening(warm_with(PICTURE, environment=Endless(PICTURE)))) as bench:
        name = await bench.start(PROVE)
        waiting = asyncio.create_task(result_of(bench, name))
        await bench.wait(name)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        *_, end = [event async for event in events_of(bench, name)]
        assert end["state"] == "stopped"


async def test_waiting_for_news_ends_with_its_time() -> None:
    async with Workbench(opening(warm_with(PICTURE, environment=Endless(PICTURE)))) as bench:
        name = await bench.start(PROVE)
        seen = len(await bench.wait(name))
        while more := await bench.wait(name, seen, 0.05):
            seen += len(more)
        assert await bench.wait(name, seen, 0.01) == []


async def test_an_unknown_job_is_named_with_those_there_are() -> None:
    async with Workbench(opening(warm_with(PICTURE))) as bench:
        await bench.start(SUGGEST)
        with pytest.raises(UsageError, match="no job 'job7'; there are: job1"):
            await bench.wait("job7")


@pytest.mark.parametrize("request_", [SUGGEST, PROVE, Try(path=PATH, text=TEXT, line=1, snippets=("a", "b"))])
def test_a_request_survives_the_way_to_another_process(request_: Request) -> None:
    assert request_from_json(request_to_json(request_)) == request_


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"kind": "dance"}, "a job is one of"),
        ({"kind": "goals", "path": "", "text": "", "colour": 1}, "has no 'colour'"),
        ({"kind": "goals", "path": "", "text": 7}, "'text' of a job `goals` takes str"),
        ({"kind": "prove", "path": ""}, "lacks something"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(value: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        request_from_json(value)


async def test_an_unfinished_proof_is_given_on_request_and_not_called_judged() -> None:
    half: Picture = {"p": {"split": ["q", "r"]}, "q": {"exact hq": []}, "r": {}}
    plain, _ = await asked(PROVE, warm_with(half))
    result, _ = await asked(Prove(path=PATH, text=TEXT, line=2, best_effort=True), warm_with(half))
    assert (plain["status"], plain["edits"]) == ("failed", [])
    assert (result["status"], result["judged"]) == ("failed", False)
    (edit,) = result["edits"]
    assert "exact hq" in edit["text"] and "sorry" in edit["text"]
    assert [hole["left"] for hole in result["open"]] == [["⊢ r"]]
