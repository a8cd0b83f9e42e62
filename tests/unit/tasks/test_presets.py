"""Published budgets by name."""

import pytest

from prover.config import Config
from prover.errors import UsageError
from prover.settings import overlay
from prover.tasks.presets import PRESETS, preset
from search.rules import rules_of


def test_the_step_prover_budget_is_written_out() -> None:
    assert preset("minif2f-internlm2.5-bf").budget == "256×32×600"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_setting_of_a_run_with_a_known_rule(name: str) -> None:
    settings = preset(name).settings()
    config = overlay(Config(), settings, name)
    assert config.search.expansions == preset(name).expansions
    assert rules_of(config.search.rule)


def test_a_changed_setting_is_no_longer_the_preset() -> None:
    chosen = preset("workbook-scan")
    config = overlay(Config(), chosen.settings(), "preset").to_json()
    assert chosen.is_kept_by(config)
    assert not chosen.is_kept_by({**config, "time_limit_s": 60.0})
    assert not chosen.is_kept_by({**config, "search": {**config["search"], "samples": 8}})


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"minif2f-internlm2\.5-bf,"):
        preset("minif2f")
