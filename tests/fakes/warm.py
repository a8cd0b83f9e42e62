"""A workbench without Lean: every `sorry` of a text looks like one picture, and texts are read by their words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from prover.assembly.listener import Listener
from prover.assembly.warm import Warm
from prover.config import SearchConfig
from prover.driver.parts import Components
from prover.errors import StepwiseError
from prover.judge import Verdict, VerdictStatus
from prover.judge.judgement import Text
from prover.lean.outline import AskOutline, CommandOutline, Constant, Outline, Span
from prover.lean.protocol import Message
from prover.tasks import Document
from prover.tasks.record import Reading
from prover.tasks.scanner import LineIndex
from prover.tasks.text import read_text
from search.base import Environment, TacticLimits
from tests.fakes.graph import GraphEnvironment, Picture, proposing
from tests.fakes.judge import FakeJudge
from tests.fakes.opener import FakeOpener

EAGER = SearchConfig(rule="sum", attempts=1, minimise=False)


def warm_with(picture: Picture, *, environment: Environment | None = None, judge: FakeJudge | None = None) -> Warm:
    """The policy proposes all that works in the picture, which is Lean's too if no `environment` is given."""
    parts = Components(
        lean=FakeOpener(environment or GraphEnvironment(picture)),
        policy=proposing({goal: list(tactics) for goal, tactics in picture.items()}),
        critic=None,
        judge=judge or FakeJudge(),
        settings=EAGER,
        limits=TacticLimits(),
        time_limit_s=10.0,
        seed=0,
    )
    return Warm(parts, _outline, _read, _judge_file)


async def _outline(asked: AskOutline) -> Outline:
    """Each `theorem` or `def` up to a blank line is a command; `oops` is an error, `surplus` a step without a goal."""
    index = LineIndex(asked.text)
    return Outline(tuple(_command(found, index) for found in _THEOREM.finditer(asked.text)), ())


_THEOREM = re.compile(r"^(?:theorem|def) (\w+).*?(?=\n\n|\n*\Z)", re.MULTILINE | re.DOTALL)
_WRONG = {"oops": "unknown identifier", "surplus": "No goals to be solved"}


def _command(found: re.Match[str], index: LineIndex) -> CommandOutline:
    is_theorem = found.group().startswith("theorem")
    start, name, body = index.position(found.start()), found[1], found.group().find(":=")
    wrong = re.finditer("|".join(_WRONG), found.group())
    errors = ((index.position(found.start() + each.start()), _WRONG[each.group()]) for each in wrong)
    return CommandOutline(
        kind="Lean.Parser.Command.theorem" if is_theorem else "Lean.Parser.Command.definition",
        span=Span(start, index.position(found.end())),
        name=name,
        namespace="",
        declaration=start,
        keyword=start,
        body=index.position(found.start() + body),
        doc=None,
        variables=(),
        declares=(
            Constant("f.eq_1", is_theorem=True, has_sorry=False, is_axiom=False),  # Lean makes some by the way
            Constant(name, is_theorem=is_theorem, has_sorry="sorry" in found.group(), is_axiom=False),
        ),
        uses=frozenset(),
        mentions=frozenset(),
        messages=tuple(Message("error", text, line, column) for (line, column), text in errors),
        places=(),
    )


async def _read(document: Document, until: int | None = None) -> Reading:
    return read_text(document)


async def _judge_file(challenge: Text, solution: Text, theorem: str | None) -> list[Verdict]:
    """Accepts a text without `sorry`."""
    status = VerdictStatus.REJECTED if "sorry" in solution.content else VerdictStatus.ACCEPTED
    return [Verdict(status, theorem or "t")]


def opening(warm: Warm | StepwiseError) -> Callable[[Listener], AbstractAsyncContextManager[Warm]]:
    """What a workbench is opened with; a fault is raised."""

    @asynccontextmanager
    async def opened(listener: Listener) -> AsyncIterator[Warm]:
        listener.note("opening")
        if isinstance(warm, StepwiseError):
            raise warm
        yield warm

    return opened
