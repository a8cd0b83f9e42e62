"""A rule model that was trained with another Lean is left out of a run, and the run says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from prover.assembly.components import model_orders, with_fitting_model
from prover.assembly.listener import Listener
from prover.config import Config, PolicyConfig
from prover.policy.builtin.rule_model import Manifest, RuleModel


class Warned(Listener):
    """Keeps the warnings."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def warn(self, text: str) -> None:
        self.said.append(text)


def test_with_another_lean_the_rule_book_stands_and_a_warning_says_so(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    RuleModel(Manifest(toolchain="this"), {}, 1.0).write(path)
    config = replace(Config(), policy=PolicyConfig(str(path)))
    heard = Warned()
    assert with_fitting_model(config, ["this"], heard) == config and heard.said == []
    plain = with_fitting_model(config, ["another"], heard)
    assert model_orders(plain)[0].name == "builtin"
    assert len(heard.said) == 1 and "rules.json" in heard.said[0]
