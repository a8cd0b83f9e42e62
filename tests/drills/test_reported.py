"""What users reported: small files of each kind, whole, through prove, suggest, check and export."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lean.data.test_exports import FILES
from tests.lean.lean_project.step_client import StepServer

pytestmark = [pytest.mark.timeout(3600)]

INPUTS = sorted((Path(__file__).parents[1] / "cases" / "reported").iterdir())
TIME_S = 300
"""For a theorem: all are easy, but the judge's first import of `Std` takes a minute on a busy machine."""
INVALID = {"first", "above", "about", "broken"}
"""What no search can prove: under a guard that its proof would change, on a `sorry`, on axioms, in Mathlib's words."""
PROVED = {
    *("example_2", "example_6", "before_command", "uses_two", "open_one", "uses_it", "later"),
    *("double_zero", "after_proved", "one", "two", "case_of", "argument", "first_of", "inferred", "head", "let_in"),
    *("behind", "second", "third", "std_first", "std_second", "idea", "healthy", "crlf", "nan", "c"),
    *("round_trip", "hole_exact", "Own.doubled"),
}


UNREADABLE = {"in/lemma.lean": [(1, 0)]}
"""Where Lean itself finds an error in a file as it stands: the word `lemma` is Mathlib's."""


def stepwise(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prover.cli.main", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=1200, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inputs, and a run over them."""
    home = tmp_path_factory.mktemp("reported")
    shutil.copytree(INPUTS[0].parent, home / "in")
    done = stepwise("prove", "in", "--out", "run", "--time-limit", str(TIME_S), cwd=home)
    assert done.returncode == 1, done.stderr  # some are invalid
    return home


def results(home: Path) -> dict[str, dict[str, Any]]:
    lines = (home / "run" / "results.jsonl").read_text(encoding="utf8").splitlines()
    return {row["name"]: row for row in map(json.loads, lines)}


def test_each_has_the_result_that_lean_allows(folder: Path) -> None:
    found = results(folder)
    assert {name for name, row in found.items() if row["status"] == "proved"} == PROVED
    assert {name for name, row in found.items() if row["status"] == "invalid" and row["error"]} == INVALID
    assert set(found) == PROVED | INVALID


def test_files_come_back_with_their_sorries_alone_changed_and_every_proof_is_judged_again(folder: Path) -> None:
    for solved in (folder / "run" / "solved").rglob("*.lean"):
        lines = solved.read_text(encoding="utf8").split("\n")
        given = (folder / "in" / solved.name).read_text(encoding="utf8").split("\n")
        kept = [line for line in given if "sorry" not in line]
        assert [line for line in lines if line in kept] == kept, solved
    checked = stepwise("check", "run", "--json", cwd=folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert len(checked.stdout.splitlines()) == len(PROVED)


def test_suggest_has_something_at_every_sorry_that_was_proved(folder: Path) -> None:
    for file, number in proofs(folder):
        done = stepwise("suggest", f"{file}:{number}", "--json", "--no-search", "--keep", "60", cwd=folder)
        assert done.returncode == 0, (file, number, done.stderr)
        assert json.loads(done.stdout)["suggestions"]


def test_the_repl_lists_every_sorry_of_a_file_and_closes_it_with_its_proof(folder: Path) -> None:
    found = proofs(folder)
    for file in sorted({file for file, _ in found}):
        requests = [{"path": file}]
        (answer,) = repl(folder, requests)
        errors = (message["pos"] for message in answer.get("messages", ()) if message["severity"] == "error")
        assert [(at["line"], at["column"]) for at in errors] == UNREADABLE.get(file, [])
        states = {each["pos"]["line"]: each["proofState"] for each in answer["sorries"]}
        asked = [(line, proof) for (source, line), proof in found.items() if source == file]
        assert {line for line, _ in asked} <= set(states)
        requests += [{"tactic": f"(\n{proof}\n)", "proofState": states[line]} for line, proof in asked]
        for (line, proof), closed in zip(asked, repl(folder, requests)[1:], strict=True):
            assert closed.get("goals") == [], (file, line, proof, closed)


def repl(home: Path, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers to these requests, from one process."""
    command = [sys.executable, "-m", "prover.cli.main", "repl"]
    text = "\n\n".join(map(json.dumps, requests)) + "\n"
    done = subprocess.run(command, cwd=home, input=text, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stderr
    decoder, position, answers = json.JSONDecoder(), 0, list[dict[str, Any]]()
    while rest := done.stdout[position:].lstrip():
        answer, length = decoder.raw_decode(rest)
        answers.append(answer)
        position = len(done.stdout) - len(rest) + length
    return answers


def proofs(home: Path) -> dict[tuple[str, int], str]:
    """The proof that was found for each `sorry` of the `.lean` files, by its file and line."""
    found: dict[tuple[str, int], str] = {}
    for row in results(home).values():
        if row["status"] == "proved" and row["source"].endswith(".lean"):
            lines = (home / row["source"]).read_text(encoding="utf8").split("\n")
            number = next(n for n in range(row["line"], len(lines) + 1) if "sorry" in lines[n - 1])
            found[row["source"], number] = row["proof"]
    return found


@pytest.mark.parametrize("layout", FILES)
def test_every_exported_row_compiles(folder: Path, layout: str) -> None:
    done = stepwise("export", "run", layout, f"{layout}.json", cwd=folder)
    assert done.returncode == 0, done.stderr
    rows = json.loads((folder / f"{layout}.json").read_text(encoding="utf8"))
    assert len(rows) == len(PROVED)
    texts = [FILES[layout](row) for row in rows]
    for group in (
        [text for text in texts if "import Std" in text],
        [text for text in texts if "import Std" not in text],
    ):
        with StepServer() as server:  # `Std` is large: one of its own for those that import it
            for text in group:
                assert server.accepts_file(text), text
                server.ask(dropAll=True)
