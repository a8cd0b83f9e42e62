prelude
import Init.Core

theorem t (p q : Prop) : (p ∧ q) = (q ∧ p) := sorry
