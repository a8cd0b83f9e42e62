/-!
# Propositional and first-order logic

Everything here is true. Some of it needs the law of the excluded middle.
-/

section Propositional
variable (p q r s : Prop)

theorem and_swap' : p ∧ q ↔ q ∧ p := by
  sorry

theorem or_assoc' : (p ∨ q) ∨ r ↔ p ∨ (q ∨ r) := by
  sorry

theorem and_or_distrib : p ∧ (q ∨ r) ↔ (p ∧ q) ∨ (p ∧ r) := by
  sorry

theorem curry : (p ∧ q → r) ↔ (p → q → r) := by
  sorry

theorem compose (h₁ : p → q) (h₂ : q → r) (h₃ : r → s) : p → s := by
  sorry

theorem contrapositive : (p → q) → (¬q → ¬p) := by
  sorry

theorem de_morgan_or : ¬(p ∨ q) ↔ ¬p ∧ ¬q := by
  sorry

/-- The direction that needs classical reasoning. -/
theorem de_morgan_and : ¬(p ∧ q) → ¬p ∨ ¬q := by
  sorry

theorem peirce : ((p → q) → p) → p := by
  sorry

theorem double_negation : ¬¬(p ∨ ¬p) := by
  sorry

theorem biconditional_chain (h₁ : p ↔ q) (h₂ : q ↔ r) (h₃ : r ↔ s) : p ↔ s := by
  sorry

theorem three_of_four (h : p ∨ q) (hp : p → r) (hq : q → s) (hr : ¬r) : s := by
  sorry

end Propositional

section FirstOrder
variable {α β : Type} (P Q : α → Prop) (R : α → β → Prop)

theorem forall_and_split : (∀ x, P x ∧ Q x) ↔ (∀ x, P x) ∧ (∀ x, Q x) := by
  sorry

theorem exists_or_split : (∃ x, P x ∨ Q x) ↔ (∃ x, P x) ∨ (∃ x, Q x) := by
  sorry

theorem not_exists_forall_not : (¬∃ x, P x) ↔ ∀ x, ¬P x := by
  sorry

theorem exists_forall_swap : (∃ x, ∀ y, R x y) → ∀ y, ∃ x, R x y := by
  sorry

theorem someone_drinks [Inhabited α] : ∃ x, P x → ∀ y, P y := by
  sorry

/-- A choice function, from the axiom of choice. -/
theorem skolem : (∀ x, ∃ y, R x y) → ∃ f : α → β, ∀ x, R x (f x) := by
  sorry

theorem equality_is_symmetric_and_transitive (a b c : α) (h₁ : b = a) (h₂ : b = c) : c = a := by
  sorry

theorem no_barber (shaves : α → α → Prop) : ¬∃ b, ∀ x, shaves b x ↔ ¬shaves x x := by
  sorry

end FirstOrder
