"""Inductive types and projections before the comparing process: what released kernels are wrong about is refused here,
by exports that no elaborator writes, by mutants of those that one writes, and not for any type of Lean's own library.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from prover.judge.processes import ComparingProcess
from tests.lean.judge.export_rows import Export, stated
from tests.lean.judge.mutants import hold_mutants
from tests.lean.judge.processes import SharedProcess, compare

pytestmark = [pytest.mark.asyncio(loop_scope="session")]


# ----------------------------------------------------------------------------------------------------- by hand

Declare = Callable[[Export], None]
"""Adds declarations to an export."""


async def verdict_on(comparing: ComparingProcess, declare: Declare) -> tuple[str, str | None]:
    """What becomes of a proof of `True` in whose export `declare` has declared something."""
    rows = Export()
    declare(rows)
    rows.theorem("t", rows.const("True"), rows.const("True.intro"))
    answer = await compare(comparing, stated("t", "True"), rows.text("t"))
    return answer["verdict"], answer.get("kind")


def second_of_a_block(level: Callable[[Export], int]) -> Declare:
    """`mutual inductive D : Prop | mk : D` and `inductive C : Sort level | mk (b : Bool) : C`."""

    def declare(rows: Export) -> None:
        u = rows.param("u")
        d, c = rows.const("D", u), rows.const("C", u)
        makes_c = rows.pi(rows.const("Bool"), c)
        rows.inductive(
            ("D", rows.sort(0), [("D.mk", d)]), ("C", rows.sort(level(rows)), [("C.mk", makes_c)]), universes=("u",)
        )

    return declare


def one(rows: Export) -> int:
    return rows.succ(0)


_HIDDEN_ZEROS: dict[str, Callable[[Export], int]] = {
    "imax 1 0": lambda rows: rows.imax(one(rows), 0),
    "max 0 0": lambda rows: rows.max(0, 0),
    "imax 1 (imax 1 0)": lambda rows: rows.imax(one(rows), rows.imax(one(rows), 0)),
    "max (imax 1 0) 0": lambda rows: rows.max(rows.imax(one(rows), 0), 0),
    "imax u 0": lambda rows: rows.imax(rows.param("u"), 0),
    "imax (max u 1) (max 0 0)": lambda rows: rows.imax(rows.max(rows.param("u"), one(rows)), rows.max(0, 0)),
}


@pytest.mark.parametrize("level", list(_HIDDEN_ZEROS))
async def test_a_type_whose_level_is_zero_and_not_written_so_is_refused(
    level: str, comparing: ComparingProcess
) -> None:
    assert await verdict_on(comparing, second_of_a_block(_HIDDEN_ZEROS[level])) == ("rejected", "inductive")


def plain_type(rows: Export, sort: int, *fields: int, name: str = "C", ctor: str = "C.mk") -> None:
    made = rows.const(name)
    for field in reversed(fields):
        made = rows.pi(field, made)
    rows.inductive((name, sort, [(ctor, made)]))


def behind_a_level_that_hides_zero(rows: Export) -> None:
    rows.definition("A", rows.sort(one(rows)), rows.sort(rows.imax(one(rows), 0)))
    plain_type(rows, rows.const("A"), rows.const("Bool"))


def behind_a_definition_at_level_zero(rows: Export) -> None:
    """`def A.{u} : Type u := Sort (imax 1 u)`, and `C : A.{0}` second in a block"""
    u = rows.param("u")
    rows.definition("A", rows.sort(rows.succ(u)), rows.sort(rows.imax(one(rows), u)), universes=("u",))
    d, c = rows.const("D"), rows.const("C")
    makes_c = rows.pi(rows.const("Bool"), c)
    rows.inductive(("D", rows.sort(0), [("D.mk", d)]), ("C", rows.const("A", 0), [("C.mk", makes_c)]))


def itself_applied(rows: Export, argument: int | None = None) -> int:
    """`(fun x => ∀ a : Nat, x x)` applied to itself, which unfolds for ever; with an argument, this is handed on."""
    prop, nat = rows.sort(0), rows.const("Nat")
    if argument is None:
        half = rows.fun(prop, rows.pi(nat, rows.app(rows.var(1), rows.var(1))))
        return rows.app(half, half)
    half = rows.fun(prop, rows.fun(prop, rows.pi(nat, rows.app(rows.var(2), rows.var(2), rows.var(1)))))
    return rows.app(half, half, argument)


def of_an_endless_type(rows: Export) -> None:
    rows.inductive(("C", itself_applied(rows), []))


def with_an_endless_field(rows: Export) -> None:
    plain_type(rows, rows.sort(one(rows)), itself_applied(rows, rows.const("C")))


def of_a_very_long_type(rows: Export) -> None:
    """The type is well-typed and has 2¹⁶ ∀s, told by sixteen doublings."""
    large = rows.sort(rows.succ(one(rows)))
    twice = rows.fun(large, rows.pi(rows.const("Nat"), rows.var(1)))
    for _ in range(16):
        twice = rows.fun(large, rows.app(twice, rows.app(twice, rows.var(0))))
    rows.inductive(("C", rows.app(twice, rows.sort(one(rows))), []))


def behind_a_recursor(rows: Export) -> None:
    two = rows.succ(one(rows))
    motive = rows.fun(rows.const("Nat"), rows.sort(one(rows)))
    step = rows.fun(rows.const("Nat"), rows.fun(rows.sort(one(rows)), rows.sort(0)))
    plain_type(rows, rows.app(rows.const("Nat.rec", two), motive, rows.sort(0), step, rows.const("Nat.zero")))


def behind_a_projection(rows: Export) -> None:
    pair = rows.app(rows.const("Prod.mk", one(rows), one(rows)), rows.sort(one(rows)), rows.sort(one(rows)))
    plain_type(rows, rows.proj("Prod", 0, rows.app(pair, rows.sort(0), rows.sort(0))))


def under_a_nested_name(rows: Export) -> None:
    plain_type(rows, rows.sort(one(rows)), name="_nested.C_1", ctor="_nested.C_1.mk")


def with_a_nested_constructor(rows: Export) -> None:
    plain_type(rows, rows.sort(one(rows)), ctor="C._nested.mk")


def phantom(rows: Export) -> None:
    """`inductive Ph (A : Type) (b : Bool) : Type | mk : Ph A b`"""
    type_ = rows.sort(one(rows))
    made = rows.app(rows.const("Ph"), rows.var(1), rows.var(0))
    bool_ = rows.const("Bool")
    rows.inductive(
        ("Ph", rows.pi(type_, rows.pi(bool_, type_)), [("Ph.mk", rows.pi(type_, rows.pi(bool_, made)))]), num_params=2
    )


def ill_typed_in_a_nested_occurrence(rows: Export) -> None:
    """`mk : Ph C Nat.zero → C`, where a `Bool` is due."""
    phantom(rows)
    plain_type(rows, rows.sort(one(rows)), rows.app(rows.const("Ph"), rows.const("C"), rows.const("Nat.zero")))


def at_another_parameter(rows: Export) -> None:
    """`inductive C (b : Bool) : Type | mk : Ph (C true) b → C b`"""
    phantom(rows)
    type_, bool_ = rows.sort(one(rows)), rows.const("Bool")
    nested = rows.app(rows.const("Ph"), rows.app(rows.const("C"), rows.const("Bool.true")), rows.var(0))
    makes = rows.pi(bool_, rows.pi(nested, rows.app(rows.const("C"), rows.var(1))))
    rows.inductive(("C", rows.pi(bool_, type_), [("C.mk", makes)]), num_params=1)


def at_another_level(rows: Export) -> None:
    """`inductive C.{u} : Type | mk : Ph C.{0} true → C.{u}`"""
    phantom(rows)
    nested = rows.app(rows.const("Ph"), rows.const("C", 0), rows.const("Bool.true"))
    makes = rows.pi(nested, rows.const("C", rows.param("u")))
    rows.inductive(("C", rows.sort(one(rows)), [("C.mk", makes)]), universes=("u",))


def in_its_own_parameters(rows: Export) -> None:
    """`inductive C (b : Bool) : Type | mk : ∀ (b : (fun _ => Bool) (C true)), C b`"""
    type_, bool_ = rows.sort(one(rows)), rows.const("Bool")
    domain = rows.app(rows.fun(type_, bool_), rows.app(rows.const("C"), rows.const("Bool.true")))
    makes = rows.pi(domain, rows.app(rows.const("C"), rows.var(0)))
    rows.inductive(("C", rows.pi(bool_, type_), [("C.mk", makes)]), num_params=1)


def field_behind_a_recursor(rows: Export) -> None:
    """`mk : Nat.rec C (fun _ _ => C) 0 → C`"""
    two = rows.succ(one(rows))
    motive = rows.fun(rows.const("Nat"), rows.sort(one(rows)))
    step = rows.fun(rows.const("Nat"), rows.fun(rows.sort(one(rows)), rows.const("C")))
    field = rows.app(rows.const("Nat.rec", two), motive, rows.const("C"), step, rows.const("Nat.zero"))
    plain_type(rows, rows.sort(one(rows)), field)


_REFUSED: dict[str, Declare] = {
    "a level behind a definition": behind_a_level_that_hides_zero,
    "a level that a definition hides at zero": behind_a_definition_at_level_zero,
    "a type that unfolds for ever": of_an_endless_type,
    "a field that unfolds for ever": with_an_endless_field,
    "a type with more arguments than anybody's": of_a_very_long_type,
    "a sort behind a recursor": behind_a_recursor,
    "a sort behind a projection": behind_a_projection,
    "a type under a nested name": under_a_nested_name,
    "a constructor under a nested name": with_a_nested_constructor,
    "a nested occurrence that is ill-typed": ill_typed_in_a_nested_occurrence,
    "a nested occurrence at another parameter": at_another_parameter,
    "a nested occurrence at another level": at_another_level,
    "a mention in its own parameters": in_its_own_parameters,
    "a field behind a recursor": field_behind_a_recursor,
}


@pytest.mark.parametrize("what", list(_REFUSED))
async def test_a_type_that_the_kernel_may_be_wrong_about_is_refused_at_once(
    what: str, comparing: ComparingProcess
) -> None:
    began = time.monotonic()
    assert await verdict_on(comparing, _REFUSED[what]) == ("rejected", "inductive")
    assert time.monotonic() - began < 5.0


def behind_definitions(rows: Export) -> None:
    """`def A : Type 1 := Type`, `def B : Type 1 := A`, `inductive C : B | mk : Bool → C`"""
    type_1 = rows.sort(rows.succ(one(rows)))
    rows.definition("A", type_1, rows.sort(one(rows)))
    rows.definition("B", type_1, rows.const("A"))
    plain_type(rows, rows.const("B"), rows.const("Bool"))


def behind_an_applied_definition(rows: Export) -> None:
    """`def A (α : Type 1) : Type 1 := α`, `inductive C : A Type | mk : C`"""
    type_1 = rows.sort(rows.succ(one(rows)))
    rows.definition("A", rows.pi(type_1, type_1), rows.fun(type_1, rows.var(0)))
    plain_type(rows, rows.app(rows.const("A"), rows.sort(one(rows))))


def nested_at_its_own_parameter(rows: Export) -> None:
    """`inductive C (b : Bool) : Type | mk : Ph (C b) b → C b`"""
    phantom(rows)
    type_, bool_ = rows.sort(one(rows)), rows.const("Bool")
    nested = rows.app(rows.const("Ph"), rows.app(rows.const("C"), rows.var(0)), rows.var(0))
    makes = rows.pi(bool_, rows.pi(nested, rows.app(rows.const("C"), rows.var(1))))
    rows.inductive(("C", rows.pi(bool_, type_), [("C.mk", makes)]), num_params=1)


_HONEST: dict[str, Declare] = {
    "a block of propositions": second_of_a_block(lambda rows: 0),
    "a sort behind definitions": behind_definitions,
    "a sort behind a definition that is applied": behind_an_applied_definition,
    "a nested occurrence at its own parameter": nested_at_its_own_parameter,
}


@pytest.mark.parametrize("what", list(_HONEST))
async def test_their_honest_neighbours_are_accepted(what: str, comparing: ComparingProcess) -> None:
    assert await verdict_on(comparing, _HONEST[what]) == ("accepted", None)


async def test_an_accepted_proof_names_the_inductive_types_that_are_not_imported(comparing: ComparingProcess) -> None:
    rows = Export()
    behind_definitions(rows)
    true = rows.const("True")
    rows.theorem("t", true, rows.const("True.intro"))
    answer = await compare(comparing, stated("t", "True"), rows.text("t"))
    assert answer["inductives"] == ["C"]


_PROJECTIONS: dict[str, tuple[str, int]] = {
    "a field beyond the last": ("And", 2),
    "a field of no structure": ("Nat", 0),
    "a field of nothing": ("Nowhere", 0),
    "a field of a definition": ("Not", 0),
    "the witness out of a proposition": ("W", 0),
    "what depends on the witness": ("W", 1),
    "a huge field": ("And", 2**40),
}


@pytest.mark.parametrize("what", list(_PROJECTIONS))
async def test_a_projection_names_a_field_and_gets_no_data_out_of_a_proposition(
    what: str, comparing: ComparingProcess
) -> None:
    structure, field = _PROJECTIONS[what]

    def declare(rows: Export) -> None:
        """The projection stands where no kernel looks: in a term that nothing rests on."""
        with_witness(rows)
        rows.proj(structure, field, rows.const("True.intro"))

    assert await verdict_on(comparing, declare) == ("rejected", "inductive")


def with_witness(rows: Export) -> None:
    """`inductive W : Prop | mk (n : Nat) (h : n = n) : W`"""
    level = one(rows)
    same = rows.app(rows.const("Eq", level), rows.const("Nat"), rows.var(0), rows.var(0))
    makes = rows.pi(rows.const("Nat"), rows.pi(same, rows.const("W")))
    rows.inductive(("W", rows.sort(0), [("W.mk", makes)]))


@pytest.mark.parametrize(
    ("domain", "expected"), [("True", ("accepted", None)), ("Nat", ("rejected", "kernel"))], ids=["proof", "data"]
)
async def test_of_an_existence_statement_about_a_proposition_the_proof_is_read_and_of_one_about_data_nothing(
    domain: str, expected: tuple[str, str | None], comparing: ComparingProcess
) -> None:
    """What a statement reads that says `(h : ∃ _ : i < n, …).1` (as many of the library's do)."""

    def declare(rows: Export) -> None:
        level = 0 if domain == "True" else one(rows)
        about = rows.const(domain)
        exists = rows.app(rows.const("Exists", level), about, rows.fun(about, rows.const("True")))
        rows.definition("read", rows.pi(exists, about), rows.fun(exists, rows.proj("Exists", 0, rows.var(0))))

    assert await verdict_on(comparing, declare) == expected


@pytest.mark.parametrize(
    ("structure", "field"), [("And", 0), ("And", 1), ("Prod", 1), ("Subtype", 1), ("Iff", 0), ("Exists", 1)]
)
async def test_a_projection_that_a_structure_has_is_no_reason_to_refuse(
    structure: str, field: int, comparing: ComparingProcess
) -> None:
    def declare(rows: Export) -> None:
        rows.proj(structure, field, rows.const("True.intro"))

    assert await verdict_on(comparing, declare) == ("accepted", None)


async def test_universes_of_another_name_are_the_same_by_position(comparing: ComparingProcess) -> None:
    def proof(*universes: str) -> Export:
        """`theorem t.{…} (α : Type first) (β : Type second) : True`"""
        rows = Export()
        first, second = (rows.sort(rows.succ(rows.param(each))) for each in universes)
        type_ = rows.pi(first, rows.pi(second, rows.const("True")))
        value = rows.fun(first, rows.fun(second, rows.const("True.intro")))
        rows.theorem("t", type_, value, universes=("u", "v"))
        return rows

    def challenge(*order: str) -> str:
        rows = Export()
        type_ = rows.pi(
            rows.sort(rows.succ(rows.param("a"))), rows.pi(rows.sort(rows.succ(rows.param("b"))), rows.const("True"))
        )
        rows.theorem("t", type_, universes=order)
        return rows.text("t")

    same = await compare(comparing, challenge("a", "b"), proof("u", "v").text("t"))
    swapped = await compare(comparing, challenge("b", "a"), proof("u", "v").text("t"))
    merged = await compare(comparing, challenge("a", "b"), proof("u", "u").text("t"))
    foreign = await compare(comparing, challenge("a", "b"), proof("a", "b").text("t"))
    assert same["verdict"] == "accepted"
    assert [answer["kind"] for answer in (swapped, merged)] == ["statement", "statement"]
    assert foreign["verdict"] == "rejected"  # its own universes are u and v, so the kernel knows no a


@pytest.mark.long
async def test_no_mutant_proves_what_its_parent_does_not(
    elaborating: SharedProcess, comparing: ComparingProcess
) -> None:
    """The drills have some thousands."""
    await hold_mutants(120, elaborating, comparing)
