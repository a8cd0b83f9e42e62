"""The table of templates: success rate, success rate among proposals that leave goals, and cost.

`rate` is the share of a template's proposals on provable goals that closed the goal or led to goals that were all
proved; `onward` is the same share among the proposals that left goals; both were measured on the development sets with
`scripts/bench policy` and smoothed towards a guess where there were few. `cost` is the mean time in Lean, in
milliseconds.

`onward` becomes the candidate's log-probability, which ranks the state that the proposal leaves. `rate` and `cost`
order the calls on one goal: the likely and cheap ones come first.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple


class Row(NamedTuple):
    """One template's figures."""

    rate: float
    onward: float
    cost: float


_DEFAULT = Row(0.02, 0.02, 20.0)

ROWS: dict[str, Row] = {
    # introduction: what the target's form asks for
    "intro": Row(1, 0.99, 7.8),
    "intro_some": Row(0.58, 0.1, 1),
    "intro_any": Row(0.051, 0.3, 1),
    "not_intro": Row(0.61, 0.6, 1),
    "and_intro": Row(0.7, 0.9, 1),
    "and_intro_all": Row(0.17, 0.05, 1),
    "and_simp_all": Row(0.37, 0.05, 30),
    "iff_intro": Row(0.82, 0.76, 8.6),
    "or_left": Row(0.19, 0.25, 1),
    "or_right": Row(0.21, 0.25, 1),
    "or_by_cases": Row(0.1, 0.08, 1),
    "funext": Row(0.028, 0.25, 14),
    "ext": Row(0.045, 0.2, 1.9),
    "list_ext": Row(0.023, 0.04, 5),
    "propext": Row(0.23, 0.05, 2),
    "congr": Row(0.83, 0.04, 16),
    "symm": Row(0.005, 0.005, 4.4),
    "structure": Row(0.39, 0.3, 1),
    "exists_constructor": Row(0.03, 0.03, 1),
    "unfold_head": Row(0.052, 0.25, 1),
    "show_head": Row(0.063, 0.1, 1),
    # closing
    "assumption": Row(0.99, 0.98, 1),
    "rfl": Row(0.28, 0.15, 12),
    "simp": Row(0.34, 0.2, 7.6),
    "simp_all": Row(0.53, 0.2, 36),
    "simp_defs": Row(0.24, 0.12, 39),
    "simp_star": Row(0.062, 0.05, 7.3),
    "simp_arith": Row(0.02, 0.05, 40),
    "simp_all_omega": Row(0.0046, 0.05, 18),
    "omega": Row(0.24, 0.25, 26),
    "decide": Row(0.16, 0.15, 4.3),
    "grind": Row(0.37, 0.25, 66),
    "grind_defs": Row(0.23, 0.2, 140),
    "grind_statement": Row(0.54, 0.1, 40),
    "exact_search": Row(0.25, 0.1, 350),
    "exact_search_early": Row(0.2, 0.2, 150),  # 0.4 measured; but what it closes a cheaper one mostly closes as well
    "bv_omega": Row(0.16, 0.05, 30),
    "bv_ext": Row(0.075, 0.1, 30),
    "contradiction": Row(0.0024, 0.06, 8.8),
    # elimination
    "cases_all": Row(0.91, 0.9, 2),
    "cases_and": Row(0.84, 0.85, 9.2),
    "cases_exists": Row(0.89, 0.85, 1),
    "cases_or": Row(0.66, 0.6, 1),
    "cases_iff": Row(0.2, 0.2, 1),
    "cases_false": Row(0.98, 0.98, 1),
    "cases_prop": Row(0.21, 0.08, 2),
    "cases_prop_simp": Row(0.18, 0.05, 30),
    "cases_nat_order": Row(0.34, 0.03, 9.8),
    "induction_prop": Row(0.03, 0.08, 2),
    "induction_prop_simp": Row(0.1, 0.05, 40),
    "cases_data": Row(0.1, 0.15, 15),
    "cases_pair": Row(0.33, 0.3, 2),
    "cases_data_simp": Row(0.8, 0.05, 33),
    "cases_eq": Row(0.076, 0.05, 10),
    "subst": Row(0.2, 0.4, 10),
    "subst_vars": Row(0.81, 0.75, 9),
    "injection": Row(0.14, 0.05, 4),
    "congr_fun": Row(0.008, 0.01, 2),
    "dvd_witness": Row(0.17, 0.3, 8.3),
    "dvd_subst": Row(0.14, 0.3, 7.7),
    "absurd": Row(0.036, 0.1, 5.1),
    "exfalso": Row(0.05, 0.05, 2.7),
    # structures
    "open": Row(0.28, 0.2, 2),
    "open_simp": Row(0.44, 0.05, 20),
    "open_simp_all": Row(0.34, 0.05, 30),
    "open_rfl": Row(0.04, 0.05, 5),
    "open_lemmas": Row(0.17, 0.05, 40),
    "open_all": Row(0.16, 0.06, 37),
    "open_all_simp": Row(0.13, 0.05, 60),
    "open_all_simp_all": Row(0.069, 0.05, 99),
    "open_all_rfl": Row(0.12, 0.05, 21),
    "open_all_lemmas": Row(0.046, 0.05, 100),
    # induction
    "induction_simp_all": Row(0.56, 0.05, 61),
    "induction_grind": Row(0.4, 0.05, 94),
    "induction_simp_grind": Row(0.012, 0.05, 76),
    "induction_general_simp_grind": Row(0.016, 0.03, 46),
    "fun_induction_simp_grind": Row(0.016, 0.05, 72),
    "induction_omega": Row(0.018, 0.03, 30),
    "induction_lemmas": Row(0.22, 0.04, 93),
    "induction": Row(0.28, 0.2, 16),
    "induction_general_simp_all": Row(0.21, 0.05, 47),
    "induction_general_grind": Row(0.018, 0.05, 45),
    "induction_general_omega": Row(0.0026, 0.02, 25),
    "induction_general_lemmas": Row(0.046, 0.02, 57),
    "induction_two_simp_all": Row(0.66, 0.05, 75),
    "induction_two_grind": Row(0.086, 0.05, 32),
    "induction_all_grind": Row(0.05, 0.05, 300),
    "induction_length_one": Row(0.12, 0.05, 200),
    "induction_length_two": Row(0.1, 0.05, 250),
    "induction_deeper": Row(0.3, 0.05, 200),
    "fun_induction_deeper": Row(0.3, 0.05, 120),
    "induction_generalized": Row(0.19, 0.05, 300),
    "length_lemmas": Row(0.33, 0.05, 300),
    "induction_general": Row(0.076, 0.046, 15),
    "fun_induction_simp_all": Row(0.11, 0.05, 41),
    "fun_induction_grind": Row(0.11, 0.05, 99),
    "fun_induction": Row(0.05, 0.06, 20),
    "fun_cases_simp_all": Row(0.12, 0.05, 60),
    # accumulators
    "accumulator": Row(0.3, 0.5, 200),
    "accumulator_close": Row(0.4, 0.05, 500),
    "accumulator_simp": Row(0.4, 0.05, 200),
    "accumulator_induction": Row(0.5, 0.05, 400),
    "accumulator_parts": Row(0.5, 0.05, 300),
    "array_as_list_simp_all": Row(0.2, 0.05, 300),
    "array_as_list": Row(0.3, 0.5, 200),
    # definitions
    "simp_only_defs": Row(0.083, 0.06, 33),
    "simp_library_defs": Row(0.19, 0.05, 75),
    "simp_all_library_defs": Row(0.34, 0.05, 59),
    "unfold": Row(0.08, 0.06, 18),
    "unfold_simp": Row(0.18, 0.05, 38),
    "split": Row(0.36, 0.4, 5),
    "split_simp_all": Row(0.68, 0.05, 30),
    "split_omega": Row(0.081, 0.05, 20),
    "split_at": Row(0.3, 0.3, 5),
    "by_cases_if": Row(0.086, 0.1, 2),
    "by_cases_if_simp": Row(0.12, 0.05, 40),
    # hypotheses
    "rw_hyp": Row(0.014, 0.08, 9.2),
    "rw_hyp_back": Row(0.022, 0.03, 6.2),
    "simp_hyp": Row(0.0082, 0.03, 9.4),
    "apply_hyp": Row(0.04, 0.25, 11),
    "exact_hyp": Row(0.034, 0.02, 3.9),
    "simpa_hyp": Row(0.062, 0.02, 25),
    "congr_hyp": Row(0.011, 0.02, 5),
    "simp_at": Row(0.02, 0.04, 6.9),
    "simp_at_all": Row(0.021, 0.05, 18),
    # lemmas
    "rw_lemma_at": Row(0.0094, 0.02, 7.6),
    "simp_lemma": Row(0.082, 0.062, 13),
    "simp_lemmas_4": Row(0.05, 0.05, 49),
    "simp_lemmas_10": Row(0.039, 0.03, 77),
    "simp_all_lemmas_4": Row(0.57, 0.05, 57),
    "simp_all_lemmas_10": Row(0.085, 0.03, 91),
    "simp_all_lemmas_omega": Row(0.057, 0.04, 60),
    "grind_equations": Row(0.015, 0.08, 480),
    "grind_lemmas": Row(0.067, 0.04, 290),
    "grind_lemma": Row(0.017, 0.04, 150),
    # moves
    "unify_close": Row(0.85, 0.05, 6),
    "unify_apply": Row(0.08, 0.15, 6),
    "unify_finish": Row(0.06, 0.05, 14),
    "unify_rewrite": Row(0.06, 0.08, 6),
    "unify_rewrite_back": Row(0.03, 0.04, 6),
    "hidden_intro": Row(0.5, 0.6, 2),
    "hidden_pair": Row(0.4, 0.5, 2),
    "hidden_side": Row(0.15, 0.2, 2),
    "hidden_rfl": Row(0.25, 0.05, 5),
    "hidden_assumption": Row(0.2, 0.05, 5),
    "hidden_witness": Row(0.05, 0.12, 2),
    "hyp_directed": Row(0.06, 0.15, 3),
    "hyp_symm": Row(0.1, 0.02, 2),
    "hyp_hidden": Row(0.05, 0.15, 4),
    # arithmetic
    "pow_simp": Row(0.0096, 0.02, 100),
    "pow_simp_all_omega": Row(0.0062, 0.02, 220),
    "pow_induction_omega": Row(0.041, 0.05, 100),
    "pow_induction_cleared": Row(0.17, 0.05, 100),
    "pow_induction_grind": Row(0.026, 0.05, 400),
    "le_induction_grind": Row(0.22, 0.05, 200),
    "le_induction_omega": Row(0.032, 0.05, 150),
    "residues_1": Row(0.48, 0.05, 320),
    "residues_1_all": Row(0.4, 0.05, 340),
    "residues_2": Row(0.12, 0.05, 1200),
    "residues_2_all": Row(0.23, 0.05, 1000),
    "residues_3": Row(0.23, 0.05, 2000),
    "residues_3_all": Row(0.23, 0.05, 2000),
    "residues_omega": Row(0.13, 0.03, 500),
    "residue_simp": Row(0.15, 0.05, 38),
    "residue_simp_all": Row(0.032, 0.05, 100),
    "coprime_parts": Row(0.58, 0.05, 1500),
    "equation_modulo": Row(0.2, 0.05, 1200),
    "linear_substitution": Row(0.36, 0.2, 100),
    "linear_substitution_step": Row(0.1, 0.1, 10),
    "pow_cases": Row(0.035, 0.05, 49),
    "nat_sub_simp": Row(0.12, 0.05, 18),
    "nat_sub_grind": Row(0.07, 0.05, 100),
    "dvd_to_mod": Row(0.046, 0.05, 2),
    "dvd_add": Row(0.027, 0.04, 5),
    "dvd_mul": Row(0.02, 0.03, 5),
    "dvd_all_grind": Row(0.18, 0.05, 150),
    "dvd_quotient": Row(0.91, 0.05, 100),
    "dvd_reuse": Row(0.071, 0.1, 100),
    "periods": Row(0.16, 0.06, 500),
    "period_known": Row(0.38, 0.05, 300),
    "periods_linear": Row(0.19, 0.05, 400),
    "squares": Row(0.28, 0.05, 170),
    "hypothesis_products": Row(0.4, 0.2, 180),
    "squares_and_products": Row(0.3, 0.2, 230),
    "many_squares": Row(0.12, 0.05, 750),
    "natural_pair": Row(0.26, 0.1, 75),
    "against_target": Row(0.1, 0.1, 350),
    "ranges": Row(0.1, 0.05, 100),
    "factor_zero": Row(0.071, 0.1, 30),
    "factor_cancel": Row(0.028, 0.03, 5),
    "mul_cancel": Row(0.092, 0.05, 5),
    "factor_target": Row(0.2, 0.15, 150),
    "factor_cases": Row(0.73, 0.05, 400),
    "gcd_linear": Row(0.54, 0.05, 30),
    "box": Row(0.62, 0.05, 250),
    "box_cases": Row(0.37, 0.05, 800),
    "sign_of_product": Row(0.84, 0.05, 20),
    "nat_difference": Row(0.1, 0.1, 10),
    "closed_form": Row(0.28, 0.05, 100),
    "antisymm": Row(0.0068, 0.03, 6),
    "mul_le_mul": Row(0.015, 0.05, 11),
    "mul_nonneg": Row(0.046, 0.05, 7.3),
    "mul_pos": Row(0.032, 0.05, 2),
    # laws proved or read off on the spot
    "class_fields": Row(0.6, 0.6, 2),
    "class_facts": Row(0.1, 0.1, 2),
    "class_apply": Row(0.4, 0.05, 15),
    "class_simp": Row(0.4, 0.05, 25),
    "class_cases": Row(0.2, 0.05, 60),
    "beq_pairs": Row(0.5, 0.05, 20),
    "order_equal": Row(0.6, 0.05, 100),
    "order_either": Row(0.5, 0.05, 200),
    "int_signs": Row(0.8, 0.05, 300),
    "int_differences": Row(0.8, 0.05, 1000),
    "div_identity": Row(0.4, 0.05, 250),
    "div_exact": Row(0.3, 0.05, 250),
    "div_cases": Row(0.15, 0.05, 150),
    "div_bounds": Row(0.25, 0.05, 100),
    "div_signs": Row(0.25, 0.05, 250),
    "div_cancel": Row(0.35, 0.05, 200),
    "emod_shift": Row(0.4, 0.05, 60),
    "dvd_unit": Row(0.2, 0.05, 40),
    "peano": Row(0.5, 0.05, 600),
    "bv_numbers": Row(0.25, 0.1, 40),
    "bv_numbers_ring": Row(0.2, 0.05, 50),
    "bv_numbers_bits": Row(0.2, 0.05, 80),
    "bv_bits": Row(0.25, 0.1, 80),
    "bv_numbers_sizes": Row(0.2, 0.05, 50),
    "bv_bit": Row(0.25, 0.1, 40),
    "bv_bit_split": Row(0.2, 0.05, 100),
    "bv_number": Row(0.25, 0.1, 40),
    "bv_number_omega": Row(0.2, 0.05, 80),
    # witnesses
    "exists_rfl": Row(0.063, 0.05, 15),
    "exists_assumption": Row(0.13, 0.3, 7.2),
    "exists_local": Row(0.066, 0.12, 2),
    "exists_numeral": Row(0.0077, 0.05, 6.6),
    "exists_grid": Row(0.26, 0.2, 75),
    "exists_grid_int": Row(0.047, 0.1, 120),
    "exists_term": Row(0.12, 0.04, 60),
    "exists_hole": Row(0.021, 0.05, 1),
    "exists_function": Row(0.12, 0.2, 30),
    "exists_named_function": Row(0.24, 0.2, 75),
    "exists_table": Row(0.58, 0.5, 15),
    "exists_close": Row(0.23, 0.1, 75),
    "choice": Row(0.21, 0.3, 5),
    "skolem": Row(0.44, 0.3, 10),
    # forward
    "instance": Row(0.028, 0.04, 1),
    "term_exact": Row(0.87, 0.05, 5),
    "term_witness": Row(0.13, 0.05, 20),
    "term_witness_step": Row(0.04, 0.1, 2),
    "term_fact": Row(0.1, 0.1, 2),
    "of_eq_true": Row(0.6, 0.5, 2),
    "eq_true": Row(0.55, 0.6, 2),
    "congr_fun_exact": Row(0.38, 0.05, 3),
    "congr_fun_simpa": Row(0.33, 0.05, 15),
    "instance_point": Row(0.03, 0.03, 2),
    "instance_point_grind": Row(0.24, 0.04, 40),
    "instance_full": Row(0.05, 0.05, 2),
    "instance_full_grind": Row(0.15, 0.05, 42),
    "congruence_absurd": Row(0.37, 0.05, 20),
    "skolem_step": Row(0.17, 0.2, 5),
    "skolem_close": Row(0.26, 0.05, 60),
    "instance_witness": Row(0.21, 0.2, 2),
    "instance_simp": Row(0.1, 0.05, 33),
    "instance_grind": Row(0.1, 0.05, 42),
    "projection": Row(0.27, 0.3, 13),
    "intro_through": Row(0.035, 0.4, 1),
    "simp_all_all_defs": Row(0.33, 0.08, 120),
    # classical logic
    "by_cases_atom": Row(0.011, 0.08, 2),
    "by_cases_atom_simp": Row(0.32, 0.05, 25),
    "truth_table": Row(0.69, 0.3, 40),
    "by_contra": Row(0.19, 0.03, 7.1),
    "by_contra_grind": Row(0.02, 0.02, 6),
    "by_cases_prop": Row(0.051, 0.06, 35),
    "by_cases_eq": Row(0.12, 0.08, 40),
}


def row_of(template: str) -> Row:
    """The figures of a template; a small default for one that was never measured."""
    return ROWS.get(template, _DEFAULT)


_BESIDE_ARITHMETIC = re.compile(
    r"(general_)?induction|fun_|cases_data|open|funext|ext$|list_ext|unfold|simp_only_defs|simp_library|rw_lemma_at|simp_lemma"
    r"|simp_all_lemmas|grind_lemma|grind_equations|by_cases_eq|contradiction|rw_hyp|cases_eq"
)
_SELDOM = 0.3


def suits(template: str, *, is_arithmetic: bool) -> float:
    """A factor for the kind of goal: about numbers alone, taking data apart or looking up lemmas seldom helps."""
    return _SELDOM if is_arithmetic and _BESIDE_ARITHMETIC.match(template) else 1.0


def worth(chance: float, cost: float) -> float:
    """The rank of a call on its goal: the chance, discounted by the square root of the cost in milliseconds."""
    return chance / math.sqrt(cost + 30.0)
