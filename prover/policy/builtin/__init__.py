"""The policy that needs no model: tables of tactics chosen by the shape of the goal."""

from prover.policy.builtin.policy import BuiltinPolicy

__all__ = ["BuiltinPolicy"]
