"""The basic moves: lemmas that unify with the target, the constructors that it hides, each hypothesis used as it is.

What Lean found to unify (`unify`, `rewrite` and their like among the premises) says how many goals it would leave, as
1 / (1 + goals). A target that unfolds to an existence statement, a conjunction or a ∀ (`a ∣ b`, `xs ⊆ ys`, a definition
of the file) is taken for what it unfolds to.
"""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.builtin.introduction import PLAIN
from prover.policy.builtin.proposal import Proposal, ranked
from prover.policy.builtin.view import View, some
from search.base import Premise

_TERMS = {"unify": "{}", "unify_mp": "({} ..).mp", "unify_mpr": "({} ..).mpr"}
_WITNESSES = 4


def moves(view: View) -> Iterator[Proposal]:
    """One step of natural deduction or rewriting, without simplification and without search."""
    yield from _unified(view)
    yield from _rewriting(view)
    if view.shape != view.head and view.head not in ("Ne", "Not"):
        yield from _hidden(view)
    yield from _hypotheses(view)


def _unified(view: View) -> Iterator[Proposal]:
    wrapped = [f"exact {hyp.name}.1" for hyp in view.props if hyp.head and hyp.head not in PLAIN][:3]
    given = " | ".join(["assumption", *wrapped, "omega", "(simp_all; done)"])
    for rank, premise in enumerate(view.of_kind(*_TERMS)):
        term = _TERMS[premise.kind].format(premise.name)
        if premise.score >= 1.0:
            yield Proposal("unify_close", f"apply {term} <;> assumption", ranked(rank))
            continue
        rate = _fewer_goals(premise) * ranked(rank, 0.1)
        yield Proposal("unify_finish", f"(apply {term} <;> first | {given})", rate)
        if premise.kind != "unify_mp":  # from the simpler side of an equivalence to the other it only closes goals
            yield Proposal("unify_apply", f"apply {term}", rate)


def _rewriting(view: View) -> Iterator[Proposal]:
    for rank, premise in enumerate(view.of_kind("rewrite")):
        yield Proposal("unify_rewrite", f"rw [{premise.name}]", _fewer_goals(premise) * ranked(rank, 0.1))
    for rank, premise in enumerate(view.of_kind("rewrite_back")):
        yield Proposal("unify_rewrite_back", f"rw [← {premise.name}]", _fewer_goals(premise) * ranked(rank, 0.1))


def _fewer_goals(premise: Premise) -> float:
    """1 for a lemma that leaves one goal at most, less for those that leave more."""
    return min(1.0, 2.0 * premise.score)


def _hidden(view: View) -> Iterator[Proposal]:
    """The constructor of what the target unfolds to; tactics that look at the target alone don't see it."""
    match view.shape:
        case "∀" | "False":
            (x,) = view.fresh("h" if view.shape == "False" else "x")
            yield Proposal("hidden_intro", f"intro {x}")
        case "And" | "Iff":
            yield Proposal("hidden_pair", "refine ⟨?_, ?_⟩")
        case "Or":
            yield Proposal("hidden_side", "refine Or.inl ?_")
            yield Proposal("hidden_side", "refine Or.inr ?_")
        case "Exists" | "Subtype" | "Sigma" | "PSigma":
            yield from _witnesses(view)
        case _:
            pass


def _witnesses(view: View) -> Iterator[Proposal]:
    yield Proposal("hidden_rfl", "exact ⟨_, rfl⟩")
    if view.props:
        yield Proposal("hidden_assumption", "exact ⟨_, ‹_›⟩")
    for rank, variable in some(tuple(reversed(view.data)), _WITNESSES):
        yield Proposal("hidden_witness", f"refine ⟨{variable.name}, ?_⟩", ranked(rank))
    for rank, numeral in enumerate("01"):
        yield Proposal("hidden_witness", f"refine ⟨{numeral}, ?_⟩", ranked(rank))


def _hypotheses(view: View) -> Iterator[Proposal]:
    """Hypotheses that the other families leave out: definitions that hide a statement, and either way of ↔ and =."""
    for rank, hyp in some(view.props, 8):
        rate = ranked(rank, 0.15)
        if hyp.head == "Iff":
            yield Proposal("hyp_directed", f"apply {hyp.name}.mp", rate)
            yield Proposal("hyp_directed", f"apply {hyp.name}.mpr", rate)
        if hyp.head in ("Eq", "Iff", "Ne") and hyp.head == view.head:
            yield Proposal("hyp_symm", f"exact {hyp.name}.symm", rate)
        if hyp.head and hyp.head not in PLAIN:
            yield Proposal("hyp_hidden", f"apply {hyp.name}", rate)
            yield Proposal("hyp_hidden", f"exact {hyp.name}", 0.5 * rate)
