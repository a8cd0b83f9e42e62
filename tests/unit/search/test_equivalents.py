"""States that differ in names alone: one is searched, the others wait for what comes of it."""

from __future__ import annotations

import pytest

from search import Budget, Rule, Search, SearchOptions, StopReason
from search.base import (
    Advanced,
    Candidate,
    Goal,
    Hypothesis,
    LogProb,
    ProofState,
    Proved,
    Rejected,
    RejectKind,
    Theorem,
)
from search.check import InvariantBroken, check_search
from search.equivalents import renamed
from search.expansion import Expansion
from search.nodes import Eligibility
from tests.fakes.drive import drive, start
from tests.fakes.graph import GraphEnvironment, Picture, proposing

REFUSED = Rejected(RejectKind.ERROR, "")


def state(key: str, *names: str) -> ProofState:
    hypotheses = tuple(Hypothesis(name, "Nat") for name in names)
    pretty = "".join(f"{name} : Nat\n" for name in names) + "⊢ p"
    return ProofState((Goal("p", hypotheses, pretty=pretty, key=key),), key, ((0,),))


def search_of(root: ProofState, **options: int) -> Search:
    return Search(
        Theorem("t"),
        root,
        rule=Rule.of("sum"),
        budget=Budget(expansions=50),
        options=SearchOptions(**options),  # type: ignore[arg-type]
        clock=lambda: 0.0,
    )


def answer(search: Search, expansion: Expansion, *tried: tuple[str, float, Advanced | Proved | Rejected]) -> None:
    calls = search.absorb_candidates(expansion.id, [Candidate(t, LogProb(p)) for t, p, _ in tried])
    assert [call.text for call in calls] == [t for t, _, _ in tried]
    search.absorb_outcomes(expansion.id, [outcome for _, _, outcome in tried])
    check_search(search)


def advanced(after: ProofState) -> Advanced:
    return Advanced(after, "")


@pytest.fixture
def split() -> Search:
    """The root was left by `intro x` and, less likely, by `intro y`; both states can be searched."""
    search = search_of(state("r"))
    (root,) = search.plan(1)
    outcomes = [("intro x", -1.0, advanced(state("a", "x"))), ("intro y", -2.0, advanced(state("a", "y")))]
    answer(search, root, *outcomes)
    return search


def test_of_two_twins_one_is_searched(split: Search) -> None:
    planned = split.plan(5)
    assert [e.state.goals[0].hypotheses[0].name for e in planned] == ["x"]
    assert split.statistics.equivalents == 1


def test_the_one_with_the_better_path_is_searched() -> None:
    search = search_of(state("r"))
    (root,) = search.plan(1)
    outcomes = [("intro x", -2.0, advanced(state("a", "x"))), ("intro y", -1.0, advanced(state("a", "y")))]
    answer(search, root, *outcomes)
    assert [e.state.goals[0].hypotheses[0].name for e in search.plan(5)] == ["y"]


def test_a_dead_twin_takes_the_others_along(split: Search) -> None:
    (expansion,) = split.plan(1)
    answer(split, expansion, ("omega", -1.0, REFUSED))
    assert split.done is StopReason.EXHAUSTED
    assert split.spent.expansions == 2


def test_a_proof_is_offered_to_a_twin_with_its_names() -> None:
    search = search_of(state("r"))
    (root,) = search.plan(1)
    both = ProofState((*state("a", "x").goals, *state("b").goals), "ab", ((0,), (1,)))
    outcomes = [("split", -1.0, advanced(both)), ("intro y", -2.0, advanced(state("a", "y")))]
    answer(search, root, *outcomes)
    first, second = search.plan(2)
    assert first.state.key == "a"
    answer(search, first, ("cases x", -1.0, advanced(state("c", "x"))))
    answer(search, second, ("omega", -1.0, REFUSED))  # so the split leads nowhere, and the twin is needed
    (below,) = search.plan(5) if search.graph.nodes[1].is_relevant else search.plan(1)
    assert below.state.goals[0].hypotheses[0].name == "y"


def test_a_proven_twins_script_is_the_first_tactic(split: Search) -> None:
    (expansion,) = split.plan(1)
    answer(split, expansion, ("cases x", -1.0, advanced(state("c", "x"))))
    graph = split.graph
    twin = next(node for node in graph.nodes if "y" in node.state.pretty)
    # the proof of the first twin comes too late for the root: its edge is cut before
    graph.add(graph.nodes[1], "exact x.1 _", None, text="exact x.1 _", log_prob=LogProb(-1.0))
    assert graph.root.status.value == "proven"
    assert split.gate.equivalents.is_held(twin)
    split.gate.reconsider()
    assert split.gate.take_offers(twin)[0].tactic == "exact y.1 _"


@pytest.mark.parametrize(
    ("script", "source", "target", "expected"),
    [
        ("exact f x", ("x",), ("y",), "exact f y"),
        ("exact ⟨x.1, xs, f.x, x'⟩", ("x",), ("y",), "exact ⟨y.1, xs, f.x, x'⟩"),
        ("exact f x y", ("x", "y"), ("y", "x"), "exact f y x"),
        ("cases h₁\n· simp", ("h₁",), ("h₂",), "cases h₂\n· simp"),
        ("simp", ("x",), ("x", "y"), None),
    ],
)
def test_names_are_exchanged_as_whole_words(
    script: str, source: tuple[str, ...], target: tuple[str, ...], expected: str | None
) -> None:
    assert renamed(script, state("a", *source), state("a", *target)) == expected


def test_types_have_to_agree_in_order() -> None:
    def with_types(*types: str) -> ProofState:
        return ProofState((Goal("p", tuple(Hypothesis(f"h{i}", t) for i, t in enumerate(types))),), "k")

    assert renamed("simp", with_types("p", "q"), with_types("q", "p")) is None


TRIPLETS: Picture = {
    "root": {"intro x": ["first x"], "intro y": ["first y"], "intro z": ["first z"], "other": ["far"]},
    "first x": {"cases x": ["then x"]},
    "first y": {"cases y": ["then y"]},
    "first z": {"cases z": ["then z"]},
    "then x": {},
    "then y": {},
    "then z": {},
    "far": {"end": []},
}


def test_twins_spare_expansions_and_lose_no_proof() -> None:
    goals = {f"{key} {name}": state(key, name).goals[0] for key in ("first", "then") for name in "xyz"}
    environment = GraphEnvironment(TRIPLETS, goals)
    search = start(environment)
    table = {"root": TRIPLETS["root"], "first": ["cases x", "cases y", "cases z"], "far": ["end"]}
    assert drive(search, environment, proposing(table)) is StopReason.PROVED
    proof = search.result().proof
    assert proof is not None
    assert proof.script == "other\nend"
    assert search.spent.expansions == len(["root", "first x", "then x", "far"])
    assert search.statistics.equivalents == 2


def test_damage_to_the_waiting_is_noticed(split: Search) -> None:
    ((waiting, first),) = split.gate.equivalents.pairs()
    waiting.eligibility = Eligibility.ADMITTED
    with pytest.raises(InvariantBroken, match="held is wrong"):
        check_search(split)
    waiting.eligibility = Eligibility.HELD
    split.gate.equivalents._first[waiting] = split.graph.root
    with pytest.raises(InvariantBroken, match="stranger"):
        check_search(split)
    split.gate.equivalents._first[waiting] = first
    split.gate.equivalents._first[first] = waiting
    with pytest.raises(InvariantBroken, match=r"that waits|held is wrong"):
        check_search(split)
    del split.gate.equivalents._first[first]
    first.live = 0
    with pytest.raises(InvariantBroken, match=r"live is wrong|waits for nothing"):
        check_search(split)
