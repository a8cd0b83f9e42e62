"""The ban list, over all of the judge's cases and a few of its own."""

from __future__ import annotations

import pytest

from prover.judge import VerdictStatus
from prover.judge.scan import scan
from tests.cases import Case, cases
from tests.sample import one_in

_OPEN = "theorem t : 1 = 1 := by\n  sorry\n"


def words(challenge: str, solution: str) -> list[str]:
    return [finding.what for finding in scan(challenge, solution)]


@pytest.mark.parametrize("case", cases("attacks") + cases("honest"), ids=lambda case: case.name)
def test_the_ban_list_finds_what_the_case_says(case: Case) -> None:
    assert tuple(sorted(set(words(case.challenge, case.solution)))) == case.scan


def test_there_are_enough_cases_and_each_is_of_use() -> None:
    attacks, honest = cases("attacks"), cases("honest")
    assert len(attacks) >= 60
    assert len(honest) >= 20
    assert all(case.status is not VerdictStatus.ACCEPTED and case.kinds for case in attacks)
    assert all(case.status is VerdictStatus.ACCEPTED and not case.scan for case in honest)


def test_most_cheats_with_a_name_are_found_before_lean_starts() -> None:
    assert sum(bool(case.scan) for case in cases("attacks")) >= 50


def test_comments_and_strings_are_not_code() -> None:
    assert words(_OPEN, '-- sorry\n/- axiom /- native_decide -/ -/\ndef s := "#eval sorry"\n') == []


def test_a_word_inside_a_name_is_no_finding() -> None:
    assert words(_OPEN, "theorem axiom_free : List.prefix = h.notation ∧ sorry' = no_sorry := x\n") == []


def test_what_the_challenge_holds_may_be_repeated_but_not_more_often() -> None:
    challenge = 'notation "x" => 1\nset_option maxHeartbeats 0\n' + _OPEN
    assert words(challenge, challenge.replace("sorry", "rfl")) == []
    assert words(challenge, 'notation "y" => 2\n' + challenge.replace("sorry", "rfl")) == ["notation"]


def test_the_challenges_own_sorry_is_not_allowed() -> None:
    assert words(_OPEN, _OPEN) == ["sorry"]
    assert words("theorem u : 1 = 1 := sorry\n" + _OPEN, "theorem u : 1 = 1 := sorry\ntheorem t : 1 = 1 := rfl\n") == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("set_option maxHeartbeats 400000 in", False),
        ("set_option maxHeartbeats 0 in", True),
        ("set_option maxHeartbeats 99999999 in", True),
        ("set_option synthInstance.maxHeartbeats 40000 in", False),
        ("set_option maxRecDepth 10000 in", False),
        ("set_option pp.all true", False),
        ("set_option debug.anything true", True),
        ("set_option «debug».anything true", True),
        ("set_option doc.verso true", True),
    ],
)
def test_options_within_policy_are_allowed(text: str, is_found: bool) -> None:
    assert bool(words(_OPEN, text + "\n" + _OPEN.replace("sorry", "rfl"))) == is_found


def test_constants_are_found_behind_any_namespace() -> None:
    assert words(_OPEN, "theorem t := _root_.sorryAx _ «lcProof» Lean.ofReduceBool") == [
        ".sorryAx",
        "«lcProof»",
        ".ofReduceBool",
    ]


def test_invisible_characters_are_found_even_in_comments() -> None:
    assert words(_OPEN, "-- \u202e\n") == ["U+202E"]


def test_a_finding_names_its_line() -> None:
    assert str(scan(_OPEN, "\n\n  admit")[0]) == "'admit' in line 3"


@pytest.mark.parametrize("word", ["#guard_msgs", "#guard", "#check_failure", "#widget", "docs_to_verso"])
def test_commands_that_hide_errors_or_run_code_are_found(word: str) -> None:
    assert words(_OPEN, f"{word} in\n#check 1\n#print t\n#guard_expr 1 =~ 1\n") == [word]


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ("@[unification_hint] def", "unification_hint"),
        ("@[command_elab f] def", "command_elab"),
        ("@[simp, term_elab f, ext] def", "term_elab"),
        ("@[local tactic f] def", "tactic"),
        ("@[simp, scoped macro f] def", "macro"),
        ("@[-simproc] def", "simproc"),
        ("@[deprecated x[0] (since := xs[1]),\n  init] def", "init"),
        ("attribute [simprocAttr] f", "simprocAttr"),
        ("attribute [local simp, -term_parser] f g", "term_parser"),
        ("attribute\n  [builtin_init] f", "builtin_init"),
        ("@ /- ] -/ [ -- ]\n app_unexpander f] def", "app_unexpander"),
        ("@[«command_elab» f] def", "command_elab"),
        ("attribute [«simproc»] f", "simproc"),
        ("@[«implemented_by» g] def", "implemented_by"),
        ("@[Lean.«delab» f] def", "delab"),
        ("@[command_elab.«_@».M._hyg f] def", "command_elab"),
        ("@[simp «]\n», combinator_formatter] def", "combinator_formatter"),
        ("@[category_parenthesizer f] def", "category_parenthesizer"),
        ("@[app_delab f] def", "app_delab"),
        ("@[inductive_elab f] def", "inductive_elab"),
        ("@[hole_code_action] def", "hole_code_action"),
        ("@[doc_role] def", "doc_role"),
        ("@[csimp] theorem", "csimp"),
        ("@[extern f] def", "extern"),
        ("@[export f] def", "export"),
        ("x := 1attribute [quot_precheck] f", "quot_precheck"),
    ],
)
def test_an_attribute_that_installs_code_is_found_by_its_bare_name(attributes: str, name: str) -> None:
    assert words(_OPEN, attributes) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "theorem u : xs.init = ys.init := by simp [xs.init, List.delab]",
        "@[simp, elab_as_elim] theorem macro_free : tactic = init := delab",
        "attribute [local simp] tactic init command_elab",
        "attribute [-simp, scoped grind =, local instance] f in theorem u := [tactic]",
        "@[simp] def tactic (init : Nat) := [init, f[init]!, unification_hint]",
        "open Lean.Parser.Tactic in theorem u := term_parser",
        "variable (tactic : Nat) (attribute_ : List Nat) (h : my_attribute [tactic])",
        "@[induction_eliminator, cases_eliminator, default_instance 100, macro_inline, inline] def f := 1",
        "@[ext, refl, symm, reducible, irreducible, specialize, coe, norm_cast, deprecated f] def f := 1",
        "inductive «axiom» deriving Repr\nderiving instance DecidableEq for «axiom»",
    ],
)
def test_an_attributes_name_elsewhere_and_a_harmless_attribute_are_no_finding(text: str) -> None:
    assert words(_OPEN, text) == []


def test_an_attribute_of_the_challenge_may_be_repeated_as_often() -> None:
    challenge = "@[unification_hint] def h := 1\n" + _OPEN
    proof = challenge.replace("sorry", "rfl")
    assert words(challenge, proof) == []
    assert words(challenge, proof + "attribute [«unification_hint»] g\n") == ["unification_hint"]


@pytest.mark.parametrize(
    "glue", ["1", "1_000", "0xF", "0b1", "1.", "1e5", "1.0e-5", "1.e5", "x⁻¹", "..", "[1...", "λ", "ж", "«x»"]
)
def test_a_word_needs_no_space_before_it(glue: str) -> None:
    assert words(_OPEN, f"def x := {glue}opaque") == ["opaque"]
    assert words(_OPEN, f"def x := {glue}set_option debug.x true") == ["set_option debug.x true"]


def test_a_field_that_is_called_like_a_word_is_no_finding() -> None:
    assert words(_OPEN, "x.prefix x.1.prefix x.1.2.infix (x).macro .axiom αaxiom éaxiom x₁axiom axiomᵢ axiomⱼ") == []


@pytest.mark.parametrize(
    "text",
    [
        'def x := s!"{(by run_tac f : Nat)}"',
        'dbg_trace "{(by run_tac f : Nat)}"; 1',
        'throwError "a {x} b {(by run_tac f : Nat)}"',
        'm!"{(by run_tac f)}"',
        'f!"{(by run_tac f)}"',
        's! "{(by run_tac f)}"',
        'throwErrorAt x "{f "}"} {run_tac}"',
        's!"{f s!"{run_tac}"}"',
        's!"{ {a := 1 : S}.a} {run_tac}"',
        """s!"{'"'} {run_tac}\"""",
        's!"{r"}\\"} {run_tac}"',
        's!"{x /- " -/} {run_tac}"',
        's!"{x -- "}\n} {run_tac}"',
        's!"\\\\{run_tac}"',
        's!"{run_tac',
        'f "{" -- "\ndbg_trace "{run_tac}"',
        'f "{" -- "\ndbg_trace "{"}"} {run_tac}" -- "}"',
        '@[deprecated "{f "}"}"] def x := "{" ++ run_tac',
    ],
)
def test_what_stands_in_the_braces_of_a_string_is_code(text: str) -> None:
    assert words(_OPEN, text) == ["run_tac"]


@pytest.mark.parametrize(
    "text",
    [
        'f "#eval sorry"',
        's!"{x} sorry {y} axiom"',
        's!"\\{sorry} \\\\\\{sorry}"',
        's!"{f "sorry"} {f r"axiom"} {f s!"{x} axiom"}"',
        's!"{x -- axiom "}\n} axiom"',
        'r"{sorry}" ++ r#"{"sorry"}"# ++ r"\\" ++ "sorry"',
        '"{" ++ x ++ "}" ++ "sorry"',
        'throwError "{f "x"} sorry" "axiom"',
        '"{{x}} sorry {x" ++ y',
    ],
)
def test_the_rest_of_a_string_is_not(text: str) -> None:
    assert words(_OPEN, text) == []


@pytest.mark.parametrize("opener", ['panic!"{"', 'x.s!"{"', '`s!"{"', 'as!"{"', 'f "{"', 'x|>.f! "{"'])
def test_a_string_that_looks_interpolated_may_be_plain(opener: str) -> None:
    assert words(_OPEN, f'def x := {opener}\naxiom bad : False --"}}"') == ["axiom"]


def test_without_leans_own_library_s_may_be_any_name() -> None:
    challenge = "prelude\nimport Init.Prelude\n" + _OPEN
    assert words(challenge, 'prelude\nimport Init.Prelude\ndef x := s!"{"\naxiom bad : False --"}"') == ["axiom"]


@pytest.mark.parametrize("glue", ["1", "¹", "λ", "1e5", "0xf", "#check", "≃", "x.1", ""])
@pytest.mark.parametrize("literal", [r"""r"\"""", """'"'"""])
def test_a_literal_needs_no_space_before_it(glue: str, literal: str) -> None:
    assert words(_OPEN, f'def x := {glue}{literal}axiom bad : False --"') == ["axiom"]


@pytest.mark.parametrize(
    "text", ["x1'\"' axiom\"", "f '' \"' axiom\"", "s ⁻¹'\"' x\" 'a'", 'x.r"\\" axiom"', "h₁'\"'axiom\""]
)
def test_a_prime_that_belongs_to_a_name_or_a_symbol_opens_nothing(text: str) -> None:
    assert words(_OPEN, text) == []


def test_a_prime_behind_a_symbol_is_read_both_ways() -> None:
    assert words(_OPEN, 'f ⁻¹\'"\'" axiom bad : False --"') == ["axiom"]
    assert words(_OPEN, "f ⁻¹'\"'axiom bad : False --\"") == ["axiom"]


def test_a_text_with_too_many_readings_is_refused() -> None:
    what = "strings with braces that can be read in too many ways"
    assert words(_OPEN, '"{" ' * 10_000) == [what]
    assert words(_OPEN, '"{" ' * 100) == []
    assert words(_OPEN, '"{x}" ++ "{" ++ y ++ "}" ' * 100) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#evalx", ["#evalx"]),
        ("#check_failurex", ["#check_failurex"]),
        ("#whereaxiom bad : False", ["axiom"]),
        ("#whereset_option debug.x true", ["set_option debug.x true"]),
        ("#whereopen private x from y", ["open private"]),
        ("#s = 1 ∧ #guard_expr ∧ #check x ∧ #find_syntax ∧ #axioms", []),
    ],
)
def test_a_command_with_a_hash_needs_no_space_behind_it(text: str, found: list[str]) -> None:
    assert words(_OPEN, text) == found


PIECES = (
    *("«", "«a", 's!"{', "/-", "a'", 'r#"', "sorry ", "set_option ", "open ", "'\\"),
    *("@[", "attribute [", "@[a,", "[", "@[[]", "@ ", "attribute ", "@[«", "1_", "0x", "1.", "1e", "..", "α"),
    *('"{', '"{"', '{"{"}', '"{"}"', '"{}', '"{/-', '"{/- -/', '"{s!"{', '"}', '"{\n--"\n', '-- "\n"{x}"', '"{r"'),
    *('s!"{f "x"}"', "1'\"'", "''", "⁻¹'", 'r"', "r#", 'r####"{', "#r'", "abc.", "`r"),
)
"""Pieces of texts that a scanner may read again and again."""


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", one_in(4, PIECES))
def test_a_hostile_text_is_scanned_in_linear_time(piece: str) -> None:
    """Of a quarter of the pieces; the drills have them all."""
    hold_linear(piece)


def hold_linear(piece: str) -> None:
    """The scan comes to its end, whose time is the test's limit."""
    scan(_OPEN, piece * 60_000)
    scan(_OPEN, piece.strip() + " " * 300_000)


def test_a_proof_of_a_million_characters_is_refused() -> None:
    assert words(_OPEN, "theorem t : 1 = 1 := rfl" + " " * 1_000_100) == ["more than 1000000 characters"]
