"""Per template: how often a proposal lies on the way to a proof, and what it costs.

`rate` is the share of a template's proposals that were part of a proof, measured on the development sets and smoothed
towards a guess where there were few; it becomes the candidate's log-probability. `cost` is the mean of thousands of
heartbeats that one call took. Both together order the calls on one goal: what is likely for its price comes first.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Row(NamedTuple):
    """One template's figures."""

    rate: float
    cost: float


DEFAULT = Row(0.02, 30.0)

ROWS: dict[str, Row] = {
    # introduction: what the target's form asks for
    "intro": Row(0.97, 1),
    "intro_some": Row(0.1, 1),
    "intro_any": Row(0.3, 1),
    "not_intro": Row(0.6, 1),
    "and_intro": Row(0.9, 1),
    "and_intro_all": Row(0.05, 1),
    "and_simp_all": Row(0.1, 60),
    "iff_intro": Row(0.6, 1),
    "or_left": Row(0.25, 1),
    "or_right": Row(0.25, 1),
    "or_by_cases": Row(0.08, 2),
    "funext": Row(0.25, 5),
    "ext": Row(0.2, 5),
    "list_ext": Row(0.04, 10),
    "propext": Row(0.05, 5),
    "congr": Row(0.04, 20),
    "symm": Row(0.005, 1),
    "structure": Row(0.3, 1),
    "exists_constructor": Row(0.03, 1),
    "unfold_head": Row(0.25, 2),
    "show_head": Row(0.1, 2),
    # closing
    "assumption": Row(0.98, 1),
    "rfl": Row(0.15, 10),
    "simp": Row(0.2, 16),
    "simp_all": Row(0.3, 50),
    "simp_defs": Row(0.1, 41),
    "simp_star": Row(0.04, 60),
    "simp_arith": Row(0.03, 60),
    "simp_all_omega": Row(0.1, 60),
    "omega": Row(0.25, 16),
    "decide": Row(0.15, 8),
    "grind": Row(0.25, 150),
    "grind_defs": Row(0.2, 180),
    "grind_statement": Row(0.1, 200),
    "intros_simp_all": Row(0.03, 50),
    "exact_search": Row(0.08, 500),
    "bv_omega": Row(0.2, 60),
    "bv_ext": Row(0.1, 60),
    "contradiction": Row(0.06, 20),
    # elimination
    "cases_and": Row(0.85, 2),
    "cases_exists": Row(0.85, 2),
    "cases_or": Row(0.6, 2),
    "cases_iff": Row(0.2, 2),
    "cases_false": Row(0.98, 1),
    "cases_prop": Row(0.08, 4),
    "cases_prop_simp": Row(0.1, 60),
    "cases_nat_order": Row(0.03, 5),
    "induction_prop": Row(0.08, 5),
    "induction_prop_simp": Row(0.1, 80),
    "cases_data": Row(0.1, 5),
    "cases_pair": Row(0.3, 5),
    "cases_data_simp": Row(0.12, 80),
    "cases_eq": Row(0.05, 10),
    "subst": Row(0.4, 5),
    "subst_vars": Row(0.3, 3),
    "injection": Row(0.05, 5),
    "congr_fun": Row(0.01, 5),
    "dvd_witness": Row(0.1, 3),
    "dvd_subst": Row(0.1, 3),
    "absurd": Row(0.1, 5),
    "exfalso": Row(0.05, 1),
    # structures
    "open": Row(0.2, 5),
    "open_simp": Row(0.25, 40),
    "open_simp_all": Row(0.2, 60),
    "open_rfl": Row(0.1, 10),
    "open_lemmas": Row(0.1, 80),
    "open_all": Row(0.06, 8),
    "open_all_simp": Row(0.08, 60),
    "open_all_simp_all": Row(0.08, 80),
    "open_all_rfl": Row(0.06, 10),
    "open_all_lemmas": Row(0.05, 100),
    # induction
    "induction_simp_all": Row(0.12, 245),
    "induction_grind": Row(0.12, 250),
    "induction_omega": Row(0.03, 200),
    "induction_lemmas": Row(0.04, 344),
    "induction": Row(0.12, 3),
    "induction_general_simp_all": Row(0.05, 190),
    "induction_general_grind": Row(0.05, 180),
    "induction_general_omega": Row(0.02, 190),
    "induction_general_lemmas": Row(0.02, 300),
    "induction_two_simp_all": Row(0.06, 260),
    "induction_two_grind": Row(0.05, 260),
    "induction_general": Row(0.08, 4),
    "fun_induction_simp_all": Row(0.08, 97),
    "fun_induction_grind": Row(0.12, 75),
    "fun_induction": Row(0.06, 3),
    "fun_cases_simp_all": Row(0.05, 60),
    # definitions
    "simp_only_defs": Row(0.06, 23),
    "simp_library_defs": Row(0.05, 150),
    "simp_all_library_defs": Row(0.05, 150),
    "unfold": Row(0.06, 5),
    "unfold_simp": Row(0.06, 40),
    "split": Row(0.4, 10),
    "split_simp_all": Row(0.4, 60),
    "split_omega": Row(0.1, 40),
    "split_at": Row(0.3, 10),
    "by_cases_if": Row(0.1, 5),
    "by_cases_if_simp": Row(0.15, 80),
    # hypotheses
    "rw_hyp": Row(0.08, 12),
    "rw_hyp_back": Row(0.03, 12),
    "simp_hyp": Row(0.03, 50),
    "apply_hyp": Row(0.25, 10),
    "exact_hyp": Row(0.02, 10),
    "simp_at": Row(0.04, 30),
    "simp_at_all": Row(0.05, 60),
    # lemmas
    "rw_lemma": Row(0.03, 15),
    "rw_lemma_back": Row(0.01, 12),
    "rw_lemma_at": Row(0.02, 15),
    "simp_lemma": Row(0.02, 50),
    "apply_lemma": Row(0.04, 15),
    "apply_lemma_finish": Row(0.05, 25),
    "exact_equation": Row(0.02, 10),
    "exact_equation_symm": Row(0.01, 10),
    "simp_lemmas_4": Row(0.06, 100),
    "simp_lemmas_10": Row(0.03, 200),
    "simp_all_lemmas_4": Row(0.07, 180),
    "simp_all_lemmas_10": Row(0.03, 300),
    "simp_all_lemmas_omega": Row(0.04, 180),
    "grind_equations": Row(0.08, 450),
    "grind_lemmas": Row(0.04, 450),
    "grind_lemma": Row(0.04, 200),
    "simp_then_grind": Row(0.03, 200),
    # arithmetic
    "pow_simp": Row(0.02, 200),
    "pow_simp_all_omega": Row(0.02, 430),
    "pow_induction_omega": Row(0.06, 560),
    "pow_induction_grind": Row(0.05, 800),
    "le_induction_grind": Row(0.06, 400),
    "le_induction_omega": Row(0.05, 300),
    "residues_1": Row(0.15, 1400),
    "residues_1_all": Row(0.15, 1000),
    "residues_2": Row(0.08, 2500),
    "residues_2_all": Row(0.08, 2000),
    "residues_3": Row(0.03, 3000),
    "residues_3_all": Row(0.03, 3000),
    "residues_omega": Row(0.05, 1000),
    "residue_simp": Row(0.08, 130),
    "residue_simp_all": Row(0.05, 200),
    "coprime_parts": Row(0.2, 3000),
    "equation_modulo": Row(0.08, 2500),
    "linear_substitution": Row(0.2, 200),
    "linear_substitution_step": Row(0.1, 20),
    "pow_cases": Row(0.05, 250),
    "nat_sub_simp": Row(0.05, 100),
    "nat_sub_grind": Row(0.05, 200),
    "dvd_to_mod": Row(0.05, 5),
    "dvd_add": Row(0.04, 10),
    "dvd_mul": Row(0.03, 10),
    "dvd_all_grind": Row(0.25, 300),
    "dvd_reuse": Row(0.1, 200),
    "periods": Row(0.06, 1000),
    "squares": Row(0.25, 700),
    "hypothesis_products": Row(0.2, 700),
    "squares_and_products": Row(0.2, 1000),
    "many_squares": Row(0.05, 1500),
    "natural_pair": Row(0.1, 600),
    "against_target": Row(0.1, 700),
    "ranges": Row(0.05, 500),
    "factor_zero": Row(0.1, 10),
    "factor_cancel": Row(0.03, 10),
    "factor_target": Row(0.15, 300),
    "antisymm": Row(0.03, 2),
    "mul_le_mul": Row(0.05, 5),
    "mul_nonneg": Row(0.05, 5),
    "mul_pos": Row(0.05, 5),
    # witnesses
    "exists_rfl": Row(0.25, 30),
    "exists_assumption": Row(0.3, 20),
    "exists_local": Row(0.12, 5),
    "exists_numeral": Row(0.05, 3),
    "exists_grid": Row(0.2, 150),
    "exists_grid_int": Row(0.1, 250),
    "exists_term": Row(0.04, 100),
    "exists_hole": Row(0.05, 2),
    "exists_function": Row(0.2, 60),
    "choice": Row(0.3, 10),
    # classical logic
    "by_cases_atom": Row(0.08, 3),
    "by_cases_atom_simp": Row(0.12, 50),
    "truth_table": Row(0.3, 80),
    "by_contra": Row(0.03, 5),
    "by_contra_grind": Row(0.02, 3),
    "by_cases_prop": Row(0.06, 80),
    "by_cases_eq": Row(0.08, 80),
}


def row_of(template: str) -> Row:
    """The figures of a template; a small default for one that was never measured."""
    return ROWS.get(template, DEFAULT)


def worth(chance: float, cost: float) -> float:
    """What orders the calls on one goal: a chance, discounted by the square root of its price."""
    return chance / math.sqrt(cost + 15.0)
