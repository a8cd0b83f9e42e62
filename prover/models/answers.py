"""Whether a policy's answers look like tactics: a network that was never trained writes too. And whether those in its
style look better than those in others."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prover.models.finding import Finding
from prover.models.requests import Sampled
from search.base import Candidate

_LEAST_GAIN = 0.5  # of the log-probability by chance: trained models have some -1 for -11
_CLEARLY = 1.0  # of an answer's log-probability
_TACTICS = (
    "abel abel_nf ac_rfl aesop all_goals any_goals apply apply_fun apply_mod_cast assumption assumption_mod_cast "
    "bound bv_decide bv_omega by_cases by_contra calc case cases cases_type change choose classical clear clear_value "
    "congr congrm constructor continuity contradiction contrapose conv conv_lhs conv_rhs convert convert_to decide "
    "delta done dsimp erw eq_refl exact exact_mod_cast exacts exfalso exists existsi ext ext1 extract_goal fapply "
    "field_simp filter_upwards fin_cases first focus fun_prop funext gcongr generalize grind group have haveI hint "
    "induction infer_instance injection injections interval_cases intro intros iterate left let letI lift linarith "
    "linear_combination match measurability mod_cases mono monotonicity native_decide next nlinarith nofun nomatch "
    "noncomm_ring norm_cast norm_num norm_num1 nth_rewrite nth_rw observe obtain omega order pick_goal on_goal "
    "polyrith positivity push_cast push_neg qify rcases refine refine_lift rel rename rename_i repeat replace revert "
    "rewrite rfl rify right ring ring1 ring_nf rintro rotate_left rotate_right rw rw_mod_cast rwa set show show_term "
    "simp simp_all simp_arith simp_rw simpa solve_by_elim specialize split split_ifs stop subst subst_eqs subst_vars "
    "subsingleton suffices swap symm tauto trans transitivity trivial try unfold use wlog zify "
)
_NAMES = frozenset(_TACTICS.split())
"""Tactics of Lean and Mathlib, without `?`, `!` and `'` at their ends. A chat model that was asked in a way it does not
know answers in words instead."""

_BRACKETS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
_WORD = re.compile(r"\s*([A-Za-z_][\w.'?!]*)(?=[\s\[({⟨;<:,·]|$)")
_OPENING = re.compile(r"\s*[({·]")


def judged_answers(answers: Sequence[Sampled], candidates: Sequence[Candidate], *, vocab: int) -> Finding:
    """What a model's answers to a small goal say of it. It is not fit if most of them are cut off, unreadable or not
    written like tactics, or if its tokens are hardly likelier than drawn alike from `vocab`, as from random weights."""
    cut = sum(not answer.ended for answer in answers)
    read = sum(each.count for each in candidates)
    written = _written(candidates)
    tokens = [log_prob for answer in answers for log_prob in answer.log_probs]
    mean, uniform = sum(tokens) / max(1, len(tokens)), -math.log(vocab)
    faults = {
        "most are cut off": 2 * cut >= len(answers),
        "most can't be read": 2 * read <= len(answers),
        "most that are read are not written like tactics": 2 * written <= read,
        "tokens are hardly likelier than by chance, as from untrained weights": mean < _LEAST_GAIN * uniform,
    }
    wrong = [fault for fault, is_so in faults.items() if is_so]
    best = "; ".join(f"{each.tactic!r} {each.log_prob:.2f}" for each in candidates[:3]) or "none"
    detail = (
        f"{read} of {len(answers)} could be read, {written} of them written like a tactic; {cut} cut off; a token's "
        f"log-probability {mean:.2f} in the mean, by chance {uniform:.2f}; likeliest of {len(candidates)} different "
        f"ones: {best}"
    )
    return Finding("answers", not wrong, "; ".join([*wrong, detail]))


@dataclass(frozen=True, slots=True)
class Asked:
    """How a model answers in some style: its `answers`, the number of them `written` like a tactic, and the mean of the
    answers' log-probabilities."""

    answers: int
    written: int
    log_prob: float

    @classmethod
    def of(cls, answers: Sequence[Sampled], candidates: Sequence[Candidate]) -> Asked:
        """The figures of raw answers, and of the tactics in them."""
        return cls(
            len(answers), _written(candidates), sum(answer.log_prob for answer in answers) / max(1, len(answers))
        )

    def is_better_than(self, other: Asked) -> bool:
        """Whether more answers are written like tactics, or as many of them are clearly likelier."""
        is_likelier = self.written == other.written and self.log_prob > other.log_prob + _CLEARLY
        return self.written > other.written or (self.written > 0 and is_likelier)


def compared_styles(own: str, asked: Mapping[str, Asked]) -> Finding:
    """Whether a model answers better in another style than its own. A hint, and no verdict: a model may well write
    tactics in a style that it was not trained on, only fewer of the right ones."""
    better = [name for name, each in asked.items() if each.is_better_than(asked[own])]
    told = "; ".join(
        f"{name}: {each.written} of {each.answers} like tactics, log-probability {each.log_prob:.1f}"
        for name, each in asked.items()
    )
    said = (
        f"{', '.join(better)} answered better than {own}: is the style right?" if better else "none is answered better"
    )
    return Finding("other styles", None, f"{said} (a hint: answers alone can't show the style of the training) {told}")


def _written(candidates: Sequence[Candidate]) -> int:
    """The number of answers that are written like a tactic."""
    return sum(each.count for each in candidates if _is_like_a_tactic(each.tactic))


def _is_like_a_tactic(text: str) -> bool:
    """Whether a text begins with a tactic's name, a bracket or a bullet, has its brackets in pairs, and can be printed.
    Lean alone knows more."""
    open_brackets: list[str] = []
    for letter in text:
        if letter in _BRACKETS:
            open_brackets.append(_BRACKETS[letter])
        elif letter in _BRACKETS.values() and (not open_brackets or open_brackets.pop() != letter):
            return False
    is_printable = all(letter.isprintable() or letter.isspace() for letter in text) and "\ufffd" not in text
    word = _WORD.match(text)
    is_begun = bool(_OPENING.match(text)) if word is None else word[1].rstrip("?!'") in _NAMES
    return is_begun and is_printable and not open_brackets
