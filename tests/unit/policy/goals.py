"""Hand-made goals, as a Lean server would describe them."""

from __future__ import annotations

from search.base import Goal, Hypothesis, Premise, ProofState, ProposalRequest, Theorem


def data(name: str, type_: str, *, accessible: bool = True) -> Hypothesis:
    """A variable of a data type."""
    return Hypothesis(name, type_, head=type_.split()[0], is_accessible=accessible)


def proof(name: str, type_: str, head: str = "", *, accessible: bool = True) -> Hypothesis:
    """A hypothesis that is a proof."""
    return Hypothesis(name, type_, head=head, is_prop=True, is_accessible=accessible)


def goal(target: str, *hyps: Hypothesis, head: str = "", constants: tuple[str, ...] = ()) -> Goal:
    """A goal whose key is its text."""
    shown = "\n".join([*(f"{h.name} : {h.type}" for h in hyps), f"⊢ {target}"])
    return Goal(target, tuple(hyps), pretty=shown, key=shown, head=head, constants=constants)


def request(of: Goal, *premises: Premise, samples: int = 400, attempt: int = 0, seed: int = 0) -> ProposalRequest:
    """A request for one goal."""
    state = ProofState((of,), of.key, ((0,),))
    theorem = Theorem("example")
    return ProposalRequest(theorem, state, num_samples=samples, attempt=attempt, seed=seed, premises=premises)
