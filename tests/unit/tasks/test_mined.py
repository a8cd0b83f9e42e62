"""Statements of a library stand alone: with a name of their own, behind the imports of their module, in words."""

from __future__ import annotations

from prover.lean.library import Module, Stated
from prover.tasks.mined import mined

LIST = Module("Init.Data.List.Lemmas", ("Init.Data.List.Basic", "Init.Omega", "Init.Omega"))


def test_a_statement_is_behind_the_imports_of_its_own_module() -> None:
    (found,) = mined(
        LIST, [Stated("List.nil_append", "List.nil_append.{u} {α : Type u} (as : List α) : [] ++ as = as")]
    )
    assert found.header == "import Init.Data.List.Basic\nimport Init.Omega"
    assert found.row("MIT") == {
        "name": "mined_List_nil_append",
        "source": "List.nil_append",
        "module": "Init.Data.List.Lemmas",
        "header": found.header,
        "formal_statement": "theorem mined_List_nil_append.{u} {α : Type u} (as : List α) : [] ++ as = as := by",
        "licence": "MIT",
    }


def test_names_that_differ_in_their_last_sign_stay_different() -> None:
    some = [Stated(name, f"{name} : True") for name in ("A.get?_x", "A.get!_x", "A.get_x'")]
    assert [each.name for each in mined(LIST, some)] == ["mined_A_get?_x", "mined_A_get!_x", "mined_A_get_x'"]


def test_a_variable_that_nobody_can_write_gets_a_free_name() -> None:
    (found,) = mined(LIST, [Stated("t", "t {α✝ α_1 : Type} {α✝¹ : Type} (x : α✝) (y : α✝¹) : True")])
    assert found.formal_statement == "theorem mined_t {α_2 α_1 : Type} {α_3 : Type} (x : α_2) (y : α_3) : True := by"


def test_what_lean_could_not_print_is_left_out() -> None:
    assert mined(LIST, [Stated("t", "")]) == []


def test_a_module_without_imports_begins_from_nothing() -> None:
    (found,) = mined(Module("Init.Prelude", ()), [Stated("t", "t : True")])
    assert found.header == "prelude"
