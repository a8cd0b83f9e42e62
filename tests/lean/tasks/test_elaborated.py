"""Tasks of a file as Lean reads it: each input stands for a kind of file whose text alone misleads."""

from __future__ import annotations

import pytest

from prover.tasks import HoleStyle, TheoremTask
from prover.tasks.document import document_of
from prover.tasks.elaborated import theorems_read
from prover.tasks.filled import fill_document
from prover.tasks.negation import negation_of
from tests.lean.lean_project.step_client import StepServer
from tests.lean.tasks.grammar import PRELUDE
from tests.lean.tasks.reading import OPEN, accepts, opened_goal, outline_of, read

# ------------------------------------------------------------------------------------------------------ variables


@pytest.mark.parametrize(
    ("text", "goal", "proof"),
    [
        ("variable (p : Prop) (hp : p)\nexample : p := sorry\n", "p : Prop\nhp : p\n⊢ p", "exact hp"),
        (
            "section\nvariable (n : Nat) (h : 0 < n)\nexample : n ≠ 0 := by\n  sorry\nend\n",
            "n : Nat\nh : 0 < n\n⊢ n ≠ 0",
            "omega",
        ),
        (
            "variable {α : Type} [Inhabited α]\n/-- Doc. -/\nexample (x : α) : x = x := by sorry\n",
            "α : Type\ninst✝ : Inhabited α\nx : α\n⊢ x = x",
            "rfl",
        ),
        ("variable (n : Nat) in\nexample : n = n := by sorry\n", "n : Nat\n⊢ n = n", "rfl"),
        ("example (p : Prop) (h : p) : p := by sorry\n", "p : Prop\nh : p\n⊢ p", "exact h"),
        (
            "example (n : Nat) : match n with | 0 => n = 0 | m + 1 => n = m + 1 := by\n  sorry\n",
            "n : Nat\n⊢ match n with\n  | 0 => n = 0\n  | m.succ => n = m + 1",
            "cases n <;> rfl",
        ),
    ],
)
def test_an_example_has_the_variables_of_its_section(server: StepServer, text: str, goal: str, proof: str) -> None:
    (task,) = read(server, text).tasks.values()
    assert opened_goal(server, task) == goal
    assert accepts(server, task.solution(proof))
    negation = negation_of(task)
    assert negation is not None
    assert opened_goal(server, negation).startswith("⊢ ¬")


def test_a_theorem_has_the_variables_that_it_mentions(server: StepServer) -> None:
    text = "variable (p q : Prop) (hp : p)\ntheorem t : p → p := by sorry\ninclude hp in\ntheorem u : p := by sorry\n"
    tasks = read(server, text).tasks
    assert opened_goal(server, tasks["t"]) == "p : Prop\n⊢ p → p"
    assert opened_goal(server, tasks["u"]) == "p : Prop\nhp : p\n⊢ p"


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (": Nat := sorry", "an `example` of data"),
        (": Nat × Nat := (1, sorry)", "an `example` of data"),
        (": Nat × Nat := by\n  constructor\n  · exact 1\n  · sorry", "an `example` of data"),
        ("(n : Nat) : Fin (n + 1) := ⟨n, by sorry⟩", "an `example` of data"),
        (": Nat → Nat\n  | 0 => 1\n  | n + 1 => sorry", "an `example` of data"),
        ("{α : Sort _} (a : α) : α := id sorry", "an `example` of data"),
        (": Prop := 1 = sorry", "an `example` of data"),
        (":= (sorry : 1 = 1)", "states nothing"),
        ("(n : Nat) := (sorry : n = n)", "states nothing"),
    ],
)
def test_an_example_that_states_no_proposition_is_refused_by_the_name_that_it_has(
    server: StepServer, example: str, said: str
) -> None:
    (refused,) = read(server, f"example {example}\n").refused.values()
    assert said in refused.reason


@pytest.mark.parametrize(
    ("example", "proof"),
    [
        ("(p q : Prop) (hp : p) (hq : q) : p ∧ q := ⟨hp, sorry⟩", "exact hq"),
        ("(b : Bool) (h : b) : b := id sorry", "exact h"),
        (": ∃ n : Nat, n = 1 := ⟨1, by sorry⟩", "rfl"),
        (": ∀ n : Nat, n = n\n  | 0 => rfl\n  | n + 1 => sorry", "exact rfl"),
        ("(n : Nat) : Fin (n + 1) → n = n := fun _ => by sorry", "rfl"),
    ],
)
def test_an_example_of_a_proposition_whose_proof_is_begun_is_a_task(
    server: StepServer, example: str, proof: str
) -> None:
    (task,) = read(server, f"example {example}\n").tasks.values()
    assert accepts(server, task.solution(proof))


@pytest.mark.parametrize(
    "modifier", ["noncomputable", "private", "@[simp]", "partial", "unsafe", "@[simp] noncomputable"]
)
def test_an_example_may_have_modifiers_that_a_theorem_may_not(server: StepServer, modifier: str) -> None:
    (task,) = read(server, f"/-- Doc. -/\n{modifier} example (b : Bool) : b → b := by sorry\n").tasks.values()
    assert opened_goal(server, task) == "b : Bool\n⊢ b = true → b = true"
    assert accepts(server, task.solution("exact id"))


def test_no_example_has_the_name_of_something_else(server: StepServer) -> None:
    text = (
        "theorem example_2 : 1 = 1 := rfl\n"
        "example : 2 = 2 := by sorry example : 3 = 3 := by sorry\nnamespace A\nexample : 4 = 4 := by sorry\nend A\n"
    )
    tasks = read(server, text).tasks
    assert [opened_goal(server, task) for task in tasks.values()] == ["⊢ 2 = 2", "⊢ 3 = 3", "⊢ 4 = 4"]
    assert list(tasks) == ["example_2_0", "example_2_28", "A.example_4"]
    assert all(accepts(server, task.solution("rfl")) for task in tasks.values())


# ------------------------------------------------------------------------------------------------- where they begin


@pytest.mark.parametrize(
    "before",
    [
        "/-- Doc. -/ @[simp] ",
        "/-- Doc. -/ private ",
        "/- c -/ @[simp] ",
        "/-- Doc\nof two lines.\n-/ @[simp] ",
        " @[simp] ",
        "#guard_msgs (drop warning) in ",
        "#guard_msgs (drop warning) in\n",
        "theorem one_line : 2 = 2 := rfl ",
        "set_option maxRecDepth 1000 in\n/-- Doc. -/\n",
        "/-- On nothing. -/\nopen Nat in\n",
        "/-- On nothing. -/\n/-- Doc. -/\n",
        "@[simp]\n/-- Doc. -/ ",
        "\x0c\n",
    ],
)
def test_a_theorem_is_found_wherever_it_begins(server: StepServer, before: str) -> None:
    text = f"theorem already : 1 = 1 := rfl\n\n{before}theorem t (p : Prop) (h : p) : p := by\n  sorry\n"
    found = read(server, text)
    assert list(found.tasks) == ["t"]
    assert not found.refused
    assert opened_goal(server, found.tasks["t"]) == "p : Prop\nh : p\n⊢ p"
    assert accepts(server, found.tasks["t"].solution("exact h"))


def test_a_doc_comment_is_no_part_of_statement_or_header(server: StepServer) -> None:
    text = "def n := 1\n\n/-- One. -/ @[simp] theorem t : n = 1 := by\n  sorry\n"
    task = read(server, text).tasks["t"]
    assert task.informal == "One."
    assert task.header == "def n := 1"
    assert task.statement == "@[simp] theorem t : n = 1 := by"


@pytest.mark.parametrize(
    "text", ["\ufefftheorem t : 1 = 1 := by sorry\n", "import Init\r\ntheorem t : 1 = 1 := sorry\r\n"]
)
def test_marks_and_line_ends_of_other_systems_are_set_aside(server: StepServer, text: str) -> None:
    assert list(read(server, text).tasks) == ["t"]


def test_names_have_their_namespaces(server: StepServer) -> None:
    text = (
        "namespace A\ntheorem t : 1 = 1 := sorry\ntheorem _root_.u : 1 = 1 := sorry\n"
        "private theorem v : 1 = 1 := sorry\nprotected theorem w.x : 1 = 1 := sorry\nexample : 1 = 1 := sorry\nend A\n"
    )
    assert list(read(server, text).tasks) == ["A.t", "u", "A.v", "A.w.x", "A.example_6"]


LEMMA = 'macro "lemma " n:declId s:declSig v:declVal : command => `(theorem $n $s $v)\n'
CLAIM = PRELUDE["claim "]


@pytest.mark.parametrize(
    ("before", "word", "macro"),
    [
        ("", "lemma", LEMMA),
        ("open Nat in\n", "lemma", LEMMA),
        ("set_option maxRecDepth 1000 in open Nat in ", "lemma", LEMMA),
        ("", "fact", LEMMA + LEMMA.replace('"lemma ', '"fact ').replace("(theorem", "(lemma")),
        ("", "claim", CLAIM),
        ("/-- Doc. -/\n@[simp] private ", "claim", CLAIM),
    ],
)
def test_a_theorem_by_a_macro_of_the_text_is_a_task(server: StepServer, before: str, word: str, macro: str) -> None:
    text = f"{macro}\n{OPEN}namespace A\n{before}{word} t (p : Prop) (h : p) : p ∧ p := by\n  exact ⟨h, sorry⟩\nend A\n"
    found = read(server, text)
    assert list(found.tasks) == ["before_it", "A.t"] and not found.refused and not found.notes
    task = found.tasks["A.t"]
    assert opened_goal(server, task) == "p : Prop\nh : p\n⊢ p"
    assert task.statement.endswith(f"{word} t (p : Prop) (h : p) : p ∧ p := by")
    assert (task.informal, task.line) == ("Doc." if "Doc" in before else None, task.position[0] - 1)
    assert accepts(server, task.solution("exact h"))
    negation = negation_of(task)
    assert negation is not None and opened_goal(server, negation).startswith("⊢ ¬")
    document = document_of(text, "a.lean")
    assert fill_document(document, [(task, ["exact h"])]) == text.replace("sorry⟩", "(by exact h)⟩")


# --------------------------------------------------------------------------------------------------- what is left out


@pytest.mark.parametrize(
    ("between", "later", "goal"),
    [
        (
            'macro "make_two" : command => `(def $(Lean.mkIdent `two) : Nat := 2)\n\n' + OPEN + "make_two\n",
            "two = 2",
            "⊢ two = 2",
        ),
        (
            OPEN + "coinductive Endless (r : Nat → Nat → Prop) : Nat → Prop where\n"
            "  | step (a b : Nat) : r a b → Endless r b → Endless r a\n",
            "∀ r, Endless r 0 → Endless r 0",
            "⊢ ∀ (r : Nat → Nat → Prop), Endless r 0 → Endless r 0",
        ),
        (
            "mutual\ndef evenish : Nat → Bool\n  | 0 => true\n  | n + 1 => oddish n\n"
            "def oddish : Nat → Bool\n  | 0 => false\n  | n + 1 => evenish n\nend\n" + OPEN,
            "evenish 0 = true",
            "⊢ evenish 0 = true",
        ),
        (
            "/-- warning: declaration uses `sorry` -/\n#guard_msgs in\n" + OPEN,
            "1 = 1",
            "⊢ 1 = 1",
        ),
        (OPEN + "open Nat\n", "1 = 1", "⊢ 1 = 1"),
    ],
)
def test_an_open_theorem_is_left_out_alone(server: StepServer, between: str, later: str, goal: str) -> None:
    found = read(server, f"{between}\ntheorem later : {later} := by\n  sorry\n")
    task = found.tasks["later"]
    assert "before_it" not in task.context
    assert opened_goal(server, task) == goal


def test_an_open_theorem_that_something_needs_stays(server: StepServer) -> None:
    text = (
        OPEN + "attribute [simp] before_it\ntheorem by_it : 1 = 1 := before_it 1\ntheorem later : 2 = 2 := by sorry\n"
    )
    assert "theorem before_it" in read(server, text).tasks["later"].context


# ---------------------------------------------------------------------------------------------- how a proof is written

TACTICS = [
    "cases n\n  case zero => rfl\n  case succ k => sorry",
    "cases n\n  next => rfl\n  next k => sorry",
    "match n with\n  | 0 => rfl\n  | k + 1 => sorry",
    "first | done | sorry",
    "all_goals sorry",
    "try sorry",
    "focus sorry",
    "(sorry)",
    "if h : n = 0 then simp else sorry",
    "cases n with\n  | zero => sorry\n  | succ k => rfl",
    "· sorry",
    "skip; sorry",
]
TERMS = [
    "(by simp : n + 0 = n).trans\n    sorry",
    "show n + 0 = n from\n    sorry",
    "if h : n = 0 then by simp else\n    sorry",
    "(fun x => sorry : ∀ n : Nat, n + 0 = n) n",
    "match n with\n  | 0 => rfl\n  | k + 1 => sorry",
    "id sorry",
    "(sorry)",
]


@pytest.mark.parametrize("body", [f"by\n  {tactics}" for tactics in TACTICS] + TERMS)
def test_a_proof_is_written_as_its_place_wants_it(server: StepServer, body: str) -> None:
    (task,) = read(server, f"theorem t (n : Nat) : n + 0 = n := {body}\n").tasks.values()
    for proof in ("simp", "skip\nsimp"):
        assert accepts(server, task.solution(proof)), task.solution(proof)


@pytest.mark.parametrize(
    ("body", "style"),
    [
        (":= by sorry", HoleStyle.BY),
        (":= by -- an idea\n  /- two\n  lines -/\n  sorry -- todo", HoleStyle.BY),
        (":=\n  -- todo\n  sorry", HoleStyle.TERM),
    ],
)
def test_only_the_word_sorry_changes_in_a_file_that_comes_back(server: StepServer, body: str, style: HoleStyle) -> None:
    document = document_of(f"-- before\ntheorem t : 1 = 1 {body}\n-- after\n", "a.lean")
    (task,) = theorems_read(document, outline_of(server, document.text)).records
    assert isinstance(task, TheoremTask)
    assert task.hole.style is style
    filled = fill_document(task.document, [(task, ["rfl"])])
    words = " ".join(filled.replace("by ", "", style is HoleStyle.TERM).split())
    assert words == " ".join(document.text.replace("sorry", "rfl").split())
    assert accepts(server, filled)


@pytest.mark.parametrize(
    ("statement", "body"),
    [
        (
            "(xs : List Nat) :\n    match xs with\n    | [] => xs.length = 0\n    | _ :: _ => 0 < xs.length",
            ":= by sorry",
        ),
        ("(n : Nat) :\n    letI m := n + 1\n    m > n", ":= by sorry"),
        (": ∃ f : Nat → Nat, f = fun\n  | 0 => 1\n  | n + 1 => n", ":= sorry"),
        (": ∀ n : Nat, n = n", "\n  | 0 => rfl\n  | n + 1 => sorry"),
    ],
)
def test_a_statement_ends_where_its_body_begins(server: StepServer, statement: str, body: str) -> None:
    (task,) = read(server, f"theorem t {statement} {body}\n").tasks.values()
    assert task.statement == f"theorem t {statement} := by"
