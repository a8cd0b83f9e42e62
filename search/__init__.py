"""The search algorithm and its vocabulary, without I/O.

What a driver needs, and nothing else that it should use:

    search = Search(theorem, root_state, rule=Rule.of("token-mean"), budget=Budget(expansions=600))
    search.plan(n)                          -> [Expansion]   ask a policy: expansion.request(premises)
    search.absorb_candidates(id, answer)    -> [TacticCall]  run in Lean at expansion.path
    search.absorb_outcomes(id, outcomes)    once, or piece by piece
    search.unscored()                       -> [(number, ProofState)]  ask a critic, if there are any
    search.absorb_values([(number, value)])
    search.abandon(id), search.is_wanted(id)
    search.done                             -> StopReason or None
    search.result()                         -> SearchResult with the proof script

`docs/search.md` has the loop and the rules of the game.
"""

from search.budget import Budget, Spent, StopReason
from search.engine import Search
from search.expansion import Expansion, SearchOptions
from search.extract import Proof
from search.result import SearchResult, Statistics
from search.rules import RULES, Rule, rules_of
from search.side_by_side import AnySearch, SideBySide

__all__ = [
    "RULES",
    "AnySearch",
    "Budget",
    "Expansion",
    "Proof",
    "Rule",
    "Search",
    "SearchOptions",
    "SearchResult",
    "SideBySide",
    "Spent",
    "Statistics",
    "StopReason",
    "rules_of",
]
