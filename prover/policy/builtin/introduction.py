"""Steps that the target's own form asks for: introduce, split, choose, extend."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import Proposal
from prover.policy.builtin.view import View

_BINDERS = re.compile(r"^∀\s*(?P<binders>.*)$", re.DOTALL)
_GROUP = re.compile(r"[({⦃\[](?P<names>[^:()\[\]{}⦃⦄]+):")
_RELATIONS = ("LE.le", "LT.lt", "GE.ge", "GT.gt", "Dvd.dvd", "Membership.mem", "List.Mem")
PLAIN = frozenset(("Eq", "Ne", "HEq", "Not", "And", "Or", "Iff", "Exists", "False", "True", *_RELATIONS))


def introduction(view: View) -> Iterator[Proposal]:
    """Tactics chosen by the head of the target."""
    yield from _intros(view)
    match view.head:
        case "And":
            yield Proposal("and_intro", "constructor")
            yield Proposal("and_intro_all", "refine ⟨?_, ?_⟩", 0.2)
            yield Proposal("and_simp_all", "refine ⟨by simp_all, by simp_all⟩", 0.5)
        case "Iff":
            yield Proposal("iff_intro", "constructor")
            yield Proposal("iff_simp_all", "(constructor <;> intro <;> simp_all)")
        case "Or":
            yield Proposal("or_left", "left")
            yield Proposal("or_right", "right")
            yield Proposal("or_by_cases", "refine Classical.or_iff_not_imp_left.mpr ?_")
        case "Ne" | "Not":
            (name,) = view.fresh("h")
            yield Proposal("not_intro", f"intro {name}")
        case "Eq" | "HEq":
            yield from _extensionality(view)
        case "Exists":
            yield Proposal("exists_constructor", "constructor")
        case "Subsingleton" | "Nonempty" | "Inhabited" | "Decidable":
            yield Proposal("structure", "constructor")
        case head if head and head not in PLAIN:
            yield Proposal("structure", "constructor")
            yield Proposal("unfold_head", f"unfold {head}")
        case _:
            pass


def binds(view: View) -> bool:
    """Whether the target starts with something to introduce, so that hardly anything else makes sense."""
    return bool(view.target.startswith(("∀", "let ", "have ")) or (not view.head and _arrows(view.target)))


def _intros(view: View) -> Iterator[Proposal]:
    if view.head and not view.target.startswith(("∀", "let ", "have ")):
        return
    names = binder_names(view.target)
    if names:
        yield Proposal("intro", "intro " + " ".join(view.fresh_binders(*names)))
        first = len(names) - _arrows(_body(view.target))
        if 0 < first < len(names):
            yield Proposal("intro_some", "intro " + " ".join(view.fresh_binders(*names[:first])))
    elif not view.head:
        yield Proposal("intro_any", f"intro {view.fresh('x')[0]}")


def binder_names(target: str) -> list[str]:
    """Names for everything that `intro` can introduce: the variables of the leading ∀, then `h` for each arrow."""
    names: list[str] = []
    rest = target.strip()
    while (found := _BINDERS.match(rest)) is not None:
        head, _, rest = _split_binders(found["binders"])
        names.extend(head)
        rest = rest.strip()
    return [*names, *("h" for _ in range(_arrows(rest)))][:14]


def _body(target: str) -> str:
    rest = target.strip()
    while (found := _BINDERS.match(rest)) is not None:
        rest = _split_binders(found["binders"])[2].strip()
    return rest


def _arrows(proposition: str) -> int:
    """How many hypotheses stand before a proposition's conclusion: its arrows outside brackets and binders."""
    depth = count = 0
    for char in proposition:
        if char in "([{⦃⟨":
            depth += 1
        elif char in ")]}⦄⟩":
            depth -= 1
        elif depth == 0 and char in "∀∃λ↔":
            return 0 if char == "↔" else count
        elif depth == 0 and char == "→":
            count += 1
    return count


def _split_binders(text: str) -> tuple[list[str], str, str]:
    """Binder names, separator and body of what follows a ∀."""
    depth = 0
    for index, char in enumerate(text):
        if char in "([{⦃":
            depth += 1
        elif char in ")]}⦄":
            depth -= 1
        elif char == "," and depth == 0:
            return _names_of(text[:index]), ",", text[index + 1 :]
    return _names_of(text), "", ""


def _names_of(binders: str) -> list[str]:
    groups = _GROUP.findall(binders)
    if groups:
        names = [name for group in groups for name in group.split()]
        if "[" in binders and not names:
            names = ["inst"]
        return [_clean(name) for name in names]
    bounded = re.split(r"[:<>≤≥∈≠]", binders)
    names = [_clean(name) for name in bounded[0].split()]
    return [*names, "h"] if len(bounded) > 1 and ":" not in binders else names


def _clean(name: str) -> str:
    cleaned = re.sub(r"[^\w']", "", name.replace("✝", ""))
    return cleaned if cleaned and not cleaned[0].isdigit() and cleaned != "_" else "x"


def _extensionality(view: View) -> Iterator[Proposal]:
    looks_functional = any(word in view.target for word in ("fun ", "∘", "⟨", "id"))
    (x,) = view.fresh("x")
    rate = 1.0 if looks_functional else 0.2
    yield Proposal("funext", f"funext {x}", rate)
    yield Proposal("ext", f"ext {x}", rate)
    yield Proposal("ext_simp_all", "(ext <;> simp_all)", rate)
    if any(symbol in view.target for symbol in "∧∨¬↔∀∃<≤∈"):
        yield Proposal("propext", "apply propext")
    if "↔" not in view.target and view.target.count("=") == 1:
        yield Proposal("congr", "congr 1", 0.7)
