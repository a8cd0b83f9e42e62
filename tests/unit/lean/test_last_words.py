"""What a process said last is for people: whole lines, and nothing of the embedded build's own talk."""

from __future__ import annotations

from prover.lean.last_words import last_words

IMPORTING = """[DEBUG:FIND] Init.Data: found 1 parts
  - /lean/lib/Init/Data.olean
[DEBUG:GO] Init.Data: needsData=true
  mainModule? = true
"""


def test_what_the_embedded_build_says_of_its_imports_is_left_out() -> None:
    assert last_words(IMPORTING + "no such library\n" + IMPORTING) == "no such library"
    assert last_words(IMPORTING) == ""


def test_of_much_the_last_whole_lines_are_kept() -> None:
    said = last_words("".join(f"line {number} of many\n" for number in range(100)))
    assert said.startswith("line ")
    assert said.endswith("line 99 of many")
    assert len(said) <= 400
    assert last_words("E" * 3000) == "E" * 400
