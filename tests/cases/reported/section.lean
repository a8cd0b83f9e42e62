variable (p : Prop) (hp : p)
example : p := sorry

section
variable (n : Nat) (h : 0 < n)
example : n ≠ 0 := by
  sorry
end
