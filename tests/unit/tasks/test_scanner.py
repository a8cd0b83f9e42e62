"""Code told from comments, strings and characters."""

import pytest

from prover.tasks.scanner import LineIndex, mask, tokens


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a -- sorry\nb", "a         \nb"),
        ("a /- x /- sorry -/ y -/ b", "a                       b"),
        ('f "-- \\" sorry" b', "f               b"),
        ('f r#"a" sorry"# b', "f               b"),
        ('s!"{g "sorry"} }" b', "                  b"),
        ("h' 'x' h''", "h'     h''"),
        ("c = '\"' ∧ d", "c =     ∧ d"),
        ("c = '\\'' b", "c =      b"),
        ('1r"\\"axiom', "1    axiom"),
        ("1'\"'axiom", "1   axiom"),
        ("1e5'\"'¹'\"'λ'\"'axiom", "1e5   ¹   λ   axiom"),
        ("x1'\"' a\" x₁'\"'\" a", "x1'      x₁'    a"),
        ("x1' '1' 1'1'", "x1'     1   "),
        ("f '' '\"'axiom", "f ''    axiom"),
        ('x.r"\\"" a', "x.r     a"),
        ('for"r" a', "for    a"),
        ("«a -- b» c", "«a -- b» c"),
        ("/- never closed sorry", "                     "),
        ('"never closed', "             "),
    ],
)
def test_comments_strings_and_characters_are_blanked(text: str, code: str) -> None:
    assert mask(text) == code
    assert len(mask(text)) == len(text)


def test_literals_can_be_kept() -> None:
    assert mask('a "x" -- c', literals=False) == 'a "x"     '


def test_tokens_know_line_starts_columns_and_depth() -> None:
    found = list(tokens("theorem a.b (x)\n  := ⟨y⟩"))
    assert [token.text for token in found] == ["theorem", "a.b", "(", "x", ")", ":=", "⟨", "y", "⟩"]
    assert [token.depth for token in found] == [0, 0, 0, 1, 0, 0, 0, 1, 0]
    assert [token.text for token in found if token.opens_line] == ["theorem", ":="]
    assert found[5].column == 2


def test_positions_are_leans_lines_from_one_and_columns_from_zero() -> None:
    index = LineIndex("ab\n∀x\n")
    assert [index.position(offset) for offset in (0, 1, 3, 4)] == [(1, 0), (1, 1), (2, 0), (2, 1)]
