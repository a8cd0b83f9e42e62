"""The judge's figures.

scripts/bench judge proofs [--run DIR]  proofs judged per second, by turns with the strict form; time and memory of each
scripts/bench judge prove               a whole run over the examples: from ready to the end, from proof to result
scripts/bench judge statement           one easy statement, from command to exit
scripts/bench judge flat [--proofs N]   memory of one line of processes over many proofs
scripts/bench judge kills [--proofs N]  verdicts while a process is killed after every ten of them

The proofs are those of a run over `examples/`, which is made first unless `--run` names one.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import psutil

from prover.assembly.checking import claims_of
from prover.assembly.listener import Listener
from prover.assembly.proving import prove
from prover.config import Config
from prover.confine.process_tree import pss_bytes
from prover.judge import Judge, Verdict
from prover.lean.embedded import ensure_embedded
from prover.lean.toolchain import Embedded
from prover.run.journal import read_results
from prover.run.progress import Progress
from prover.run.result import Status
from prover.tasks import load_tasks
from scripts.benchmarks._provenance import heading, line

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
_EASY = "theorem t (a b : Nat) : a + b = b + a"
_STRICT_SAMPLE = 24  # proofs that the strict form judges in a turn: it is slow
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Question:
    """A proof to be judged."""

    challenge: str
    solution: str
    theorem: str
    file: str


def main(argv: Sequence[str]) -> int:
    """Measure what `argv` names; 1 if a figure misses its target."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench judge", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=list(_MEASURES))
    parser.add_argument("--run", type=Path, metavar="DIR", help="a run over the examples")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--proofs", type=int, default=None)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    print(heading(f"judge {options.what}", seed=options.seed), flush=True)
    return 0 if asyncio.run(_MEASURES[options.what](options)) else 1


# -------------------------------------------------------------------------------------------------------- proofs


async def proofs(options: argparse.Namespace) -> bool:
    """All proofs at once through the usual form, a sample through the strict one, by turns; then one by one."""
    toolchain = await prepared()
    questions = await questions_of(options.run)
    random = Random(options.seed)
    usual: list[float] = []
    strict: list[float] = []
    alone: list[Verdict] = []
    with _peak_memory() as peak:
        for _ in range(options.turns):
            async with Judge(toolchain, parallel=2) as judge:
                judge.begin()
                await rate(judge, questions[:1])
                usual += [await rate(judge, questions), await rate(judge, questions)]
                alone += [await _ask(judge, question) for question in questions[::4]]
            used = peak[0]
            async with Judge(toolchain, parallel=2, is_strict=True) as judge:
                await rate(judge, questions[:1])
                strict.append(await rate(judge, random.sample(questions, min(_STRICT_SAMPLE, len(questions)))))
            peak[0] = used
    ratio = statistics.median(usual) / statistics.median(strict)
    times = " ".join(f"{rate:.2f}" for rate in usual)
    line(f"proofs a second, {len(questions)} proofs", f"{statistics.median(usual):.2f} ({times})")
    line("  of the strict form", f"{statistics.median(strict):.2f}")
    is_quick = line("  times the strict form", f"{ratio:.1f}", target="8", is_met=ratio >= 8)
    median_s = statistics.median(verdict.elapsed_s for verdict in alone)
    is_short = line("one by one, median", f"{median_s:.3f} s", target="0.3 s", is_met=median_s <= 0.3)
    is_small = line("memory of the whole", f"{used / _GIB:.2f} GiB", target="2.5 GB", is_met=used <= 2.5e9)
    return is_quick and is_short and is_small


async def rate(judge: Judge, questions: Sequence[Question]) -> float:
    """Proofs a second; every one has to be accepted."""
    began = time.monotonic()
    verdicts = await asyncio.gather(*(_ask(judge, question) for question in questions))
    took_s = time.monotonic() - began
    for question, verdict in zip(questions, verdicts, strict=True):
        if not verdict.is_accepted:
            raise SystemExit(f"{question.theorem} was not accepted: {verdict}")
    return len(questions) / took_s


async def _ask(judge: Judge, question: Question) -> Verdict:
    return await judge.judge(question.challenge, question.solution, question.theorem, file=question.file)


async def prepared() -> Embedded:
    toolchain = await Embedded.prepare(await ensure_embedded())
    print(f"# {toolchain.name} · {toolchain.fingerprint[:12]}", flush=True)
    return toolchain


async def questions_of(run: Path | None) -> list[Question]:
    """The proofs of a run, in its order; without one, of a run over the examples, which is made first."""
    with TemporaryDirectory() as scratch:
        if run is None:
            run = Path(scratch) / "run"
            await prove(load_tasks([str(_EXAMPLES)]), Config(time_limit_s=10.0, trace=False), run)
        return [
            Question(claim.challenge, claim.proof.read_text(encoding="utf-8"), claim.theorem, claim.file)
            for claim in claims_of(run)
        ]


@contextmanager
def _peak_memory() -> Iterator[list[int]]:
    """The largest proportional memory, in bytes, of this process and all below it while the block lasts."""
    peak, is_over = [0], Event()

    def watch() -> None:
        while not is_over.wait(1.0):
            peak[0] = max(peak[0], pss_bytes(os.getpid()))

    thread = Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        is_over.set()
        thread.join()


# ------------------------------------------------------------------------------------------------ whole commands


class _Clock(Listener):
    """Notes when the run began."""

    def __init__(self) -> None:
        self.began_s = 0.0

    def begun(self, folder: Path, progress: Progress) -> None:  # noqa: ARG002 (the moment alone)
        self.began_s = time.monotonic()


async def prove_examples(options: argparse.Namespace) -> bool:
    """What `scripts/prove` does, once to warm up and then `--turns` times."""
    times: list[float] = []
    judged: list[float] = []
    for turn in range(options.turns + 1):
        with TemporaryDirectory() as scratch:
            clock = _Clock()
            folder = Path(scratch) / "run"
            await prove(load_tasks([str(_EXAMPLES)]), Config(time_limit_s=10.0), folder, clock)
            took_s = time.monotonic() - clock.began_s
            results = [r for r in read_results(folder / "results.jsonl") if r.status is Status.PROVED]
        if turn:
            times.append(took_s)
            judged += [result.usage.judge_s for result in results if result.usage.judge_s is not None]
    median_s = statistics.median(judged)
    line("from ready to the end", f"{statistics.median(times):.1f} s")
    return line("from a proof to its result, median", f"{median_s:.2f} s", target="0.4 s", is_met=median_s <= 0.4)


async def statement(options: argparse.Namespace) -> bool:
    """`stepwise prove --statement`, from command to exit."""
    command = [sys.executable, "-c", "import sys; from prover.cli.main import main; sys.exit(main())"]
    times = []
    for _ in range(options.turns + 2):
        with TemporaryDirectory() as scratch:
            began = time.monotonic()
            arguments = ["prove", "--quiet", "--statement", _EASY, "--out", f"{scratch}/run"]
            subprocess.run([*command, *arguments], check=True, capture_output=True)
            times.append(time.monotonic() - began)
    median_s = statistics.median(times[1:])
    return line("one easy statement, from command to exit", f"{median_s:.2f} s", target="3 s", is_met=median_s <= 3)


# ------------------------------------------------------------------------------------------------- many and kills


async def flat(options: argparse.Namespace) -> bool:
    """Proofs again and again through one line; memory after a tenth of them and at the end."""
    toolchain = await prepared()
    questions = await questions_of(options.run)
    many = options.proofs or 10_000
    async with Judge(toolchain, parallel=2) as judge:
        endless = itertools.cycle(questions)
        began, done, early = time.monotonic(), 0, 0
        while done < many:
            await rate(judge, list(itertools.islice(endless, 100)))
            done += 100
            if not early and done >= many / 10:
                early = pss_bytes(os.getpid())
        late, took_s = pss_bytes(os.getpid()), time.monotonic() - began
    line(f"{done:,} proofs", f"{done / took_s:.2f} /s")
    line("memory of the whole at the end", f"{late / _GIB:.2f} GiB")
    return line("  against that after a tenth", f"{late / early - 1:+.1%}", target="+5 %", is_met=late <= 1.05 * early)


async def kills(options: argparse.Namespace) -> bool:
    """Verdicts while one process of the judge's, chosen at random, is killed after every ten of them."""
    toolchain, random = await prepared(), Random(options.seed)
    questions = await questions_of(options.run)
    chosen = list(itertools.islice(itertools.cycle(questions), options.proofs or 200))
    killed = 0
    async with Judge(toolchain, parallel=2) as judge:
        asked = [asyncio.create_task(_ask(judge, question)) for question in chosen]
        for number, verdict in enumerate(asyncio.as_completed(asked), start=1):
            await verdict
            if number % 10 == 0 and number < len(asked):
                await judge.ready()
                below = [each for each in psutil.Process().children(recursive=True) if not each.children()]
                random.choice(below).kill()
                killed += 1
        verdicts = [task.result() for task in asked]
    accepted = sum(verdict.is_accepted for verdict in verdicts)
    line("processes killed", f"{killed}")
    return line("accepted", f"{accepted} of {len(chosen)}", target="all", is_met=accepted == len(chosen))


_MEASURES: dict[str, Callable[[argparse.Namespace], Coroutine[Any, Any, bool]]] = {
    "proofs": proofs,
    "prove": prove_examples,
    "statement": statement,
    "flat": flat,
    "kills": kills,
}
