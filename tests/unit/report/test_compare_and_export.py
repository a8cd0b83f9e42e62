"""Paired comparisons that refuse what can't be compared, and exports that say where each row comes from."""

import json
from pathlib import Path
from typing import Any

import pytest

from prover.data.export import KINDS, export_run
from prover.data.layouts import LAYOUTS
from prover.errors import RunFolderError, UsageError
from prover.report.compare import compare_runs, comparison_text
from prover.run.records import read_run
from prover.run.trace import TraceExpansion, TraceTactic, TraceWriter, trace_path
from tests.fakes.run_folder import make_run


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_comparison_is_paired_and_names_what_changed(tmp_path: Path) -> None:
    first = read_run(make_run(tmp_path / "1", proved=("A.one", "A.two")))
    second = read_run(make_run(tmp_path / "2", proved=("A.one", "row<1>", "row2"), passes=2, seconds={"A.one": 1.0}))
    found = compare_runs(first, second)
    assert (found.total, found.both, found.neither) == (7, 1, 3)
    assert (found.only_first, found.only_second) == (("A.two",), ("row<1>", "row2"))
    assert found.difference == pytest.approx(1 / 7)
    assert found.p_value == 1.0
    assert found.speed == 2.0
    assert found.settings == {"search.passes": (1, 2)}
    text = comparison_text(found)
    assert "only the second solved:\n  row<1>\n  row2" in text
    assert "failed → proved: 2" in text


def test_scores_of_different_lineages_are_refused(tmp_path: Path) -> None:
    first, second = read_run(make_run(tmp_path / "1")), read_run(make_run(tmp_path / "2", statement="2 = 3"))
    with pytest.raises(UsageError, match=r"6 statements are the same, 1 have the same name but another text.*A\.slow"):
        compare_runs(first, second)
    found = compare_runs(first, second, common_only=True)
    assert (found.total, found.left_out) == (6, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", [".jsonl", ".json", ".parquet"])
def test_every_export_is_written_in_every_form(tmp_path: Path, kind: str, ending: str) -> None:
    if (kind, ending) == ("leandojo", ".parquet"):
        with pytest.raises(UsageError, match="nests lists"):
            export_run(make_run(tmp_path), kind, tmp_path / "x.parquet")
        return
    if ending == ".parquet":
        pytest.importorskip("pyarrow", reason="the data extra is not installed")
    run = make_run(tmp_path)
    target = tmp_path / "out" / f"x{ending}"
    count = export_run(run, kind, target)
    assert count == (3 if kind not in ("tactics", "preferences") else count) > 0
    if ending == ".jsonl":
        assert len(rows(target)) == count
    if ending == ".json":
        assert len(json.loads(target.read_text(encoding="utf-8"))) == count
    if ending == ".parquet":
        import pyarrow.parquet as parquet

        assert parquet.read_table(target).num_rows == count


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "leandojo"])
def test_an_export_without_rows_has_the_columns_of_one_with_rows(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("pyarrow", reason="the data extra is not installed")
    import pyarrow.parquet as parquet

    run, empty = make_run(tmp_path / "1"), make_run(tmp_path / "2", proved=())
    for trace in (empty / "trace").iterdir():
        trace.unlink()
    assert export_run(run, kind, tmp_path / "rows.parquet") > 0 == export_run(empty, kind, tmp_path / "none.parquet")
    schema = parquet.read_schema(tmp_path / "rows.parquet")
    assert parquet.read_schema(tmp_path / "none.parquet") == schema
    export_run(run, kind, tmp_path / "rows.jsonl")
    assert set(rows(tmp_path / "rows.jsonl")[0]) == set(schema.names)


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_judged_disproof_is_a_row_of_the_negation(tmp_path: Path, kind: str) -> None:
    run = make_run(tmp_path)
    lines = [json.loads(line) for line in (run / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    settled = {"status": "disproved", "proof": "decide", "verdict": {"status": "accepted", "axioms": []}}
    lines = [{**line, **settled} if line["id"] == "A.never" else line for line in lines]
    (run / "results.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert export_run(run, kind, tmp_path / "x.jsonl") == 4
    row = rows(tmp_path / "x.jsonl")[2]
    text = json.dumps(row, ensure_ascii=False)
    assert "theorem _root_.disproof : ¬(type_of% @_root_.A.never)" in text and "decide" in text
    assert "A.never.disproof" in row.values() or kind == "lean-workbook"


def test_proofs_leave_in_the_published_layouts(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    export_run(run, "deepseek", tmp_path / "d.jsonl")
    first = rows(tmp_path / "d.jsonl")[0]
    assert first["formal_statement"] == "theorem one (p : Prop) : p → p ∧ p := by\n"
    assert first["formal_proof"] == "  intro h\n  constructor\n  · exact h\n  · exact h"
    export_run(run, "goedel", tmp_path / "g.jsonl")
    assert rows(tmp_path / "g.jsonl")[2]["full_proof"].endswith(
        ":= by\n  intro h\n  constructor\n  · exact h\n  · exact h\n"
    )
    export_run(run, "leandojo", tmp_path / "l.json")
    dojo = json.loads((tmp_path / "l.json").read_text(encoding="utf-8"))[0]
    assert [step["tactic"] for step in dojo["traced_tactics"]] == ["intro h", "constructor", "exact h", "exact h"]
    assert dojo["traced_tactics"][-1]["state_after"] == "no goals"


def test_training_pairs_keep_refusals_and_their_messages_once(tmp_path: Path) -> None:
    export_run(make_run(tmp_path), "tactics", tmp_path / "t.jsonl")
    found = rows(tmp_path / "t.jsonl")
    assert len({(row["state"], row["tactic"]) for row in found}) == len(found)
    refused = next(row for row in found if row["outcome"] == "rejected" and row["tactic"] == "omega")
    assert refused["error"] == "omega could not\nprove it"
    assert not refused["on_proof"]
    intro = next(row for row in found if row["tactic"] == "intro h")
    assert intro["on_proof"]
    assert intro["state_after"] == "h : p\n⊢ p ∧ p"
    assert intro["theorem"] == "A.one"
    assert intro["header"] == "namespace A"
    assert intro["proof_before"] == ""
    assert next(row["proof_before"] for row in found if row["tactic"] == "constructor") == "intro h"
    assert intro["lineage"]
    assert intro["toolchain"] == "lean"


def test_preferences_put_the_state_on_the_proof_first(tmp_path: Path) -> None:
    export_run(make_run(tmp_path), "preferences", tmp_path / "p.jsonl")
    found = {(row["kind"], row["chosen"], row["rejected"]) for row in rows(tmp_path / "p.jsonl")}
    assert ("sibling", "h : p\n⊢ p ∧ p", "x : p\n⊢ p ∧ p") in found
    assert ("later", "h : p\n⊢ p", "h : p\n⊢ p ∧ p") in found


def test_every_attempt_is_mined_and_a_tactic_that_lean_writes_alike_is_one_row(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    tactics = [
        TraceTactic("exact  h", "rejected", -1.0, text="exact h", kind="error", error="no"),
        TraceTactic("exact h", "rejected", -1.0, kind="error", error="no"),
    ]
    with TraceWriter(trace_path(run, "A.slow", 1), {"id": "A.slow"}) as writer:
        writer.write(TraceExpansion(0, "k9", "⊢ of the second pass", (), 0.1, tuple(tactics)))
    lines = (run / "results.jsonl").read_text(encoding="utf-8").splitlines()
    again = {**next(line for line in map(json.loads, lines) if line["id"] == "A.slow"), "attempt": 1}
    (run / "results.jsonl").write_text("\n".join([*lines, json.dumps(again)]) + "\n", encoding="utf-8")
    export_run(run, "tactics", tmp_path / "t.jsonl")
    found = [row for row in rows(tmp_path / "t.jsonl") if row["theorem"] == "A.slow"]
    assert [row["tactic"] for row in found if row["state"] == "⊢ of the second pass"] == ["exact h"]
    assert len(rows(tmp_path / "t.jsonl")) == 1 + export_run(make_run(tmp_path / "2"), "tactics", tmp_path / "2.jsonl")


@pytest.mark.parametrize(
    ("target", "said"), [("data.csv", r"ends in \.jsonl"), ("data", r"ends in"), ("file/x.json", "can't be written")]
)
def test_a_target_that_no_export_can_be_written_to_is_said(tmp_path: Path, target: str, said: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((UsageError, RunFolderError), match=said):
        export_run(make_run(tmp_path), "tactics", tmp_path / target)


def test_an_unknown_export_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="deepseek, goedel"):
        export_run(make_run(tmp_path), "x", tmp_path / "x")
