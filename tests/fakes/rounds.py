"""Runs without Lean for the loop: theorems that are proved once a round gives them enough of its seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from prover.assembly.listener import Listener
from prover.config import Config
from prover.run.folder import RunFolder
from prover.run.result import Status, TheoremResult
from prover.run.usage import Usage
from prover.tasks import TaskList
from prover.tasks.load import Source, read_texts
from tests.fakes.traced_run import write_trace


class Killed(BaseException):
    """The process is gone."""


class TimedWorld:
    """`prove` and `resume` of runs in which theorem `name` takes `needs[name]` seconds of Lean, and each further proof
    of it is a tactic shorter. The `killed_after`th result of all is the last one of its process."""

    def __init__(self, needs: Mapping[str, float], *, killed_after: int | None = None) -> None:
        self.needs = needs
        self.killed_after = killed_after
        self.begun: list[tuple[str, float, tuple[str, ...]]] = []
        self.resumed: list[str] = []
        self._steps: dict[str, int] = {}

    async def prove(
        self,
        tasks: TaskList | Sequence[Source],
        config: Config,
        folder: Path,
        listener: Listener | None = None,
        *,
        ray: str | None = None,
    ) -> None:
        found = tasks if isinstance(tasks, TaskList) else read_texts(tasks)
        self.begun.append((folder.name, config.search.lean_s or 0.0, found.ids))
        RunFolder.create(
            folder, found, config=config.to_json(), versions={}, seed=config.seed, toolchain="none", started_at=0.0
        ).close()
        self._work(folder)

    async def resume(self, folder: Path, listener: Listener | None = None, *, ray: str | None = None) -> None:
        self.resumed.append(folder.name)
        self._work(folder)

    def _work(self, path: Path) -> None:
        folder = RunFolder.resume(path)
        try:
            each_s = float(folder.info.config["search"]["lean_s"])
            done = {result.id for result in folder.results()}
            for task in folder.tasks.tasks:
                if task.id not in done:
                    self._count()
                    write_trace(path, task.id)
                    folder.journal.append(self._result(task.id, each_s))
        finally:
            folder.close()

    def _count(self) -> None:
        if self.killed_after is not None:
            self.killed_after -= 1
            if self.killed_after < 0:
                self.killed_after = None
                raise Killed

    def _result(self, name: str, each_s: float) -> TheoremResult:
        is_proved = self.needs[name] <= each_s
        steps = self._steps.get(name, 4)
        if is_proved:
            self._steps[name] = steps - 1
        return TheoremResult(
            id=name,
            name=name,
            status=Status.PROVED if is_proved else Status.FAILED,
            stop_reason="proved" if is_proved else "lean_time",
            proof="\n".join(["simp"] * steps) if is_proved else None,
            proof_steps=steps if is_proved else None,
            lean_s=min(self.needs[name], each_s),
            usage=Usage(value=1.0 / self.needs[name]),
        )
