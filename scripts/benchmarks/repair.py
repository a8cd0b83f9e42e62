"""Broken proofs mended and judged within a time limit: `scripts/bench repair [FILE]`.

Each proof of the file is broken in one way, drawn with the seed: a lemma under another name, an entry dropped from a
list, a step more, a step less, two steps in the wrong order, a case or a side under another name. Breaks after which
the proof still elaborates count as works. A proof counts as repaired if the judge accepted it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from prover.assembly.filling import Part
from prover.assembly.listener import Listener
from prover.assembly.mending import Mended
from prover.assembly.rebodied import outlined
from prover.assembly.repairing import repair_document
from prover.assembly.warm import Warm, open_warm
from prover.config import Config, LeanConfig
from prover.report.stats import rate
from prover.tasks import Document
from prover.tasks.proofs import Proof, proofs_of, with_bodies
from prover.tasks.written_proof import WrittenBlock, WrittenStep, written_proof
from scripts.benchmarks._provenance import heading

_OWN = Path(__file__).parent / "data" / "proofs.lean"
_LEMMA = re.compile(r"\b(?:Nat|Int|List|Tree)\.[a-z]\w+(?:_\w+)?")
_ENTRY = re.compile(r"(?<=\[)(?:←\s*)?[\w.]+, |, [\w.]+(?=\])|(?<=simp )\[[\w.]+\]")
_OTHER_NAMES = (("inl ", "left "), ("cons ", "node "), ("Or.inr", "Or.inl"), ("left\n", "right\n"), ("| nil", "| zero"))


def _renamed(body: str, rng: random.Random) -> str | None:
    """A lemma under a name that nothing has."""
    found = list(_LEMMA.finditer(body))
    if not found:
        return None
    name = rng.choice(found)
    return body[: name.end()] + rng.choice(("'", "_left", "s")) + body[name.end() :]


def _dropped(body: str, rng: random.Random) -> str | None:
    """An entry less in a list of lemmas."""
    found = list(_ENTRY.finditer(body))
    if not found:
        return None
    entry = rng.choice(found)
    return body[: entry.start()] + body[entry.end() :]


def _shortened(body: str, rng: random.Random) -> str | None:
    """A step less."""
    places = [(block, number) for block in _blocks(body) for number in range(len(block.steps)) if len(block.steps) > 1]
    if not places:
        return None
    block, number = rng.choice(places)
    step = block.steps[number]
    line = body.rfind("\n", 0, step.start)
    return body[: max(line, 0)] + body[step.end :]


def _lengthened(body: str, rng: random.Random) -> str | None:
    """A step more."""
    block, step = rng.choice([(block, step) for block in _blocks(body) for step in block.steps])
    more = rng.choice(("intro extra", "rfl", "exact trivial", "rw [Nat.mul_comm]"))
    return body[: step.end] + "\n" + " " * block.column + more + body[step.end :]


def _turned(body: str, rng: random.Random) -> str | None:
    """Two steps in the wrong order."""
    pairs = [pair for block in _blocks(body) for pair in zip(block.steps, block.steps[1:], strict=False)]
    plain = [(one, other) for one, other in pairs if _line(body, one) and _line(body, other)]
    if not plain:
        return None
    one, other = rng.choice(plain)
    between = body[one.end : other.start]
    return body[: one.start] + _text(body, other) + between + _text(body, one) + body[other.end :]


def _misnamed(body: str, rng: random.Random) -> str | None:
    """A constructor under another's name."""
    known = [pair for pair in _OTHER_NAMES if pair[0] in body]
    return body.replace(*rng.choice(known), 1) if known else None


_BREAKS: tuple[Callable[[str, random.Random], str | None], ...] = (
    _renamed,
    _dropped,
    _shortened,
    _lengthened,
    _turned,
    _misnamed,
)


def _blocks(body: str) -> Iterator[WrittenBlock]:
    return (block for block in written_proof(body, 0, len(body)).walk() if block.steps and not block.is_term)


def _text(body: str, step: WrittenStep) -> str:
    return body[step.start : step.end]


def _line(body: str, step: WrittenStep) -> bool:
    return "\n" not in _text(body, step) and not _text(body, step).startswith("·")


def _broken(text: str, proofs: list[Proof], seed: int, number: int) -> tuple[str, list[str]]:
    """The text with each proof broken in one way, the ways in turn, and the name of each way."""
    bodies, ways = [], []
    for at, proof in enumerate(proofs):
        rng = random.Random(f"{seed} {number} {proof.name}")
        body = text[proof.body : proof.end]
        order = [*_BREAKS[(at + number) % len(_BREAKS) :], *_BREAKS]
        way, made = next((way, made) for way in order if (made := way(body, rng)) not in (None, body))
        bodies.append((proof, made or body))
        ways.append(way.__name__.strip("_"))
    return with_bodies(text, bodies)[0], ways


async def _measured(options: argparse.Namespace) -> list[tuple[str, Mended]]:
    document = Document(options.file.read_text(encoding="utf8"), str(options.file))
    config = Config(time_limit_s=options.time_limit, seed=options.seed, lean=LeanConfig(workers=options.workers))
    found: list[tuple[str, Mended]] = []
    async with open_warm(config, Listener()) as warm:
        proofs = proofs_of(document.text, await outlined(document, warm))[options.begin - 1 :][: options.first]
        for number in range(options.rounds):
            found += await _round(document, proofs, warm, options, number)
    return found


async def _round(
    document: Document, proofs: list[Proof], warm: Warm, options: argparse.Namespace, number: int
) -> list[tuple[str, Mended]]:
    text, ways = _broken(document.text, proofs, options.seed, number)
    by_name = dict(zip((proof.name for proof in proofs), ways, strict=False))
    began, found = time.monotonic(), list[tuple[str, Mended]]()

    def tell(mended: Mended) -> None:
        way = by_name.get(mended.proof.name, "unbroken")
        said = (
            f"repaired, {mended.kept} of {mended.steps} kept" if mended.is_repaired else f"left: {mended.reason[:60]}"
        )
        print(f"{time.monotonic() - began:6.1f} s  {way:<10} {mended.proof.name:<18} {said}", flush=True)
        found.append((way, mended))

    broken = Document(text, document.path)
    done = await repair_document(broken, Part(document.path), warm, at_once=options.workers, on_mended=tell)
    print(f"round {number + 1}: {len(done.theorems)} broken, {done.working} work", flush=True)
    return found


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench repair", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=_OWN, metavar="FILE")
    parser.add_argument("--time-limit", type=float, default=30.0, metavar="SECONDS", help="for each theorem")
    parser.add_argument("--rounds", type=int, default=3, help="how often each proof is broken (default 3)")
    parser.add_argument("--first", type=int, default=None, metavar="N", help="only N proofs of the file")
    parser.add_argument("--from", type=int, default=1, dest="begin", metavar="M", help="from the M-th on (default 1)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    print(heading("repair", seed=options.seed), flush=True)
    print(f"# {options.time_limit:g} s a theorem, {options.workers} workers", flush=True)
    found = asyncio.run(_measured(options))
    repaired = [mended for _, mended in found if mended.is_repaired]
    for way in dict.fromkeys(way for way, _ in found):
        ends = [mended.is_repaired for each, mended in found if each == way]
        print(f"{way:<12} {sum(ends)} of {len(ends)}")
    share = rate(len(repaired), len(found))
    kept = statistics.median(mended.kept / mended.steps for mended in repaired) if repaired else 0.0
    print(f"repaired     {len(repaired)} of {len(found)} ({share.share:.0%}); median of the steps kept {kept:.0%}")
    return 0
