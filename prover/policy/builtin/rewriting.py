"""Rewriting and unfolding: with definitions in the statement, with hypotheses, with library lemmas."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.builtin.induction import simp_hints
from prover.policy.builtin.proposal import EXPENSIVE, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import View, some


def definitions(view: View) -> Iterator[Proposal]:
    """Unfold definitions of the target, alone and together."""
    mentioned = [name for name in view.definitions if name in view.goal.constants]
    others = [name for name in view.definitions if name not in view.goal.constants][:4]
    if others:
        yield Proposal("simp_all_all_defs", f"simp_all [{', '.join([*mentioned[:4], *others])}]", limits=MEDIUM)
    if mentioned:
        names = ", ".join(mentioned[:6])
        yield Proposal("simp_only_defs", f"simp only [{names}]")
        yield Proposal("simp_library_defs", f"simp [{names}]")
        yield Proposal("simp_all_library_defs", f"simp_all [{names}]", 0.7)
        cases = f"unfold {' '.join(mentioned[:3])}; (repeat' split)"
        yield Proposal("unfold_split", f"({cases} <;> first | rfl | omega | simp_all)", limits=MEDIUM)
    for rank, name in zip(range(4), mentioned, strict=False):
        yield Proposal("unfold", f"unfold {name}", ranked(rank))
        yield Proposal("unfold_simp", f"simp [{name}]", ranked(rank))
    if "if " in view.target or "match " in view.target:
        yield Proposal("split", "split")
        yield Proposal("split_simp_all", "split <;> (try simp_all)")
        yield Proposal("split_omega", "split <;> omega", 0.5)
    if any(word in hyp.type for hyp in view.props for word in ("if ", "match ")):
        h = next(hyp.name for hyp in view.props if "if " in hyp.type or "match " in hyp.type)
        yield Proposal("split_at", f"split at {h}")
    yield from _conditions(view)


def _conditions(view: View) -> Iterator[Proposal]:
    (name,) = view.fresh("hc")
    for rank, condition in enumerate(if_conditions(view.target)[:2]):
        yield Proposal("by_cases_if", view.split_on(name, condition), ranked(rank))
        yield Proposal("by_cases_if_simp", f"{view.split_on(name, condition)} <;> (try simp_all)", ranked(rank))


def if_conditions(text: str) -> list[str]:
    """Conditions of the `if … then` in a text, without those that have a binder or another `if` inside."""
    found: list[str] = []
    for piece in text.split("if ")[1:]:
        condition = piece.split(" then")[0].strip()
        if " then" in piece and "fun" not in condition and condition.count("(") == condition.count(")"):
            found.append(condition.split(" : ")[-1] if condition.startswith("h :") else condition)
    return list(dict.fromkeys(found))


def with_hypotheses(view: View) -> Iterator[Proposal]:
    """Use hypotheses as they stand: rewrite, apply, close."""
    for rank, hyp in some(view.props, 8):
        rate = ranked(rank, 0.15)
        h = hyp.name
        if "=" in hyp.type or "↔" in hyp.type:
            left, right = _occurring_sides(hyp.type, view.target)
            if left:
                yield Proposal("rw_hyp", f"rw [{h}]", rate)
            if right:
                yield Proposal("rw_hyp_back", f"rw [← {h}]", 0.5 * rate)
        if hyp.head in ("", "Not", "Ne") or hyp.type.startswith("∀") or "→" in hyp.type:
            yield Proposal("apply_hyp", f"apply {h}", rate)
        if hyp.head == view.head and hyp.type != view.target:
            yield Proposal("exact_hyp", f"exact {h}", rate)
            yield Proposal("simpa_hyp", f"simpa{simp_hints(view)} using {h}", rate)
        yield Proposal("simp_at", f"simp at {h}", 0.4 * rate)
    if len(view.props) > 1:
        yield Proposal("simp_at_all", "simp at *", 0.6)


def _occurring_sides(equation: str, target: str) -> tuple[bool, bool]:
    """Whether the left and the right side of an equation may occur in a target; what binds variables always may."""
    if equation.startswith("∀") or "→" in equation:
        return True, True
    left, _, right = equation.partition(" ↔ " if " ↔ " in equation else " = ")
    return left.strip().strip("()") in target, right.strip().strip("()") in target


def with_lemmas(view: View) -> Iterator[Proposal]:
    """Use library lemmas that share words with the goal: for simp and grind together, then one by one."""
    equations = view.of_kind("eq", "iff")
    yield from _in_bulk(view)
    for rank, premise in zip(range(10), equations, strict=False):
        yield Proposal("simp_lemma", f"simp [{premise.name}]", ranked(rank, 0.2))


def with_laws(view: View) -> Iterator[Proposal]:
    """Simplify with the laws of other types that say the same, once definitions are unfolded: of arrays for vectors, of
    the map inside for a map. Those that prove the goal where one type wraps the other are among what unifies."""
    laws = view.of_kind("alike")
    if laws:
        mentioned = [name for name in view.definitions if name in view.goal.constants]
        names = ", ".join([*mentioned[:4], *(law.name for law in laws[:6])])
        yield Proposal("alike_simp_all", f"simp_all [{names}]", laws[0].score, MEDIUM)


def _in_bulk(view: View) -> Iterator[Proposal]:
    equations = [premise.name for premise in view.of_kind("eq", "iff")]
    closest = [premise.name for premise in view.lemmas[:6]]
    own = list(view.own_definitions[:6])
    for count, rate in ((4, 1.0), (10, 0.8)):
        if len(equations) >= count // 2 and equations:
            names = ", ".join([*own, *equations[:count]])
            yield Proposal(f"simp_lemmas_{count}", f"simp [{names}]", rate, MEDIUM)
            yield Proposal(f"simp_all_lemmas_{count}", f"simp_all [{names}]", rate, MEDIUM)
            if count == 4 and (view.numbers or view.head in ("LT.lt", "LE.le")):
                yield Proposal("simp_all_lemmas_omega", f"(simp_all [{names}] <;> omega)", rate, MEDIUM)
    if closest and not view.is_early:
        yield Proposal("grind_lemmas", f"grind [{', '.join([*own, *closest])}]", limits=EXPENSIVE)
    for rank, premise in zip(range(3), view.of_kind("apply"), strict=False):
        if not view.is_early:
            yield Proposal("grind_lemma", f"grind [{', '.join([*own, premise.name])}]", ranked(rank), MEDIUM)
