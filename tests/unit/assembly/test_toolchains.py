"""Which Lean a theorem belongs to, and what is wrong with the projects that were named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prover.assembly import toolchains as room
from prover.assembly.toolchains import Toolchains, open_toolchains, toolchains_of, with_full_paths
from prover.config import LeanConfig
from prover.errors import ToolchainError, UsageError
from prover.tasks import TheoremTask, load_tasks
from tests.fakes.toolchain import FakeToolchain


def lean(fingerprint: str) -> FakeToolchain:
    return FakeToolchain(name=f"Lean {fingerprint}", fingerprint=fingerprint)


def theorem(path: Path, name: str = "t") -> TheoremTask:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"theorem {name} : 1 = 1 := by sorry\n")
    return load_tasks([str(path)]).tasks[0]


@pytest.fixture
def three(tmp_path: Path) -> Toolchains:
    """Three projects, the last inside the second, each with a Lean of its own."""
    folders = {"a": lean("x"), "b": lean("y"), "b/inner": lean("z")}
    return toolchains_of({tmp_path / name: toolchain for name, toolchain in folders.items()})


@pytest.mark.parametrize(
    ("place", "index"),
    [
        ("a/t.lean", 0),
        ("b/deep/t.lean", 1),
        ("b/inner/t.lean", 2),
        ("c/t.lean", 0),
        ("b2/t.lean", 0),
        ("a/../b/t.lean", 1),
    ],
)
def test_a_file_belongs_to_the_deepest_project_around_it(
    three: Toolchains, tmp_path: Path, place: str, index: int
) -> None:
    (tmp_path / "a").mkdir()
    assert three.index_of(theorem(tmp_path / place)) == index


def test_a_link_belongs_where_it_leads(three: Toolchains, tmp_path: Path) -> None:
    theorem(tmp_path / "b" / "t.lean")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "t.lean").symlink_to(tmp_path / "b" / "t.lean")
    assert three.index_of(load_tasks([str(tmp_path / "a" / "t.lean")]).tasks[0]) == 1


def test_statements_and_lists_belong_to_the_first_project(
    three: Toolchains, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b").mkdir()
    monkeypatch.chdir(tmp_path / "b")
    Path("rows.jsonl").write_text('{"name": "r", "formal_statement": "theorem r : 1 = 1 := by"}\n')
    tasks = load_tasks(["rows.jsonl"], ["theorem s : 1 = 1"]).tasks
    assert [three.index_of(task) for task in tasks] == [0, 0]


def test_what_is_no_path_belongs_to_the_first_project(three: Toolchains, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    loop = tmp_path / "b" / "loop.lean"
    loop.symlink_to(loop)
    task = theorem(tmp_path / "b" / "t.lean")
    assert three.index_of(replace(task, source="\0.lean")) == 0
    assert three.index_of(replace(task, source=str(loop))) in (0, 1)  # a loop leads nowhere


def test_a_run_that_goes_on_elsewhere_finds_the_same_leans(
    three: Toolchains, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theorem(tmp_path / "b" / "t.lean")
    monkeypatch.chdir(tmp_path)
    tasks = with_full_paths(load_tasks(["b/t.lean"], ["theorem s : 1 = 1"]))
    monkeypatch.chdir("/")
    assert {task.name: three.index_of(task) for task in tasks.tasks} == {"s": 0, "t": 1}


def test_projects_with_the_same_lean_and_libraries_share_one(tmp_path: Path) -> None:
    first, again = lean("x"), lean("x")
    found = toolchains_of({tmp_path / "a": first, tmp_path / "b": lean("y"), tmp_path / "c": again})
    assert [toolchain.fingerprint for toolchain in found.toolchains] == ["x", "y"]
    assert found.toolchains[0] is first
    assert [found.index_of(theorem(tmp_path / name / "t.lean")) for name in "abc"] == [0, 1, 0]
    assert (found.fingerprint, found.name) == ("x+y", "Lean x + Lean y")


def test_one_lean_keeps_fingerprint_name_and_order(tmp_path: Path) -> None:
    alone = Toolchains((lean("x"),))
    tasks = [theorem(tmp_path / f"{name}.lean", name) for name in ("t", "u", "v")]
    assert (alone.fingerprint, alone.name, alone.shares(tasks)) == ("x", "Lean x", [])
    assert alone.spread(tasks) == tasks


def test_a_verdicts_lean_is_found_among_those_named_and_is_the_first_otherwise(three: Toolchains) -> None:
    assert [three.index_of_fingerprint(hash_) for hash_ in ("x", "z", "unknown", "", "x+y")] == [0, 2, 0, 0, 0]


def test_every_lean_has_work_from_the_first_theorem_to_the_last(three: Toolchains, tmp_path: Path) -> None:
    tasks = [theorem(tmp_path / "a" / f"a{n}.lean", f"a{n}") for n in range(6)]
    tasks += [theorem(tmp_path / "b" / f"b{n}.lean", f"b{n}") for n in range(2)]
    names = [task.name for task in three.spread(tasks)]
    assert names == ["a0", "a1", "b0", "a2", "a3", "a4", "b1", "a5"]


def test_how_many_theorems_lie_in_each_project_is_said(three: Toolchains, tmp_path: Path) -> None:
    tasks = [theorem(tmp_path / "b" / "t.lean"), theorem(tmp_path / "c" / "t.lean")]
    assert three.shares(tasks) == [
        f"project {tmp_path / 'a'}: 0 theorems",
        f"project {tmp_path / 'b'}: 1 theorems",
        f"project {tmp_path / 'b/inner'}: 0 theorems",
        f"in none of them: 1 theorems, which go with {tmp_path / 'a'}",
    ]


class Preparing:
    """Stands in for `Project`: what can't be used is said as the real one says it."""

    @staticmethod
    async def prepare(folder: Path, *, build: bool, repl: str | None, memory_bytes: int) -> FakeToolchain:
        if not folder.is_dir():
            raise UsageError(f"there is no folder {folder}")
        if not build:
            raise ToolchainError("it is not built")
        return lean(folder.name)


async def opened(*projects: str, build: bool = True) -> Toolchains:
    return await open_toolchains(LeanConfig(project=projects, build=build))


@pytest.fixture
def _projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "Project", Preparing)
    monkeypatch.chdir(tmp_path)
    for name in ("p", "q"):
        Path(name).mkdir()


@pytest.mark.usefixtures("_projects")
async def test_projects_are_opened_in_the_order_in_which_they_were_named(tmp_path: Path) -> None:
    found = await opened("q", "p")
    assert found.fingerprint == "q+p"
    assert found.homes == ((tmp_path / "q", 0), (tmp_path / "p", 1))


@pytest.mark.usefixtures("_projects")
async def test_what_is_wrong_with_one_of_several_projects_names_it() -> None:
    with pytest.raises(UsageError, match=r"--project p and --project \./q/\.\./p are the same folder: name it once"):
        await opened("p", "q", "./q/../p")
    with pytest.raises(UsageError, match="--project nowhere: there is no folder nowhere"):
        await opened("p", "nowhere")
    with pytest.raises(ToolchainError, match="--project p: it is not built"):
        await opened("p", "q", build=False)


async def test_a_community_repl_is_for_one_project() -> None:
    for projects in (("p", "q"), None):
        with pytest.raises(UsageError, match=r"lean\.repl is (made for one Lean|for a project)"):
            await open_toolchains(LeanConfig(project=projects, repl="repl"))
