"""The law of another type that says the same: of arrays for vectors, of the map inside for a map.

Lean names such lemmas by the last parts of the constants in the goal. Where one type wraps the other, the lemma often
proves the goal as it stands, since both unfold to the same; no discrimination tree sees through that.
"""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.builtin.proposal import MEDIUM, Proposal, ranked
from prover.policy.builtin.view import View


def alike(view: View) -> Iterator[Proposal]:
    """Apply each of these lemmas; simplify with all of them, once definitions are unfolded too."""
    laws = view.of_kind("alike")
    for rank, law in enumerate(laws):
        yield Proposal("alike_close", f"apply {law.name} <;> assumption", law.score * ranked(rank, 0.2))
    for rank, law in enumerate(laws[:3]):
        yield Proposal("alike_apply", f"apply {law.name}", law.score * ranked(rank, 0.2))
    if laws:
        mentioned = [name for name in view.definitions if name in view.goal.constants]
        names = ", ".join([*mentioned[:4], *(law.name for law in laws[:6])])
        yield Proposal("alike_simp", f"simp [{names}]", laws[0].score, MEDIUM)
        yield Proposal("alike_simp_all", f"simp_all [{names}]", laws[0].score, MEDIUM)
