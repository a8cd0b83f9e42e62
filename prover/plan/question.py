"""How a chat model is asked for a sketch: one conversation of one turn, with all that it has to know."""

from __future__ import annotations

from dataclasses import dataclass

from prover.errors import UsageError
from prover.plan.planner import Request

_MOST_DISPROOFS = 6
_MOST_GOALS = 6


@dataclass(frozen=True, slots=True)
class Preset:
    """How models of a kind are asked: the system's turn ("" for none), the form that an answer has to have, and the
    temperature."""

    name: str
    system: str
    form: str
    temperature: float


_PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "sketch",
            "You plan proofs in Lean 4.",
            "Answer with the whole theorem in one ```lean block. Break the proof into small steps: a `have` with its "
            "type for each, and a `sorry` wherever a step is still to be proved. Leave the statement as it is. Ascribe "
            "a type to numerals where it is not plain.",
            0.7,
        ),
        # As in BFS-Prover-V2 (arXiv 2509.06493): the steps alone.
        Preset(
            "haves",
            "You plan proofs in Lean 4.",
            "Answer in one ```lean block with nothing but lines `have NAME : TYPE`, without proofs: as many small "
            "steps as you can, each of which follows from those before it; the last ones give the goal.",
            1.0,
        ),
    )
}


def preset_named(name: str) -> Preset:
    """The preset of that name. Raises UsageError, with those there are."""
    if name not in _PRESETS:
        raise UsageError(f"no preset {name!r} for planners; there are: {', '.join(_PRESETS)}")
    return _PRESETS[name]


def turns_for(request: Request, preset: Preset) -> tuple[tuple[str, str], ...]:
    """The conversation (role, content) that asks for a sketch."""
    system = (("system", preset.system),) if preset.system else ()
    return (*system, ("user", "\n\n".join((*_parts(request), _form(request, preset)))))


def _parts(request: Request) -> list[str]:
    parts = [f"The theorem:\n{_fenced(request.task.header, request.task.declaration)}"]
    parts.append(f"The goal, as Lean shows it:\n{_fenced(request.goal)}")
    if request.premises:
        parts.append("Theorems that may help:\n" + _fenced(*request.premises))
    if request.is_for_hole:
        parts.append("It is one `sorry` of this proof, which Lean accepts:\n" + _fenced(request.part))
    elif request.part:
        parts.append("This much is proved already; what stands without a `sorry` may stay:\n" + _fenced(request.part))
    if request.stuck:
        parts.append("Nobody could prove these goals of it so far:\n" + _fenced(*request.stuck[:_MOST_GOALS]))
    parts += [
        "This goal of an earlier answer is false, don't use it:\n"
        f"{_fenced(disproof.goal)}\nIts negation, under all hypotheses, is proved by:\n{_fenced(disproof.script)}"
        for disproof in request.disproofs[-_MOST_DISPROOFS:]
    ]
    if request.messages:
        messages = "\n".join(request.messages)
        parts.append(f"Your last answer:\n{_fenced(request.sketch)}\nWhat is wrong with it:\n{messages}")
    return parts


def _form(request: Request, preset: Preset) -> str:
    if request.is_for_hole:
        return "Answer with a tactic block for this goal alone in one ```lean block, with a `sorry` for each open step."
    return preset.form


def _fenced(*texts: str) -> str:
    inside = "\n".join(text.replace("```", "` ` `") for text in texts if text)
    return f"```lean\n{inside}\n```"
