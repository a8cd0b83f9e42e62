/-!
# What is not proved

False statements and statements that Lean refuses, so that a run shows every status. Each comment says what to expect.
-/

/-- False: subtraction of natural numbers stops at zero. -/
theorem sub_add_cancel_everywhere (a b : Nat) : a - b + b = a := by
  sorry

/-- False for 2. -/
theorem every_prime_is_odd (p : Nat) (h : 1 < p) (hp : ∀ d, d ∣ p → d = 1 ∨ d = p) : p % 2 = 1 := by
  sorry

/-- False: the converse of an implication. -/
theorem converse (p q : Prop) (h : p → q) : q → p := by
  sorry

/-- False: `∀∃` does not give `∃∀`. -/
theorem swapped_quantifiers (h : ∀ x : Nat, ∃ y : Nat, x < y) : ∃ y : Nat, ∀ x : Nat, x < y := by
  sorry

/-- False for the empty list. -/
theorem tail_is_shorter (xs : List Nat) : xs.tail.length < xs.length := by
  sorry

/-- Ill-typed: a number is no proposition. -/
theorem number_as_proposition (n : Nat) : n + 1 := by
  sorry

/-- Ill-typed: nothing of that name. -/
theorem unknown_function (n : Nat) : fibonacci n ≤ 2 ^ n := by
  sorry

/-- True: what stands after a refused statement is proved all the same. -/
theorem after_the_broken_ones (n : Nat) : n ≤ n * n := by
  sorry
