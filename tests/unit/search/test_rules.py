"""A rule is one word with its own parameters: what a word sets, what is refused, and that every parameter matters."""

from __future__ import annotations

import functools
import re

import pytest

from search import RULES, Budget, Search, SearchOptions
from search.base import Theorem
from search.events import Event, Planned
from search.rules import Rule, known_rules, rules_of
from search.words import defaults, written
from tests.fakes.critic import HashCritic
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.policy import HashPolicy


@functools.cache
def expanded(word: str) -> list[tuple[int, ...]]:
    """The nodes that a rule expands in some searches, in order. One state's value always comes late."""
    events: list[Event] = []
    for seed in range(12):
        environment = FakeEnvironment(World(seed=seed, num_goals=80, shares=(30, 5, 0, 2, 63)))
        search = Search(
            Theorem("t"),
            environment.root,
            rule=Rule.of(word),
            budget=Budget(expansions=40),
            options=SearchOptions(num_samples=4, max_attempts=2, piece=2),
            clock=lambda: 0.0,
            record=events.append,
        )
        while search.done is None:
            unscored = search.unscored()
            on_time = unscored[1:] or unscored
            search.absorb_values([(number, HashCritic().value(state)) for number, state in on_time])
            for expansion in search.plan(3):
                calls = search.absorb_candidates(expansion.id, HashPolicy().answer(expansion.request()))
                if calls:
                    search.absorb_outcomes(expansion.id, environment.run(expansion.path, calls))
    return [event.nodes for event in events if isinstance(event, Planned)]


PARAMETERS = [(name, key) for name, row in RULES.items() for key in defaults(row.parameters)]
OTHER = {"ramp_from": 0, "ramp_to": 12, "width": 1, "default_value": 0.0, "weight": 1.0}


@pytest.mark.parametrize(("name", "key"), PARAMETERS)
def test_every_parameter_of_every_rule_changes_the_search(name: str, key: str) -> None:
    word = written(name, {key: OTHER.get(key, 0.25)})
    assert Rule.of(word).word == word
    assert expanded(word) != expanded(name)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_filed_under_its_word_without_what_is_usual(name: str) -> None:
    usual = written(name, defaults(RULES[name].parameters))
    assert usual in known_rules()
    assert Rule.of(usual).word == name
    assert expanded(usual) == expanded(name)


def test_a_word_for_several_rules_names_each_of_them() -> None:
    assert [rule.word for rule in rules_of("bf+cg")] == ["token-mean", "critic"]
    assert [rule.word for rule in rules_of("beam?width=3")] == ["beam?width=3"]


def test_an_unknown_rule_is_refused_with_the_known_ones_and_their_parameters() -> None:
    with pytest.raises(ValueError, match=re.escape("no search rule is called 'luck'; there are: sum,")) as refusal:
        rules_of("luck?much=1")
    assert all(word in str(refusal.value) for word in known_rules())
    assert "length-normalised?alpha=0.5" in str(refusal.value)


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("sum?alpha=1", "no option is called 'alpha'; there are none"),
        ("bf+cg?alpha=1", "'bf+cg' has no parameters of its own"),
        ("blended?alpha=wide", "alpha takes float, not 'wide'"),
        ("blended?beta=1", "no option is called 'beta'; there are: alpha, weight, ramp_from, ramp_to"),
        ("blended?weight=2", "weight lies between 0 and 1, not 2.0"),
        ("blended?ramp_from=5", "ramp_from lies between 0 and ramp_to, not 5"),
        ("length-normalised?alpha=nan", "alpha lies between 0 and 2, not nan"),
        ("beam?width=0", "width is at least 1, not 0"),
        ("beam?width=1.5", "width takes int, not '1.5'"),
        ("mcts?exploration=-1", "exploration is at least 0, not -1.0"),
        ("mcts?exploration=inf", "exploration is at least 0, not inf"),
        ("mcts+critic?temperature=0", "temperature is above 0, not 0.0"),
        ("mcts?discount=1.5", "discount lies between 0 and 1, not 1.5"),
    ],
)
def test_a_parameter_that_will_not_do_is_refused_with_the_rules_own(word: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)) as refusal:
        rules_of(word)
    name = word.partition("?")[0]
    if name in RULES:
        assert written(name, defaults(RULES[name].parameters)) in str(refusal.value)
