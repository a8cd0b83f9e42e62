from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover.config import Config, load_config, stored_config
from prover.errors import UsageError
from prover.settings import overlay


def test_settings_override_the_file_and_the_file_overrides_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text('seed = 3\n[search]\ngrowth = 4\nrule = "mcts"\n')
    config = load_config(file, ["search.growth=2.5", "models.policy=builtin"])
    assert (config.seed, config.search.growth, config.search.rule) == (3, 2.5, "mcts")
    assert config.lean == Config().lean


@pytest.mark.parametrize(
    ("name", "value"), [("search.tactics", 5), ("policy.model", "rules.json"), ("models.critic", "x")]
)
def test_none_clears_an_optional_setting_text_or_number(name: str, value: object) -> None:
    group, _, leaf = name.partition(".")
    config = load_config(None, [f"{name}={value}"])
    assert getattr(getattr(config, group), leaf) == value
    assert getattr(getattr(load_config(None, [f"{name}=none"], base=config), group), leaf) is None


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("search.alfa=1", "no setting is called 'search.alfa'"),
        ("search.samples=many", "takes int, not 'many'"),
        ("search=1", "is a group of settings"),
        ("seed", "takes KEY=VALUE"),
        ("trace=1", "takes bool"),
        ("lean.project=1", "takes str or list of str, not 1"),
        ("lean.project=[]", "takes str or list of str"),
        ('lean.project=["P", 1]', "takes str or list of str"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(setting: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        load_config(None, [setting])


def test_a_broken_file_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("seed = = 1")
    with pytest.raises(UsageError, match=r"broken\.toml is not valid TOML"):
        load_config(file)
    with pytest.raises(UsageError, match="can't read the configuration"):
        load_config(tmp_path / "missing.toml")


@pytest.mark.parametrize(("value", "projects"), [(None, ()), ("P", ("P",)), (["P"], ("P",)), (["P", "Q"], ("P", "Q"))])
def test_projects_are_read_from_what_older_and_newer_runs_keep(value: object, projects: tuple[str, ...]) -> None:
    kept = json.loads(json.dumps(Config().to_json()))
    kept["lean"]["project"] = value
    lean = overlay(Config(), kept, "run.json").lean
    assert (lean.projects, lean.first_project) == (projects, projects[0] if projects else None)


@pytest.mark.parametrize(
    ("rule", "alpha", "word"),
    [
        ("length-normalised", 0.3, "length-normalised?alpha=0.3"),
        ("blended", 0.5, "blended?alpha=0.5"),
        ("token-mean", 0.3, "token-mean"),
    ],
)
def test_an_older_runs_exponent_becomes_a_parameter_of_its_rule(rule: str, alpha: float, word: str) -> None:
    values = json.loads(json.dumps(Config().to_json()))
    assert stored_config(values, "run.json") == Config()
    values["search"] |= {"rule": rule, "alpha": alpha}
    assert stored_config(values, "run.json").search.rule == word
