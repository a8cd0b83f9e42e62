"""Which rule model the built-in policy uses: the setting `policy.model`, as a part of the policy's name.

A model speaks of one Lean with its library. With another one the rule book's figures stand.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from prover.errors import UsageError
from prover.policy.builtin.rule_model import RuleModel, UnusableModel


@dataclass(frozen=True, slots=True)
class BuiltinOptions:
    """What may stand behind `builtin?`: the file of a rule model."""

    model: str | None = None


def with_rule_model(spec: str, model: str | None) -> str:
    """The name of a policy, alone or a mix, in which each plain `builtin` has the rule model."""
    if model is None:
        return spec
    if spec.startswith("mix:"):
        parts = (part.rpartition("=") for part in spec.removeprefix("mix:").split(","))
        return "mix:" + ",".join(f"{with_rule_model(source, model)}{equals}{share}" for source, equals, share in parts)
    return f"builtin?model={model}" if spec == "builtin" else spec


def uses_rules(spec: str) -> bool:
    """Whether a policy of this name, alone or a mix, has a plain `builtin` in it."""
    return with_rule_model(spec, "any") != spec


def read_rule_model(file: str) -> RuleModel:
    """The rule model in a file. Raises UsageError if there is none."""
    try:
        return RuleModel.read(Path(file))
    except OSError as error:
        raise UsageError(f"no rule model at {file}: {error.strerror or error}") from error
    except UnusableModel as error:
        raise UsageError(str(error)) from error


def misfit(file: str, toolchains: Collection[str]) -> str:
    """Why a rule model doesn't fit runs with the Leans of these fingerprints; empty if it does. Raises UsageError."""
    trained = read_rule_model(file).manifest.toolchain
    if set(toolchains) <= {trained}:
        return ""
    return f"{file} was trained with another Lean: the rule book's figures are used in its place"
