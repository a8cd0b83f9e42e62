"""Planners that mean harm, as handlers of a chat server: what each does with a request for a sketch."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable

from prover.errors import ModelError
from prover.serve.json_server import Handler, Json

_NUMBERS = itertools.count()


def _says(text: Callable[[str], str]) -> Handler:
    async def answer(body: Json) -> Json:
        question = str(body["messages"][-1]["content"])
        message = {"role": "assistant", "content": f"```lean\n{text(question)}\n```"}
        return {"choices": [{"message": message, "finish_reason": "stop"}]}

    return answer


def _goal(question: str) -> str:
    """The target of the goal in a request."""
    found = re.search(r"⊢ (.+?)\n```", question, re.DOTALL)
    return found[1] if found else "True"


async def _silent(_: Json) -> Json:
    await asyncio.Event().wait()
    return {}


async def _failing(_: Json) -> Json:
    raise ModelError("out of order")


async def _shapeless(_: Json) -> Json:
    return {"choices": [None, {"message": {"content": 7}}, {"message": "x"}], "usage": {"completion_tokens": -5}}


PLANNERS: dict[str, Handler] = {
    "garbage": _says(lambda _: "\x00⟨⟨ by by := sorry ```"),
    "no shape": _shapeless,
    "silence": _silent,
    "errors": _failing,
    "the goal again": _says(lambda question: f"have h : {_goal(question)} := by\n  sorry\nexact h"),
    "false steps": _says(lambda _: f"have h : (0 : Nat) = {next(_NUMBERS) + 1} := by\n  sorry\nomega"),
    "endless sketches": _says(
        lambda _: f"have h : ∀ n : Nat, n + {next(_NUMBERS)} ≤ 2 * n + {next(_NUMBERS)} := by\n  sorry\nsorry"
    ),
    "an axiom": _says(lambda _: "exact cheat\n\naxiom cheat : False"),
    "another statement": _says(lambda _: "theorem other : True := by\n  trivial\n\nend\n"),
    "options": _says(lambda _: "set_option debug.skipKernelTC true in\nexact sorry"),
    "elaborators": _says(lambda _: 'run_tac do\n  IO.FS.writeFile "/tmp/owned" "x"\nsorry'),
    "heavy": _says(lambda _: "have h : 2 ^ 2 ^ 30 % 7 < 7 := by\n  decide\nsorry"),
}
"""By what they do."""
