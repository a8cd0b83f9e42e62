"""The proof base: the shortest judged proof of every theorem that any round solved.

It is made of the rounds' runs in their order, so a round that was cut off can be told again, and it only improves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from prover.files import write_text
from prover.run.records import RunData
from prover.run.result import SOLVED, Status


@dataclass(frozen=True, slots=True)
class Known:
    """A judged proof, or disproof, by its theorem's id: its script, its number of tactics, the round that found it."""

    id: str
    status: str
    proof: str
    steps: int
    round: int

    @property
    def is_proof(self) -> bool:
        return self.status == Status.PROVED

    @property
    def size(self) -> tuple[int, int]:
        """What is smaller for a shorter proof: tactics, then letters."""
        return self.steps, len(self.proof)


@dataclass(frozen=True, slots=True)
class News:
    """The ids that a round proved and disproved for the first time, and those whose proof it made shorter."""

    proved: tuple[str, ...] = ()
    disproved: tuple[str, ...] = ()
    shorter: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.proved or self.disproved or self.shorter)


class ProofBase:
    """The known proofs, by the ids of their theorems."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}

    def learn(self, run: RunData, number: int) -> News:
        """Take in a round's proofs, each if it is the theorem's first or shorter than the known one, and say what is
        new."""
        news: dict[str, list[str]] = {Status.PROVED: [], Status.DISPROVED: [], "shorter": []}
        for found in _found(run, number):
            known = self.known.get(found.id)
            if known is None:
                news[found.status].append(found.id)
            elif known.is_proof and found.is_proof and found.size < known.size:
                news["shorter"].append(found.id)
            else:
                continue
            self.known[found.id] = found
        return News(*(tuple(ids) for ids in news.values()))

    def write(self, path: Path) -> None:
        """Write the proofs as JSON lines. Raises RunFolderError where they can't be."""
        ordered = [self.known[name] for name in sorted(self.known)]
        write_text(path, "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in ordered))


def _found(run: RunData, number: int) -> Iterable[Known]:
    for record in run.records:
        final = record.final
        if final is not None and final.status in SOLVED and final.proof is not None:
            yield Known(record.id, str(final.status), final.proof, final.proof_steps or 1, number)
