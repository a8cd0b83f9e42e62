"""The thinnest client of the step server: one request, one answer, in lock-step. For tests of the server alone."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from prover.lean.embedded import ensure_embedded
from prover.lean.toolchain import Embedded
from search.base import Goal, Hypothesis

Answer = dict[str, Any]

TRANSCRIPTS = Path(__file__).parents[3] / "lean_project" / "test"
_DEADLINE_S = 120.0


class StepServer:
    """A running server. An answer that does not come within two minutes ends it, and the test with it."""

    def __init__(self) -> None:
        launch = asyncio.run(_prepared()).launch()
        self._process = subprocess.Popen(
            launch.argv,
            env=dict(launch.env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self.receive() == {"ready": True}

    def __enter__(self) -> StepServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def resident_mb(self) -> int:
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") >> 20

    def send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def receive(self) -> Answer:
        """The next answer; lines that are no JSON object are passed over."""
        timer = threading.Timer(_DEADLINE_S, self._process.kill)
        timer.start()
        try:
            assert self._process.stdout is not None
            for line in self._process.stdout:
                if line.startswith(b"{"):
                    answer: Answer = json.loads(line)
                    return answer
        finally:
            timer.cancel()
        raise AssertionError("the server ended without an answer")

    def raw(self, data: bytes) -> Answer:
        self.send(data + b"\n\n")
        return self.receive()

    def ask(self, **request: Any) -> Answer:
        return self.raw(json.dumps(request).encode())

    def open(self, text: str) -> int:
        """The proof state of the last `sorry` in a text."""
        state = self.ask(cmd=text)["sorries"][-1]["proofState"]
        assert isinstance(state, int)
        return state

    def run(self, state: int, tactic: str, **limits: int) -> Answer:
        return self.batch(state, [{"tactic": tactic, **limits}])[0]

    def batch(self, state: int, calls: list[dict[str, Any]], **more: Any) -> list[Answer]:
        results: list[Answer] = self.ask(tactics=calls, proofState=state, **more)["results"]
        assert len(results) == len(calls)
        return results

    def accepts_file(self, text: str) -> bool:
        """Does a whole text elaborate without an error and without `sorry`?"""
        messages = self.ask(cmd=text).get("messages", [])
        return not any(m["severity"] == "error" or "declaration uses `sorry`" in m["data"] for m in messages)

    def transcript(self, requests: Path) -> list[Answer]:
        """The answers to a file of requests as a new server gives them, without what differs from run to run."""
        opened = self.ask(cmd="theorem before : True := by sorry")
        first = {"env": opened["env"] + 1, "proofState": opened["sorries"][0]["proofState"] + 1}
        self.ask(dropAll=True)
        self.ask(drop={"proofStates": [], "envs": list(range(first["env"]))})
        pieces = requests.read_text(encoding="utf8").split("\n\n")
        answers = [self.raw(_numbered(piece.strip(), first)) for piece in pieces if piece.strip()]
        return [_lasting(_moved(answer, {name: -number for name, number in first.items()})) for answer in answers]


async def _prepared() -> Embedded:
    return await Embedded.prepare(await ensure_embedded())


def _numbered(request: str, first: dict[str, int]) -> bytes:
    """The request with the numbers of a server whose first ones are these."""
    try:
        asked = json.loads(request)
    except ValueError:
        return request.encode()
    return json.dumps(_moved(asked, first | {"state": first["proofState"]})).encode()


def _moved(value: Any, by: dict[str, int], name: str = "") -> Any:
    """The value with each number of an environment or a state moved: `by` says how far, by its name or its list's."""
    if isinstance(value, dict):
        return {key: _moved(each, by, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, by, name.removesuffix("s")) for each in value]
    return value + by[name] if name in by and isinstance(value, int) else value


def _lasting(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {k: _lasting(v) for k, v in answer.items() if k not in ("ms", "heartbeats", "githash", "lean")}
    if isinstance(answer, list):
        return [_lasting(item) for item in answer]
    return answer


def record(folder: Path) -> None:
    """Write what the server answers now as what is expected of it. To be read before it is committed."""
    with StepServer() as server:
        answers = server.transcript(folder / "in")
    lines = "".join(json.dumps(answer, ensure_ascii=False, sort_keys=True) + "\n\n" for answer in answers)
    (folder / "expected").write_text(lines, encoding="utf8")


def goal_of(shown: Answer) -> Goal:
    """A goal as the server answers it."""
    hypotheses = [Hypothesis(h["name"], h["type"], head=h["head"], is_prop=h["prop"]) for h in shown["hyps"]]
    constants = tuple(shown["constants"])
    return Goal(
        shown["target"],
        tuple(hypotheses),
        pretty=shown["pretty"],
        key=shown["key"],
        head=shown["head"],
        constants=constants,
    )


if __name__ == "__main__":
    for case in sorted(TRANSCRIPTS.iterdir()):
        if not (case / "expected").exists():
            record(case)
