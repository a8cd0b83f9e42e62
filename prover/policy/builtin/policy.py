"""The built-in policy: tables of proposals, ordered by measured success rates. No model, no download."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from prover.policy.builtin.accumulators import accumulators
from prover.policy.builtin.arithmetic import closed_forms, order, powers
from prover.policy.builtin.bitvectors import bitvectors
from prover.policy.builtin.boxes import boxes
from prover.policy.builtin.classes import classes
from prover.policy.builtin.closing import closing
from prover.policy.builtin.conjectures import conjectures
from prover.policy.builtin.counterparts import counterparts
from prover.policy.builtin.differences import differences
from prover.policy.builtin.diophantine import diophantine
from prover.policy.builtin.divisions import divisions
from prover.policy.builtin.elimination import elimination
from prover.policy.builtin.forward import forward
from prover.policy.builtin.functions import functions
from prover.policy.builtin.induction import induction
from prover.policy.builtin.introduction import binds, introduction
from prover.policy.builtin.kinds import kind_of
from prover.policy.builtin.logic import classical, witnesses
from prover.policy.builtin.moves import moves
from prover.policy.builtin.naturals import naturals
from prover.policy.builtin.products import factoring, linear_substitution, products, ranges
from prover.policy.builtin.proposal import Generator, Proposal
from prover.policy.builtin.quotients import quotients
from prover.policy.builtin.residues import residues
from prover.policy.builtin.rewriting import definitions, with_hypotheses, with_laws, with_lemmas
from prover.policy.builtin.rule_model import RuleModel
from prover.policy.builtin.signs import signs
from prover.policy.builtin.simultaneous import simultaneous
from prover.policy.builtin.structures import structures
from prover.policy.builtin.table import ORIGIN, row_of, suits, worth
from prover.policy.builtin.terms import terms
from prover.policy.builtin.view import View
from search.base import Candidate, LogProb, ProposalRequest

_FAMILIES: tuple[Generator, ...] = (
    closing,
    introduction,
    moves,
    elimination,
    structures,
    induction,
    accumulators,
    counterparts,
    simultaneous,
    conjectures,
    definitions,
    with_hypotheses,
    forward,
    with_lemmas,
    with_laws,
    powers,
    residues,
    products,
    ranges,
    linear_substitution,
    factoring,
    diophantine,
    quotients,
    boxes,
    signs,
    closed_forms,
    order,
    functions,
    terms,
    witnesses,
    classical,
    classes,
    differences,
    divisions,
    naturals,
    bitvectors,
)

_BINDING_FAMILIES: tuple[Generator, ...] = (closing, introduction)
"""For targets that start with something to introduce."""

_SURE = 0.98


@dataclass(frozen=True, slots=True)
class _Scored:
    """A proposal with the number that orders it, and the chance that the goals it leaves can be proved."""

    proposal: Proposal
    worth: float
    onward: float
    factor: float


def proposals(view: View) -> Iterator[Proposal]:
    """The proposals of every family that fits the goal, in the order of the families."""
    for family in _BINDING_FAMILIES if binds(view) else _FAMILIES:
        for proposal in family(view):
            if not (view.is_early and "_grind" in proposal.template):  # `grind` hardly works there, and says so late
                yield proposal


class BuiltinPolicy:
    """Reads the first goal of a state and proposes tactics from tables. Deterministic for a given request."""

    def __init__(self, model: RuleModel | None = None, *, num_premises: int = 32) -> None:
        """Without a rule model the rule book's figures order the calls of every goal, with one those of goals that
        mention definitions of their own file: a model has seen none."""
        self._model = model
        self._num_premises = num_premises

    @property
    def num_premises(self) -> int:
        """The number of library lemmas that the policy wants with each request."""
        return self._num_premises

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """The best `num_samples` proposals for each state by chance and cost; attempt k gets the k-th slice."""
        return [self.candidates(request) for request in requests]

    def candidates(self, request: ProposalRequest) -> list[Candidate]:
        """The answer of `propose` to one request."""
        if not request.state.goals:
            return []
        view = View(request.state.goals[0], request.premises, request.theorem.header)
        ordered = self._ordered(view, request)
        start = request.attempt * request.num_samples
        return [_candidate(scored, view) for scored in ordered[start : start + request.num_samples]]

    def _ordered(self, view: View, request: ProposalRequest) -> list[_Scored]:
        """All proposals without duplicates and without tactics that Lean refused here, best first."""
        refused = {tactic for tactic, _ in request.errors}
        best: dict[str, _Scored] = {}
        for proposal in proposals(view):
            row = row_of(proposal.template)
            factor = proposal.factor * suits(proposal.template, is_arithmetic=view.is_arithmetic)
            value = worth(row.rate * factor, row.cost)
            known = best.get(proposal.tactic)
            if proposal.tactic not in refused and (known is None or known.worth < value):
                best[proposal.tactic] = _Scored(proposal, value, min(_SURE, row.onward * factor), factor)
        scored = list(best.values())
        if self._model is not None and not view.own_definitions:
            scored = _scheduled(self._model, view, scored)
        noise = random.Random(f"{request.seed}/{request.state.key}")
        jitter = {s.proposal.tactic: noise.uniform(0.0, 1e-6) for s in scored}
        return sorted(scored, key=lambda s: -s.worth - jitter[s.proposal.tactic])


def _scheduled(model: RuleModel, view: View, scored: Sequence[_Scored]) -> list[_Scored]:
    """The proposals with the worth that a rule model gives them."""
    kind = kind_of(view.goal, is_early=view.is_early)
    turns = model.turns(kind, [(each.proposal.template, each.factor) for each in scored])
    return [replace(each, worth=turn.worth) for each, turn in zip(scored, turns, strict=True)]


def _candidate(scored: _Scored, view: View) -> Candidate:
    return Candidate(
        tactic=view.naming(scored.proposal.tactic),
        log_prob=LogProb(math.log(scored.onward)),
        limits=scored.proposal.limits,
        origin=f"{ORIGIN}{scored.proposal.template}",
        factor=scored.factor,
    )
