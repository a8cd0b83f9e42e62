"""The law of another type that says the same: of arrays for vectors, of the map inside for a map.

Lean names such lemmas by the last parts of the constants in the goal. Where one type wraps the other, the lemma often
proves the goal as it stands, since both unfold to the same; no discrimination tree sees through that.
"""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.builtin.introduction import PLAIN
from prover.policy.builtin.proposal import MEDIUM, Proposal, ranked
from prover.policy.builtin.view import View


def alike(view: View) -> Iterator[Proposal]:
    """Apply each of these lemmas, also to what a structure wraps; simplify with all of them, once definitions are
    unfolded too."""
    laws = view.of_kind("alike")
    is_wrapped = bool(view.head) and view.head not in PLAIN
    inner = [f"{hyp.name}.1" for hyp in reversed(view.props) if hyp.head and hyp.head not in PLAIN][:3]
    given = " | ".join(["first | assumption", *(f"exact {part}" for part in inner)]) if inner else "assumption"
    for rank, law in enumerate(laws):
        rate = law.score * ranked(rank, 0.2)
        yield Proposal("alike_close", f"apply {law.name} <;> {given}", rate)
        if inner:  # `apply` unifies with the target first, which may need to know what is wrapped
            term = " ".join([law.name, *inner])
            yield Proposal("alike_exact", f"exact ⟨{term}⟩" if is_wrapped else f"exact {term}", rate)
    for rank, law in enumerate(laws[:3]):
        rate = law.score * ranked(rank, 0.2)
        yield Proposal("alike_apply", f"apply {law.name}", rate)
        if is_wrapped:
            yield Proposal("alike_inside", f"(constructor; apply {law.name} <;> {given})", rate)
    if laws:
        mentioned = [name for name in view.definitions if name in view.goal.constants]
        names = ", ".join([*mentioned[:4], *(law.name for law in laws[:6])])
        yield Proposal("alike_simp", f"simp [{names}]", laws[0].score, MEDIUM)
        yield Proposal("alike_simp_all", f"simp_all [{names}]", laws[0].score, MEDIUM)
