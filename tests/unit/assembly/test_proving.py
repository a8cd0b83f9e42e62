"""A run that can't begin leaves nothing behind; one that is resumed with another Lean says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from prover.assembly import proving
from prover.assembly.components import Own
from prover.assembly.listener import Listener
from prover.assembly.proving import prove, resume
from prover.assembly.toolchains import Toolchains
from prover.config import Config, LeanConfig, ModelConfig, SearchConfig
from prover.errors import ModelError, RunFolderError, UsageError
from prover.run.folder import RunFolder
from prover.tasks import TaskList, load_tasks
from tests.fakes.policy import HashPolicy
from tests.fakes.toolchain import FakeToolchain


class Noting(Listener):
    """Remembers what it was warned of."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)


def one_theorem() -> TaskList:
    return load_tasks([], ["theorem t : 1 = 1 := by sorry"])


def opening(*toolchains: FakeToolchain) -> Callable[[LeanConfig, Listener], Awaitable[Toolchains]]:
    """Opens these Leans, whatever the settings name."""

    async def open_toolchains(_: LeanConfig, __: Listener) -> Toolchains:
        return Toolchains(toolchains)

    return open_toolchains


@pytest.fixture(autouse=True)
def _one_lean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "open_toolchains", opening(FakeToolchain()))


@pytest.mark.parametrize(
    ("models", "complaint"),
    [
        (ModelConfig(policy="models/none"), "models/none"),
        (ModelConfig(policy="mix:builtin=x"), "not SOURCE=WEIGHT"),
        (ModelConfig(critic="models/none"), "models/none"),
        (ModelConfig(critic="none.json"), r"none\.json"),
    ],
)
async def test_a_model_that_cannot_be_opened_leaves_no_folder(
    models: ModelConfig, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises((UsageError, ModelError), match=complaint):
        await prove(one_theorem(), Config(models=models), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("search", "complaint"),
    [
        (SearchConfig(rule="luck"), "no search rule is called 'luck'"),
        (SearchConfig(samples=0), r"search\.samples must be at least 1, not 0"),
        (SearchConfig(passes=2, rounds=2), "several passes or several rounds"),
    ],
)
async def test_wrong_settings_leave_no_folder(search: SearchConfig, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=complaint):
        await prove(one_theorem(), Config(search=search), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


async def test_a_wrong_address_of_a_cluster_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="HOST:PORT"):
        await prove(one_theorem(), Config(), tmp_path / "run", ray="nonsense")
    assert list(tmp_path.iterdir()) == []


async def test_several_leans_or_a_policy_of_ones_own_are_refused_on_a_cluster_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="leave out ray"):
        await prove(one_theorem(), Config(), tmp_path / "run", own=Own(HashPolicy()), ray="local")
    monkeypatch.setattr(proving, "open_toolchains", opening(FakeToolchain(), FakeToolchain(fingerprint="other")))
    with pytest.raises(UsageError, match=r"--ray takes one Lean, and the projects have 2 .*start a run for each"):
        await prove(one_theorem(), Config(), tmp_path / "run", ray="local")
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_holds_a_run_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(RunFolderError, match="already holds a run"):
        await prove(one_theorem(), Config(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


async def test_a_list_without_a_theorem_leaves_no_folder_and_says_why(tmp_path: Path) -> None:
    refused = load_tasks(["no-such-file.lean", "neither.jsonl"])
    with pytest.raises(
        UsageError, match=r"nothing to prove: no-such-file\.lean: can't be read(.|\n)*neither\.jsonl: can't"
    ):
        await prove(refused, Config(), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


async def test_a_run_that_is_resumed_with_another_lean_is_told(tmp_path: Path) -> None:
    config = Config().to_json()
    for toolchain in ("fake", "another"):
        path, listener = tmp_path / toolchain, Noting()
        RunFolder.create(
            path, TaskList(()), config=config, versions={}, seed=0, toolchain=toolchain, started_at=0.0
        ).close()
        await resume(path, listener=listener)
        said = [f"{path} was begun with another Lean (another); now fake"] if toolchain == "another" else []
        assert listener.warnings == said
