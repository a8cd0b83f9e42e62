"""Reports of a run: nothing leaves the denominator, and every form says the same."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from prover.report.summary import summarise
from prover.report.write import write_report
from prover.run.records import read_run
from prover.run.result import Status
from prover.tasks.presets import preset
from tests.fakes.run_folder import make_run


class Checker(HTMLParser):
    """Every tag that is opened is closed."""

    VOID = frozenset(("meta", "input", "br", "line", "rect", "circle", "path", "polyline"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def checked(path: Path) -> Checker:
    checker = Checker()
    checker.feed(path.read_text(encoding="utf-8"))
    assert checker.open == []
    return checker


def test_the_denominator_is_the_input_list(tmp_path: Path) -> None:
    summary = summarise(read_run(make_run(tmp_path)))
    assert (summary.total, summary.proved.hits, summary.proved.total) == (7, 3, 7)
    assert summary.counts == {"proved": 3, "disproved": 0, "failed": 3, "unknown": 0, "invalid": 1}
    assert summary.valid.total == 6
    assert [group.solved.total for group in summary.groups] == [5, 2]


def test_a_theorem_that_was_not_reached_stays_in_the_list(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    lines = (run / "results.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (run / "results.jsonl").write_text("".join(lines[:3]), encoding="utf-8")
    summary = summarise(read_run(run))
    assert (summary.total, summary.proved.hits, summary.counts["unknown"]) == (7, 2, 4)
    assert summary.stop_reasons["unknown"] == {"not reached": 4}


def test_pass_at_k_counts_first_solutions_over_the_whole_list(tmp_path: Path) -> None:
    summary = summarise(read_run(make_run(tmp_path, passes=3)))
    assert [(k, value.hits, value.total) for k, value in summary.pass_at] == [(1, 2, 7), (2, 2, 7), (3, 3, 7)]
    assert summary.budget == "3×32×600, 10 s a theorem"


def test_curves_add_up_every_attempt_before_the_proof(tmp_path: Path) -> None:
    curves = summarise(read_run(make_run(tmp_path, passes=3))).curves
    assert curves["seconds"] == ((0.5, 1), (1.0, 2), (7.5, 3))
    assert curves["tactics"] == ((10.0, 1), (20.0, 2), (150.0, 3))
    assert "tokens" not in curves


def test_every_form_of_the_report_is_written_and_well_formed(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    samples = (f'{{"at_s": {at}, "lean_busy": 0.5, "judge_busy": 0, "asked": {at}, "idle": 0}}\n' for at in (0, 9))
    (run / "utilisation.jsonl").write_text("".join(samples) + "torn", "utf-8")
    summary = write_report(run)
    assert json.loads((run / "report.json").read_text(encoding="utf-8"))["proved"]["hits"] == summary.proved.hits
    assert "3/7 = 42.9%" in (run / "report.md").read_text(encoding="utf-8")
    page = checked(run / "report.html")
    assert "3 of 7 proved" in page.text
    key, plots = page.text.split("Busy share over time")[1].split("asked", 1)
    assert re.search(r"lean\s+judge", key)  # which colour is whose stands above the plot, not in it
    assert "idle" not in plots  # what was never above nothing has no plot
    pages = sorted((run / "theorems").iterdir())
    assert len(pages) == 7
    for each in pages:
        checked(each)


def test_busy_shares_are_those_of_the_samples_whose_clock_stands_still_between_a_stop_and_a_resume(
    tmp_path: Path,
) -> None:
    run = make_run(tmp_path)
    samples = [{"at_s": 10.0, "lean_busy": 0.5, "judge_busy": 0.0}, {"at_s": 20.0, "lean_busy": 1.0, "judge_busy": 0.2}]
    (run / "utilisation.jsonl").write_text("".join(json.dumps(each) + "\n" for each in samples), encoding="utf-8")
    data = read_run(run)
    shares = summarise(data).utilisation
    assert shares["Lean workers, with a request"] == 0.75
    assert shares["judge, with a proof"] == 0.1
    workers = data.info.config["lean"]["workers"]
    lean_s = sum(record.lean_s for record in data.records)
    assert shares["Lean, in tactics"] == round(lean_s / (20.0 * workers), 4)


def test_hostile_names_and_texts_stay_text(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    write_report(run)
    assert "row<1>" in checked(run / "report.html").text
    assert "row<1>" not in (run / "report.md").read_text(encoding="utf-8")


def test_a_page_shows_statement_verdict_proof_and_tree(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    write_report(run)
    page = checked(run / "theorems" / "A.one.html")
    for part in ("theorem one (p : Prop) : p → p ∧ p := by", "· exact h", "accepted", "Search tree", "constructor"):
        assert part in page.text
    assert page.tags.count("circle") == 5


def test_a_disproof_is_linked_where_it_lies(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    results = [json.loads(line) for line in (run / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    changed = [{**each, "status": "disproved"} if each["id"] == "A.one" else each for each in results]
    (run / "results.jsonl").write_text("".join(json.dumps(each) + "\n" for each in changed), encoding="utf-8")
    write_report(run)
    assert "[A.one](disproofs/A.one.lean)" in (run / "report.md").read_text(encoding="utf-8")
    assert "[A.two](proofs/A.two.lean)" in (run / "report.md").read_text(encoding="utf-8")
    assert "../disproofs/A.one.lean" in (run / "theorems" / "A.one.html").read_text(encoding="utf-8")


def test_a_damaged_trace_costs_only_its_tree(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    (run / "trace" / "A.one.jsonl.gz").write_bytes(b"rubbish")
    write_report(run)
    assert "is not a trace" in checked(run / "theorems" / "A.one.html").text


def test_an_empty_run_can_be_reported(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    (run / "results.jsonl").unlink()
    summary = write_report(run)
    assert summary.proved.hits == 0
    assert all(record.status is Status.UNKNOWN for record in read_run(run).records)
    checked(run / "report.html")


def test_the_budget_names_the_preset_and_says_when_it_was_changed(tmp_path: Path) -> None:
    settings = preset("minif2f-internlm2.5-bf").settings()
    for changes, shown in (({}, "minif2f-internlm2.5-bf: 256×32×600"), ({"samples": 8}, "(changed): 256×8×600")):
        run = make_run(tmp_path / shown[:3])
        info = json.loads((run / "run.json").read_text())
        info["config"] |= {"preset": "minif2f-internlm2.5-bf", "search": {**settings["search"], **changes}}
        (run / "run.json").write_text(json.dumps(info))
        assert shown in summarise(read_run(run)).budget
