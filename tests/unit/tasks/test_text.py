"""Theorems found in `.lean` text, each in its own place."""

import pytest

from prover.tasks import HoleStyle, Refused, TaskKind, TheoremTask, fill_document
from prover.tasks.document import document_of
from prover.tasks.holes import Hole, blocks
from prover.tasks.text import theorems


def tasks_of(text: str) -> list[TheoremTask]:
    found = list(theorems(document_of(text, "a.lean")))
    assert all(isinstance(task, TheoremTask) for task in found), found
    return [task for task in found if isinstance(task, TheoremTask)]


def refusal(text: str) -> str:
    (found,) = theorems(document_of(text, "a.lean"))
    assert isinstance(found, Refused)
    return found.reason


@pytest.mark.parametrize(
    ("body", "style", "proved"),
    [
        (":= by sorry", HoleStyle.BY, ":= by\n  intro h\n  exact h"),
        (":= by\n    sorry", HoleStyle.BY, ":= by\n    intro h\n    exact h"),
        (":= by -- an idea\n  /- two\n  lines -/\n  sorry", HoleStyle.BY, None),
        (":=\n  by\n    sorry -- todo", HoleStyle.BY, ":=\n  by\n    intro h\n    exact h"),
        (":= sorry", HoleStyle.TERM, ":= by\n  intro h\n  exact h"),
        (":= -- todo\n  sorry", HoleStyle.TERM, ":= -- todo\n  by\n    intro h\n    exact h"),
    ],
)
def test_only_the_word_sorry_gives_way_to_a_proof(body: str, style: HoleStyle, proved: str | None) -> None:
    (task,) = tasks_of(f"theorem t (p : Prop) : p → p {body}\n")
    assert task.hole.style is style
    assert task.statement == "theorem t (p : Prop) : p → p := by"
    expected = proved or body.replace("sorry", "intro h\n  exact h")
    assert f"theorem t (p : Prop) : p → p {expected}\n" in task.solution("intro h\nexact h")


def test_sorry_in_comments_and_strings_is_no_hole() -> None:
    text = 'theorem a : "sorry" = "sorry" := rfl -- sorry\n/- theorem b : 1 = 2 := by sorry -/\n'
    assert list(theorems(document_of(text))) == []


def test_names_carry_their_namespaces() -> None:
    text = """namespace A.B
section
theorem x : True := by sorry
end
section C
protected theorem y.z : True := sorry
end C
theorem _root_.r : True := sorry
theorem «odd name» : True := sorry
end A.B
theorem last.{u} (α : Sort u) : True := sorry
"""
    assert [task.name for task in tasks_of(text)] == ["A.B.x", "A.B.y.z", "r", "A.B.«odd name»", "last"]


def test_attributes_modifiers_and_prefixes_belong_to_their_theorem() -> None:
    prefix = "open Nat in\nset_option maxHeartbeats 1 in\n/-- doc -/\n@[simp, foo (x := 3)]\nprivate "
    (task,) = tasks_of(f"def f := 1\n\n{prefix}theorem t : True := sorry\n")
    assert task.declaration.startswith("open Nat in")
    assert task.header == "def f := 1"


def test_an_example_is_given_a_name_and_stays_an_example_in_its_file() -> None:
    document = document_of("def a := 1\nexample : a = 1 := by sorry\n")
    (task,) = theorems(document)
    assert isinstance(task, TheoremTask)
    assert (task.kind, task.name) == (TaskKind.EXAMPLE, "example_2")
    assert "theorem example_2 : a = 1 := by rfl" in task.solution("rfl")
    assert "\nexample : a = 1 := by rfl\n" in fill_document(document, [(task, ["rfl"])])


def test_the_position_of_the_sorry_is_the_one_lean_will_name() -> None:
    first = "/- ∀ -/ theorem u : True := by sorry\n  theorem t : ∀ x : Nat, x = x := by\n    sorry\n"
    for task in tasks_of(f"{first}example : 1 = 1 := by sorry\n"):
        line, column = task.hole_position
        assert task.challenge.split("\n")[line - 1][column:].startswith("sorry")
        assert line == task.line + (task.name == "t")


def test_a_begun_proof_is_finished_in_its_own_column() -> None:
    (task,) = tasks_of("theorem t : p ∧ q := by\n  constructor\n  · sorry\n  · trivial\n")
    assert task.hole.style is HoleStyle.INNER_TACTIC
    assert "  · intro h\n    exact h\n  · trivial" in task.solution("intro h\nexact h")


def test_a_sorry_inside_a_term_becomes_a_tactic_block() -> None:
    (task,) = tasks_of("theorem t : p ∧ q := ⟨sorry, trivial⟩\n")
    assert "⟨(by trivial), trivial⟩" in task.solution("trivial")
    assert "⟨(by\n" in task.solution("skip\ntrivial")


@pytest.mark.parametrize(
    ("text", "script", "written"),
    [
        ("theorem t : p := sorry", "exact f h", "theorem t : p := f h"),
        ("theorem t : p := by sorry", "exact f h", "theorem t : p := by exact f h"),
        ("theorem t : p := by\n  have g : q := sorry\n  exact g", "exact f h", "  have g : q := f h"),
        ("theorem t : p := by\n  have g : q := sorry\n  exact g", "simp", "  have g : q := by simp"),
        ("theorem t : p :=\n  calc a = b := sorry\n    _ = c := h", "exact f h", "  calc a = b := f h"),
        ("theorem t : p :=\n  calc a = b := sorry\n    _ = c := h", "simp", "  calc a = b := by simp"),
        ("theorem t : p :=\n  g (show q from sorry)", "exact f h", "  g (show q from (by exact f h))"),
        ("theorem t : ∃ n, q n := ⟨sorry, h⟩", "exact 7", "⟨7, h⟩"),
        ("theorem t : ∃ n, q n := ⟨sorry, h⟩", "exact (n - 1)", "⟨(n - 1), h⟩"),
        ("theorem t : ∃ f, q f := ⟨sorry, h⟩", "exact fun x => x", "⟨(fun x => x), h⟩"),
        ("theorem t : p := sorry", "exact ?_", "theorem t : p := by exact ?_"),
    ],
)
def test_a_term_takes_the_place_of_a_sorry_as_a_term_where_its_type_is_known(
    text: str, script: str, written: str
) -> None:
    (task,) = tasks_of(text + "\n")
    assert written in task.solution(script)


@pytest.mark.parametrize(
    ("line", "filled"),
    [
        ("| inl h => sorry", ["| inl h =>", "    skip", "    exact a"]),
        ("case inl h => sorry -- why", ["case inl h =>", "    skip", "    exact a -- why"]),
        ("have k : q := by sorry", ["have k : q := by", "    skip", "    exact a"]),
        ("· have k : q := by sorry", ["· have k : q := by", "      skip", "      exact a"]),
        ("· sorry", ["· skip", "    exact a"]),
        ("skip; sorry", ["skip; (skip", "         exact a)"]),
        ("| inl h => exact f (by sorry)", ["| inl h => exact f (by skip", "                         exact a)"]),
    ],
)
def test_several_lines_stand_below_the_line_that_opens_their_block(line: str, filled: list[str]) -> None:
    text = f"  {line}\n"
    hole = Hole(text.index("sorry"), text.index("sorry") + 5, HoleStyle.INNER_TACTIC)
    ((start, end, block),) = blocks(text, [(hole, "skip\nexact a")], 0)
    assert (text[:start] + block + text[end:]).split("\n")[:-1] == [f"  {filled[0]}", *filled[1:]]


def test_equations_of_a_theorem_may_hold_the_sorry() -> None:
    (task,) = tasks_of("theorem t : ∀ n : Nat, n = n\n  | 0 => rfl\n  | n + 1 => sorry\n")
    assert task.statement == "theorem t : ∀ n : Nat, n = n := by"


def test_an_absolute_value_at_the_start_of_a_line_is_no_equation() -> None:
    (task,) = tasks_of("theorem t (x : Int) :\n  |x| = x := by sorry\n")
    assert task.statement.endswith("|x| = x := by")


def test_a_let_in_the_statement_keeps_its_assignment() -> None:
    (task,) = tasks_of("theorem t : let x := 3; x = 3 := by sorry\n")
    assert task.statement == "theorem t : let x := 3; x = 3 := by"


def test_soft_keywords_inside_a_proof_do_not_end_it() -> None:
    (task,) = tasks_of("theorem t : True := by\n  open Nat in\n  set_option maxRecDepth 9 in\n  sorry\nend X\n")
    assert task.declaration.endswith("sorry")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("theorem t : sorry = 1 := by rfl", "its statement holds a `sorry`"),
        ("theorem t : 1 = 1", "no `:=`"),
        ("mutual\ntheorem a : True := by sorry\nend", "mutual"),
    ],
)
def test_what_cannot_be_proved_as_it_stands_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert reason in refusal(text)


def test_open_theorems_are_left_out_of_later_contexts_unless_something_needs_them() -> None:
    text = """theorem bad : 1 = "x" := by sorry
theorem used : 0 < 1 := by
  sorry
def g : {n : Nat // 0 < n} := ⟨1, used⟩
theorem t : True := by sorry
"""
    *_, last = tasks_of(text)
    assert "bad" not in last.challenge
    assert "used : 0 < 1" in last.challenge
    assert last.hole_position[0] == 5


def test_several_proofs_fill_their_file_and_the_rest_stays() -> None:
    text = "theorem a : True := by sorry\n\ntheorem b : True := sorry\ntheorem c : True := sorry\n"
    document = document_of(text)
    a, b, _ = tasks_of(text)
    filled = fill_document(document, [(a, ["trivial"]), (b, ["skip\ntrivial"])])
    assert filled == (
        "theorem a : True := by trivial\n\ntheorem b : True := by\n  skip\n  trivial\ntheorem c : True := sorry\n"
    )


def test_line_ends_and_byte_order_mark_are_set_aside_and_remembered() -> None:
    document = document_of("\ufefftheorem a : True := by\r\n  sorry\r\n")
    assert (document.newline, document.bom) == ("\r\n", True)
    assert "\r" not in document.text
    assert document.text.startswith("theorem")


def test_putnam_answers_are_filled_in_from_the_comment_below() -> None:
    text = "abbrev putnam_1_solution : Nat := sorry\n-- 3 + 4\ntheorem putnam_1 : putnam_1_solution = 7 := sorry\n"
    (task,) = tasks_of(text)
    assert "abbrev putnam_1_solution : Nat := (3 + 4)" in task.context


def test_a_persons_definition_is_not_filled_in_from_a_comment() -> None:
    text = "abbrev my_solution : Nat := sorry\n-- TODO ask Bob\ntheorem t : 1 = 1 := sorry\n"
    assert document_of(text).text == text


def test_fingerprints_ignore_comments_and_spacing_but_not_statements() -> None:
    one, two, other = (
        tasks_of(text)[0].fingerprint
        for text in (
            "theorem t : 1 = 1 := by sorry",
            "theorem t :\n   1 = 1 /- hi -/ := sorry",
            "theorem t : 1 = 2 := by sorry",
        )
    )
    assert one == two != other


def test_a_doc_comment_leaves_with_its_theorem_and_says_what_it_means() -> None:
    text = """/-! # Title -/
/-- The first. -/
@[simp] theorem a : 1 = 1 := by sorry
/- plain -/ /-- Of -- two
lines -/
theorem b : 2 = 2 := by sorry
/-- Kept. -/
def c := 1 -- /-- not this -/
theorem d : 3 = 3 := by sorry
"""
    a, b, d = tasks_of(text)
    assert [task.informal for task in (a, b, d)] == ["The first.", "Of -- two\nlines", None]
    assert "/-- The first" not in b.challenge
    assert d.challenge == "/-! # Title -/\n\n\n/- plain -/ \n\n\n/-- Kept. -/\ndef c := 1 -- /-- not this -/\n" + (
        "theorem d : 3 = 3 := by sorry\n"
    )
    for task in (a, b, d):
        line, column = task.hole_position
        assert task.challenge.split("\n")[line - 1][column:].startswith("sorry")


SKETCH = "theorem t : p ∧ q := by\n  have h : p := by\n    sorry\n  have g : q := sorry\n  sorry\n"


def test_each_of_several_sorries_is_a_place_of_its_own() -> None:
    (task,) = tasks_of(SKETCH)
    styles = [hole.style for hole in task.holes]
    assert styles == [HoleStyle.INNER_TACTIC, HoleStyle.INNER_TERM, HoleStyle.INNER_TACTIC]
    assert [place.hole_position[0] for place in task.places] == [3, 4, 5]
    assert [place.position for place in task.places] == [(3, 4), (4, 16), (5, 2)]


def test_some_of_several_sorries_are_filled_and_the_others_stay() -> None:
    document = document_of("-- before\n\n" + SKETCH + "-- after\n")
    (task,) = (record for record in theorems(document) if isinstance(record, TheoremTask))
    scripts = ["skip\nexact a", None, "exact ⟨h, g⟩"]
    partly = SKETCH.replace("    sorry\n", "    skip\n    exact a\n").replace("\n  sorry", "\n  exact ⟨h, g⟩")
    assert fill_document(document, [(task, scripts)]) == "-- before\n\n" + partly + "-- after\n"
    left = task.filled(scripts)
    assert left.challenge == "-- before\n\n" + partly
    assert (left.hole_position, left.further, left.context) == ((7, 16), (), task.context)
    assert left.solution("exact b") == task.solution("skip\nexact a", "exact b", "exact ⟨h, g⟩")


def test_what_is_written_first_on_a_line_moves_what_comes_after_it() -> None:
    (task,) = tasks_of("theorem t : p ∧ q := by\n  exact ⟨sorry, sorry⟩\n")
    assert task.solution("skip\nexact a", "skip\nexact b").split("\n")[1:] == [
        "  exact ⟨(by",
        "           skip",
        "           exact a), (by",
        "                       skip",
        "                       exact b)⟩",
        "",
    ]


def test_a_proof_too_long_for_its_line_gets_lines_of_its_own() -> None:
    (task,) = tasks_of("theorem t : True := by sorry\n")
    long = f"exact ({'id ' * 30}trivial)"
    assert task.solution(long) == f"theorem t : True := by\n  {long}\n"


@pytest.mark.parametrize("ending", [":= by sorry", ":= sorry"])
def test_a_line_that_was_too_long_is_not_broken_by_a_proof_no_longer_than_its_sorry(ending: str) -> None:
    wide = f"theorem t ({'a ' * 60}: Nat) : True {ending}\n"
    (task,) = tasks_of(wide)
    assert task.solution("simp") == wide.replace("sorry", "simp" if ending.endswith("by sorry") else "by simp")
