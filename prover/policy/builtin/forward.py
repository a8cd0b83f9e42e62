"""Forward reasoning: instantiate universal hypotheses, see through definitions of statements, take projections."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.builtin.proposal import MEDIUM, Proposal, ranked
from prover.policy.builtin.view import Local, View, some

_STATEMENT_HEADS = ("", "Function.Injective", "Function.Surjective", "Function.Bijective")


def forward(view: View) -> Iterator[Proposal]:
    """Steps from the hypotheses towards the target."""
    yield from _instances(view)
    yield from _projections(view)
    if view.head and "." in view.head and view.head.split(".")[-1][0].isupper():
        names = view.fresh("x", "y", "h")
        yield Proposal("intro_through", f"intro {names[0]}")
        yield Proposal("intro_through", f"intro {' '.join(names)}")


def _universal(hyp: Local) -> bool:
    """Whether a hypothesis is to be instantiated: a ∀, or a definition that stands for one."""
    return hyp.is_prop and (hyp.type.startswith("∀") or (hyp.head != "" and hyp.head in _STATEMENT_HEADS))


def _instances(view: View) -> Iterator[Proposal]:
    """`h x` for universal hypotheses and variables in sight, newest first."""
    (this, witness) = view.fresh("hx", "y")
    variables = [v for v in reversed(view.data) if not v.type.startswith(("Type", "Sort"))]
    for rank, hyp in some([h for h in view.props if _universal(h)], 3):
        for place, var in some(variables, 4):
            rate = ranked(rank) * ranked(place)
            applied = f"{hyp.name} {var.name}"
            if "∃" in hyp.type or hyp.head == "Function.Surjective":
                yield Proposal("instance_witness", f"obtain ⟨{witness}, {this}⟩ := {applied}", rate)
            yield Proposal("instance", f"have {this} := {applied}", 0.5 * rate)
            yield Proposal("instance_simp", f"(have {this} := {applied}; simp_all)", rate)
            yield Proposal("instance_grind", f"(have {this} := {applied}; grind)", rate, MEDIUM)


def _projections(view: View) -> Iterator[Proposal]:
    """A target that is a component of something in sight."""
    pairs = [v for v in reversed(view.locals) if (" × " in v.type or " ∧ " in v.type) and view.target in v.type]
    for rank, local in some(pairs, 3):
        yield Proposal("projection", f"first | exact {local.name}.1 | exact {local.name}.2", ranked(rank))
    if any(hyp.type == view.target for hyp in view.locals if not hyp.is_prop):
        yield Proposal("assumption", "assumption")
