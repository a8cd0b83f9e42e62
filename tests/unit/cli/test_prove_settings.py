"""How `stepwise prove` comes to its settings."""

from __future__ import annotations

import argparse
import json

import pytest

from prover.cli import audit, doctor, repl, suggest
from prover.cli.main import Command
from prover.cli.prove import add_arguments, resolve
from prover.config import Config
from prover.errors import UsageError


def resolved(*arguments: str) -> Config:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return resolve(parser.parse_args(arguments), base=Config())


def test_a_preset_gives_the_published_budget_and_its_name() -> None:
    config = resolved("--preset", "minif2f-internlm2.5-bf")
    search = config.search
    assert (search.passes, search.samples, search.expansions, search.rule) == (256, 32, 600, "token-mean")
    assert config.preset == "minif2f-internlm2.5-bf"


def test_what_is_said_beside_a_preset_comes_over_it() -> None:
    config = resolved("--preset", "workbook-scan", "--set", "search.samples=8", "--time-limit", "5")
    assert (config.search.samples, config.search.expansions, config.time_limit_s) == (8, 10, 5.0)


def test_a_preset_with_two_rules_is_a_rule_of_a_run() -> None:
    assert resolved("--preset", "minif2f-internlm2.5-bf-cg").search.rule == "bf+cg"


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(UsageError, match="no preset is called"):
        resolved("--preset", "minif2f")


def test_a_project_is_built_only_on_request() -> None:
    assert not resolved("--project", "P").lean.build
    assert resolved("--project", "P", "--build").lean.build


def test_one_project_is_a_setting_as_it_always_was_and_several_are_a_list() -> None:
    assert resolved().to_json()["lean"]["project"] is None
    assert resolved("--project", "P").to_json()["lean"]["project"] == "P"
    several = resolved("--project", "P", "--project", "Q")
    assert several.lean.projects == ("P", "Q")
    assert json.loads(json.dumps(several.to_json()))["lean"]["project"] == ["P", "Q"]


@pytest.mark.parametrize("command", [suggest, audit, doctor, repl])
def test_a_command_with_one_lean_takes_one_project(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    place = ["file"] if command in (suggest, audit) else []
    assert parser.parse_args([*place, "--project", "P"]).project == "P"
    with pytest.raises(SystemExit):
        parser.parse_args([*place, "--project", "P", "--project", "Q"])
    assert "this command works with one Lean: name one project" in capsys.readouterr().err


@pytest.mark.parametrize(
    "setting",
    [
        "search.samples=0",
        "search.expansions=-5",
        "search.temperature=-1",
        "search.in_flight=0",
        "cluster.policy_gpus=-1",
    ],
)
def test_numbers_that_can_not_be_meant_are_refused(setting: str) -> None:
    with pytest.raises(UsageError, match=f"{setting.partition('=')[0]} must be at least"):
        resolved("--set", setting)
    with pytest.raises(UsageError, match="must be above 0 and below 1, not 1"):
        resolved("--set", "models.critic_memory=1.0")
