"""How many of the community REPL's own transcripts `stepwise repl` answers alike: `scripts/bench repl CHECKOUT`."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.benchmarks._provenance import heading

_SETS = ("usedConstants",)  # listed in no order that anybody asked for
_LIMIT_S = 180.0  # for one transcript


def main(argv: list[str]) -> int:
    """Run the transcripts in `CHECKOUT/test` that need no Mathlib; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/bench repl", description=__doc__)
    parser.add_argument("checkout", type=Path, help="of leanprover-community/repl, at the tag of our Lean's version")
    options = parser.parse_args(argv)
    print(heading("repl", seed=0), flush=True)
    transcripts = sorted((options.checkout / "test").glob("*.in"))
    alike = without = 0
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "checkout"
        shutil.copytree(options.checkout / "test", folder / "test")  # some write what later ones read
        for transcript in transcripts:
            expected = transcript.with_suffix(".expected.out")
            if not expected.exists():
                without += 1
                continue
            difference = _difference(_objects(expected.read_text()), list(_objects(_answers(folder, transcript))))
            alike += difference is None
            print(f"{transcript.stem}: {difference or 'alike'}", flush=True)
    print(f"{alike} of {len(transcripts) - without} alike; {without} more have no answers to compare with")
    return 0


def _answers(folder: Path, transcript: Path) -> str:
    command = [sys.executable, "-m", "prover.cli.main", "repl"]
    with transcript.open(encoding="utf-8") as requests:
        done = subprocess.run(
            command, cwd=folder, stdin=requests, stdout=subprocess.PIPE, text=True, timeout=_LIMIT_S, check=False
        )
    return done.stdout


def _objects(text: str) -> Iterator[Any]:
    """The JSON values of a text, one after the other."""
    decoder = json.JSONDecoder()
    position = 0
    while text[position:].strip():
        position += len(text[position:]) - len(text[position:].lstrip())
        value, position = decoder.raw_decode(text, position)
        yield value


def _difference(theirs: Iterator[Any], ours: list[Any]) -> str | None:
    """The first field of theirs that ours lacks or has otherwise; None if there is none. Ours may say more."""
    answers = list(theirs)
    if len(answers) != len(ours):
        return f"{len(ours)} answers for {len(answers)}"
    return next(
        filter(None, (_differs(a, b, f"answer {i}") for i, (a, b) in enumerate(zip(answers, ours, strict=True)))), None
    )


def _differs(theirs: Any, ours: Any, where: str) -> str | None:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key, value in theirs.items():
            if key not in ours:
                return f"{where} has no {key}"
            if key in _SETS:
                if set(value) != set(ours[key]):
                    return f"{where}, {key}: {sorted(set(value) ^ set(ours[key]))}"
            elif (found := _differs(value, ours[key], f"{where}, {key}")) is not None:
                return found
        return None
    if isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            return f"{where}: {len(ours)} for {len(theirs)}"
        return next(
            filter(None, (_differs(a, b, f"{where} {i}") for i, (a, b) in enumerate(zip(theirs, ours, strict=True)))),
            None,
        )
    return None if theirs == ours and type(theirs) is type(ours) else f"{where}: {ours!r} for {theirs!r}"
