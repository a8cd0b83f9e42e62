"""`--project` and `--build`, as all commands that use Lean have them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from prover.config import LeanConfig


class _Once(argparse.Action):
    """An option that may be said once: a second one is refused, where the last would silently count."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        if getattr(namespace, self.dest) is not None:
            raise argparse.ArgumentError(self, "this command works with one Lean: name one project")
        setattr(namespace, self.dest, values)


def add_project_arguments(parser: argparse.ArgumentParser, *, each: str = "") -> argparse._ArgumentGroup:
    """`--project` and `--build`; left out, both are None. With `each` (what several projects mean to the command)
    `--project` may be repeated, and is a list. Returns their group."""
    group = parser.add_argument_group("Lean")
    group.add_argument(
        "--project",
        metavar="DIR",
        action="append" if each else _Once,
        help="a Lake project whose Lean and libraries are used (default: the embedded Lean, without Mathlib)"
        + (f"; repeatable: {each}" if each else ""),
    )
    group.add_argument(
        "--build", action="store_true", default=None, help="run `lake build` first if the project is not built"
    )
    return group


def project_setting(named: Sequence[str] | str | None) -> str | tuple[str, ...] | None:
    """The setting `lean.project` that `--project` makes, repeatable or not."""
    if not named:
        return None
    if isinstance(named, str):
        return named
    return named[0] if len(named) == 1 else tuple(named)


def lean_settings(options: argparse.Namespace, *, workers: int = 2) -> LeanConfig:
    """The Lean that a command with these options uses."""
    return LeanConfig(workers=workers, project=project_setting(options.project), build=bool(options.build))
