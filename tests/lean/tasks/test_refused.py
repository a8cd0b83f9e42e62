"""What no task is made of, and what Lean's reading has to say of it: goals, refusals, notes."""

from __future__ import annotations

import pytest

from prover.tasks import TheoremTask
from prover.tasks.document import document_of
from prover.tasks.elaborated import last_read
from tests.lean.lean_project.step_client import StepServer
from tests.lean.tasks.reading import OPEN, accepts, opened_goal, outline_of, read

# ----------------------------------------------------------------------------------------------- goals and refusals


def test_a_sorry_closes_the_first_goal_alone(server: StepServer) -> None:
    text = "theorem t (a b : Nat) (h : a = b) : b = a ∧ True := by\n  refine ⟨?_, ?_⟩\n  sorry\n  trivial\n"
    task = read(server, text).tasks["t"]
    assert opened_goal(server, task).endswith("⊢ b = a")
    assert accepts(server, task.solution("exact h.symm"))
    state = server.open(task.challenge)
    (done,) = server.ask(tactics=[{"tactic": "exact h.symm"}], proofState=state)["results"]
    assert done["proved"] is True


def test_a_sorry_whose_type_lean_infers_has_a_goal(server: StepServer) -> None:
    text = "theorem l (a b : Nat) (h : a ≤ b) : a ≤ b + 1 := by simpa using sorry\n"
    assert opened_goal(server, read(server, text).tasks["l"]).endswith("⊢ a ≤ b + 1")


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("theorem t (p q : Prop) : p ∧ q := by\n  constructor <;> sorry\n", "t", "close 2 different goals"),
        ("def threshold : Nat := sorry\ntheorem above : 0 ≤ threshold := by sorry\n", "above", "`threshold` (line 1)"),
        ("def a : Nat := sorry\ndef b := a\ntheorem t : 0 ≤ b := by sorry\n", "t", "`a` (line 1)"),
        (
            "structure Box where\n  n : Nat\ninstance inst : Inhabited Box := by sorry\n"
            "theorem t : (default : Box) = default := by sorry\n",
            "t",
            "`inst` (line 3)",
        ),
        ("axiom P : Type\naxiom Q : P → Prop\ntheorem t (p : P) (h : Q p) : Q p := by sorry\n", "t", "`P`, `Q`"),
        ("theorem a : 1 = 1 := by sorry\ntheorem t : 2 = 2 := by\n  have := a\n  sorry\n", "t", "`a` (line 1)"),
        (
            "@[simp] theorem a (n : Nat) : n * 0 = 0 := sorry\ntheorem t : 1 = 1 ∧ 1 * 0 = 0 := by\n  constructor\n"
            "  · sorry\n  · exact a 1\n",
            "t",
            "`a` (line 1)",
        ),
        ("theorem t : 1 = 1 := by admit\n", "t", "admitted by `admit`"),
        ('macro "todo" : tactic => `(tactic| sorry)\ntheorem t : 1 = 1 := by todo\n', "t", "admitted by `todo`"),
        (
            'macro "lemma " n:declId s:declSig v:declVal : command => `(theorem $n $s $v)\n'
            "lemma t (n : Nat) : n + [1] = n := by sorry\n",
            "t",
            "HAdd Nat (List",
        ),
        ("theorem t : 1 = 1 := by\n  nlinarith [x]\n  sorry\n", "t", "unknown tactic `nlinarith`"),
        ("theorem t : (sorry : Prop) := by sorry\n", "t", "its statement holds a `sorry`"),
        ("theorem t (n : Nat) : n + [1] = n := by sorry\n", "t", "HAdd Nat (List"),
        ("lemma t (n : Nat) : n = n := by sorry\ntheorem u : 1 = 1 := by sorry\n", "t", "`lemma` is Mathlib's"),
        ("theorem t (n : ℕ) : n + 1 = n := by sorry\n", "t", "elaborate: nothing declares `ℕ`; failed"),
        ('notation "ℕ" => Nat\ntheorem t (n : ℕ) : n + [1] = n := by sorry\n', "t", "elaborate: failed"),
        ("theorem t {ℕ : Type} (n : ℕ) : n + n = n := by sorry\n", "t", "elaborate: failed"),
        ('def f : Nat := "x"\ndef g := f\ntheorem t : g = g := by sorry\n', "t", "`f` (line 1), in which Lean finds"),
        ("def f (n : Natt 3) : Nat := n\ntheorem t : 1 = f := by sorry\n", "t", "it rests on `f` (line 1)"),
        ("structure S where\n  x : Nat\nderiving Foo\ntheorem t (s : S) : s = s := by sorry\n", "t", "`S` (line 1)"),
        ("variable (n : Natt 3)\ntheorem t : n = n := by sorry\n", "t", "it rests on `n` (line 1)"),
        ("variables (n : Nat)\ntheorem t : n = n := by sorry\n", "t", "it rests on `n` (line 1)"),
        ("lemma a : 1 = 1 := rfl\ntheorem t : a = a := by sorry\n", "t", "it rests on `a` (line 1)"),
        (
            "theorem t : 1 = 1 := by\n  show 1 = 1 from\n    rfl\ninstance d : Inhabited Nat := by sorry\n",
            "t",
            "`d` is left open",
        ),
        (
            "mutual\ntheorem t : 1 = 1 := by sorry\ntheorem u : 1 = 1 := by sorry\nend\n",
            "mutual_1",
            "theorems of a `mutual` block are not proved: `t`, `u`",
        ),
        (
            "/-- warning: declaration uses `sorry` -/\n#guard_msgs in\ntheorem t : 1 = 1 := by\n  sorry\n",
            "t",
            "expects the warning",
        ),
    ],
)
def test_what_no_search_can_prove_is_said_at_once(server: StepServer, text: str, name: str, said: str) -> None:
    found = read(server, text)
    assert name not in found.tasks
    everything = [f"{refused.id}: {refused.reason}" for refused in found.refused.values()] + list(found.notes)
    assert any(said in sentence for sentence in everything), everything
    assert not name or name in found.refused


def test_a_sorry_in_a_definition_is_noted_and_counts_for_nothing(server: StepServer) -> None:
    found = read(server, "def f : Nat := sorry\ninstance i : Inhabited Nat := ⟨sorry⟩\ntheorem t : 1 = 1 := by sorry\n")
    assert list(found.tasks) == ["t"]
    assert [note.split(" is left")[0] for note in found.notes] == ["a.lean:1: `f`", "a.lean:2: `i`"]


def test_a_sorry_that_lean_tried_and_dropped_leaves_nothing_open(server: StepServer) -> None:
    found = read(server, "theorem t (n : Nat) : n = n := by\n  first\n  | (sorry; fail)\n  | rfl\n")
    assert found.tasks == {}
    assert found.refused == {}


@pytest.mark.parametrize(
    ("macro", "made"),
    [
        ('macro "made" : command => `(theorem $(Lean.mkIdent `m) : 1 = 1 := by sorry)', "made"),
        ('macro "make " n:ident : command => `(theorem $n : 1 = 1 := by sorry)', "make m"),
        ('macro "prove " n:ident v:term : command => `(theorem $n : 1 = 1 := id $v)', "prove m sorry"),
    ],
)
def test_a_theorem_that_a_macro_states_in_its_own_words_is_noted_by_its_name(
    server: StepServer, macro: str, made: str
) -> None:
    found = read(server, f"{macro}\n{made}\n")
    assert found.tasks == {}
    (note,) = found.notes
    assert note.startswith("a.lean:2: `m` is left open") and "stated by a macro in words of its own" in note


@pytest.mark.parametrize(
    "text",
    [
        "def pick (n : Nat) : Fin (n + 1) := ⟨n, by sorry⟩\n",
        "instance : Std.Commutative (α := Nat) (fun a b => a * b + 1) where comm a b := by sorry\n",
        "set_option maxHeartbeats 400000 in\ndef pick (n : Nat) : Fin (n + 1) := ⟨n, by sorry⟩\n",
    ],
)
def test_a_sorry_in_the_proofs_of_a_definition_or_an_instance_is_no_macros(server: StepServer, text: str) -> None:
    (note,) = read(server, text).notes
    assert "is no theorem of the text" in note
    assert "macro" not in note


@pytest.mark.parametrize("stray", ["\ufeff", "\u200b", "´", "😀"])
def test_a_theorem_that_lean_passes_over_is_in_the_count(server: StepServer, stray: str) -> None:
    found = read(
        server, f"{OPEN}{stray}theorem lost (n : Nat) : n = n := by\n  sorry\n\ntheorem t : 1 = 1 := by sorry\n"
    )
    assert list(found.tasks) == ["before_it", "t"]
    assert f"U+{ord(stray):04X} can't stand here" in str(found.refused["lost"])
    assert str(found.refused["lost"]).startswith("a.lean:4:0: lost: it can't be read")


@pytest.mark.parametrize(("end", "word"), [("#exit", "#exit"), ("import Init", "import")])
def test_what_stands_where_lean_reads_no_more_is_told(server: StepServer, end: str, word: str) -> None:
    found = read(server, f"{OPEN}{end}\ntheorem unread : 1 = 1 := by sorry\n")
    assert list(found.tasks) == ["before_it"] and not found.refused
    assert any(note == f"a.lean:4: Lean reads nothing that stands behind this `{word}`" for note in found.notes)
    assert not read(server, f"{OPEN}#exit\n-- the end\n").notes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mutual\ndef f : Nat → Nat\n  | 0 => sorry\n  | n + 1 => g n\ndef g : Nat → Nat\n  | n => f n\nend\n", "`f`"),
        ("instance : Nonempty Nat where\n  val := sorry\n", "error"),
        ("class C (α : Type) where\n  h : ∀ a b : α, a = b\ninstance : C Unit where\n  h := by sorry\n", "`instCUnit`"),
        ("def f (n : Nat) : Fin (n + 1) := ⟨n, by sorry⟩\n", "`f`"),
        ("instance i : Inhabited (Fin 3) := ⟨⟨1, by sorry⟩⟩\n", "`i`"),
        (
            "structure S where\n  n : Nat\n  h : n = n := by sorry\ninstance : Nonempty S := ⟨1, by sorry⟩\n",
            "left open",
        ),
        ("Theorem f : 1 = 1.\n", "unexpected identifier `Theorem`"),
        ("variables (n : Nat)\n", "`variables` is Lean 3's; Lean 4 has `variable`"),
        ("constant n : Nat\n", "`n` can't be read: `constant` is Lean 3's; Lean 4 has `axiom`"),
        ("abbrev putnam_1_solution : Nat := sorry\n-- 5\n-- what else?\n", "(the answer `(5 what else?)` is read from"),
        ("abbrev putnam_1_solution : Nat := sorry\n-- TODO\n", "`putnam_1_solution` is left open"),
    ],
)
def test_what_a_file_leaves_open_or_lean_does_not_know_has_the_name_that_a_person_gave_it(
    server: StepServer, text: str, said: str
) -> None:
    notes = read(server, text).notes
    assert any(said in note for note in notes), notes
    assert not any(word in note for note in notes for word in ("._", "Lean.Parser", "stated by a macro"))


def test_a_closed_theorem_beside_an_error_is_not_open(server: StepServer) -> None:
    guard = "/-- warning: declaration uses `sorry` -/\n#guard_msgs in\n"
    found = read(server, f"{guard}theorem t : 1 = 1 := rfl\n) theorem u : 2 = 2 := rfl\n")
    assert found.refused == {}
    assert any("Docstring" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def a := 1\ntheorem t : a = 1 := by sorry\n", "t"),
        ("theorem a : 1 = 1 := by sorry\ntheorem t : 1 = 1 := rfl\n", "nothing to prove"),
        ("open Nat\n", "no declaration"),
        ("def f : Nat := sorry\n", "f"),
    ],
)
def test_the_last_declaration_of_a_row_is_its_theorem(server: StepServer, text: str, said: str) -> None:
    document = document_of(text, "rows.jsonl")
    record = last_read(document, outline_of(server, text))
    assert record is not None
    assert record.name == said if isinstance(record, TheoremTask) else said in record.reason


def test_a_row_that_does_not_elaborate_is_left_to_its_opening(server: StepServer) -> None:
    text = "theorem t (n : Nat) : n + [1] = n := by sorry\n"
    assert last_read(document_of(text), outline_of(server, text)) is None


def test_a_theorem_that_does_not_elaborate_costs_the_others_nothing(server: StepServer) -> None:
    text = "theorem bad : 1 + = 2 := by sorry\ntheorem worse (n : Nat) : n = n := by\n  omega2\n  sorry\n" + OPEN
    found = read(server, text)
    assert set(found.refused) == {"bad", "worse"}
    assert opened_goal(server, found.tasks["before_it"]) == "n : Nat\n⊢ n = n"


BROKEN = [
    "lemma broken (n : Nat) : n + 0 = n := by\n  simp",
    "@[simp] lemma broken (n : Nat) : n + 0 = n := by\n  sorry",
    "@[simp]\nlemma broken (n : Nat) : n + 0 = n := by\n  sorry",
    "/-- Doc. -/\nprivate lemma broken (n : Nat) : n + 0 = n := by\n  cases n with\n  | zero => sorry\n  | succ => rfl",
    "lemma broken : 1 = 1 := by\n  set_option maxRecDepth 100 in\n  open Nat in\n  sorry",
    "lemma one : 1 = 1 := rfl\nlemma broken : 2 = 2 := rfl",
    "theorem other : 1 + = 2 := by sorry\nlemma broken : 1 = 1 := by sorry",
    "alias broken := Nat.add_comm",
    'def broken : Nat := "x"',
    "def broken (n : Natt 3) : Nat := n",
    "def broken : Nat → Nat\n  | n => broken (n + 1)",
    "structure broken where\n  x : Nat\nderiving Foo",
    "instance broken : Inhabited Nat := ⟨true && 3⟩",
    "theorem broken : 1 = 1 := by\n  simp [",
    "theorem broken : 1 = 2 := rfl\nattribute [simp] broken",
    "theorem broken : 1 = 1 :=\nbegin\n  refl,\nend",
    "variable (broken : Natt 3)",
    "/-- info: 3 -/\n#guard_msgs in\n#eval 1 + 1",
    "end Elsewhere",
    "#check broken",
    ")",
]
"""Each begins a file whose other theorems have nothing to do with it."""


@pytest.mark.parametrize("broken", BROKEN)
def test_what_lean_can_not_take_is_said_by_its_line_and_costs_the_others_nothing(
    server: StepServer, broken: str
) -> None:
    healthy = (
        "theorem before_it (n : Nat) : n = n := by\n  sorry\n\n",
        "theorem after (m : Nat) : m + 0 = m := by sorry\n",
    )
    found = read(
        server, f"{healthy[0]}{broken}\n\n{healthy[1]}theorem last (broken : Nat) : broken = broken := sorry\n"
    )
    goals = {name: opened_goal(server, task) for name, task in found.tasks.items()}
    assert goals == {
        "before_it": "n : Nat\n⊢ n = n",
        "after": "m : Nat\n⊢ m + 0 = m",
        "last": "broken : Nat\n⊢ broken = broken",
    }
    last = 3 + broken.count("\n") + 1
    lines = [refused.at[0] if refused.at else refused.line for refused in found.refused.values()]
    lines += [int(note.split(":")[1]) for note in found.notes]
    assert lines and all(4 <= line <= last for line in lines)
    if "lemma broken" in broken or "alias broken" in broken:
        said = [str(refused).replace("broken: it", "`broken`") for refused in found.refused.values()]
        assert any("`broken` can't be read" in sentence for sentence in (*said, *found.notes))


def test_an_own_lemma_that_can_not_be_read_is_not_called_mathlibs(server: StepServer) -> None:
    own = 'macro "lemma " n:declId s:declSig v:declVal : command => `(theorem $n $s $v)\n'
    for broken in (
        "lemma t (n : Nat : n = n := by sorry",
        "@[simp] lemma t : 1 = 1 := by sorry",
        "lemma 5 : 1 = 1 := rfl",
    ):
        found = read(server, f"{own}{broken}\n\ntheorem u : 1 = 1 := by sorry\n")
        assert "u" in found.tasks
        said = [*found.notes, *(refused.reason for refused in found.refused.values())]
        assert any("unexpected token" in each for each in said)
        assert "Mathlib" not in " ".join(said)


# ------------------------------------------------------------------------------- names that stand for every type


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("theorem nope (a : ℕ) : a = a := by sorry\n", ["`ℕ`"]),
        ("variable (z : ℤ)\ntheorem nope (w : ℤ) : z = w → w = z := by sorry\n", ["`ℤ`"]),
        ("theorem nope : ∀ x : Real, x = x := by sorry\n", ["`Real`"]),
        ("theorem nope (s : List ℝ) (n : ℕ) : s = s := by sorry\n", ["`ℝ`", "`ℕ`"]),
        ("example (a : ℚ) : a = a := by sorry\n", ["`ℚ`"]),
        ("theorem fine (a : α) (s : List β₂) (x : M') : a = a := by sorry\n", []),
        ("theorem nope (h : Claim) (n : Fin bound) : Claim := by sorry\n", ["`Claim`"]),
        ('notation "ℕ" => Nat\ntheorem fine (a : ℕ) : a = a := by sorry\n', []),
        ("theorem fine {ℕ : Type} (a : ℕ) : a = a := by sorry\n", []),
    ],
)
def test_a_name_that_may_be_meant_as_a_type_and_stands_for_every_one_is_told(
    server: StepServer, text: str, told: list[str]
) -> None:
    notes = [note for note in read(server, text).notes if "stands for any type" in note]
    assert sorted(note.split(": ")[1].split(" is ")[0] for note in notes) == sorted(told)


# --------------------------------------------------------------------------------- constants that Lean shares

_BY_PATTERNS = "theorem {name} (n : Nat) : n = n + 0 := match n with\n  | 0 => {body}\n  | k + 1 => {body}\n\n"


@pytest.mark.parametrize("second", ["rfl", "sorry"])
def test_a_theorem_does_not_rest_on_an_open_one_for_having_the_same_patterns(server: StepServer, second: str) -> None:
    text = _BY_PATTERNS.format(name="first", body="sorry") + _BY_PATTERNS.format(name="second", body=second)
    found = read(server, text)
    assert not found.refused
    assert set(found.tasks) == ({"first"} if second == "rfl" else {"first", "second"})


def test_a_theorem_rests_on_an_open_definition_whatever_its_name(server: StepServer) -> None:
    text = "def f.match_1 : Nat → Nat := sorry\n\ntheorem t : f.match_1 0 = f.match_1 0 := by sorry\n"
    assert "rests on" in str(read(server, text).refused["t"])
