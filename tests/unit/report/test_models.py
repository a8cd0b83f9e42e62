"""A report names the models that the run worked with, and what became of their answers."""

from __future__ import annotations

import json
from pathlib import Path

from prover.models.facts import ModelFacts
from prover.policy.opened import facts_json
from prover.report.write import write_report
from prover.run.folder import RunFolder, read_info
from prover.run.result import Status, TheoremResult
from prover.run.usage import Usage
from prover.tasks import load_tasks

FACTS = ModelFacts(
    "internlm/internlm2_5-step-prover", "stepprover2.5", "bfloat16", "ab" * 32, "cuda:0", ("75% of 141 GB",)
)


def test_models_and_dropped_answers_stand_in_every_form_of_the_report(tmp_path: Path) -> None:
    tasks = load_tasks([], ["theorem t : 1 = 1 := by sorry"])
    config = {"models": {"policy": "internlm/internlm2_5-step-prover", "critic": "heuristic"}}
    folder = RunFolder.create(tmp_path, tasks, config=config, versions={}, seed=0, toolchain="x", started_at=0.0)
    folder.note_models(facts_json({"policy": (FACTS,), "critic": ()}))
    folder.close()
    samples = [{"at_s": n, "answers": count, "answers_cut": count // 4} for n, count in enumerate((40, 80, 20, 40))]
    (tmp_path / "utilisation.jsonl").write_text("\n".join(map(json.dumps, samples)) + "\n")
    assert read_info(tmp_path).models["policy"][0]["weights_id"] == "ab" * 32
    write_report(tmp_path)
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text()
        assert "internlm/internlm2_5-step-prover (style stepprover2.5, bfloat16, weights id abababababababab)" in text
        assert "75% of 141 GB" in text
        assert "120; dropped 25.0% (30 cut off at the token limit, 0 unreadable)" in text


def test_planners_stand_in_the_report_with_what_their_sketches_came_to(tmp_path: Path) -> None:
    tasks = load_tasks([], ["theorem t : 1 = 1 := by sorry"])
    config = {"plan": {"planners": ["script:mine.lean"]}}
    folder = RunFolder.create(tmp_path, tasks, config=config, versions={}, seed=0, toolchain="x", started_at=0.0)
    counts = {"calls": 3, "sketches": 2, "refused": 1, "disproved": 1, "holes": 5, "filled": 4, "from_board": 1}
    folder.journal.append(TheoremResult("t", "t", Status.FAILED, "wall_time", usage=Usage(plan=counts)))
    folder.close()
    write_report(tmp_path)
    for name in ("report.html", "report.md"):
        assert (
            "script:mine.lean: 3 requests, 2 sketches worked at, 1 refused, 1 with a false goal, 4 of 5 holes filled, "
            "1 of them with a known script"
        ) in (tmp_path / name).read_text()
