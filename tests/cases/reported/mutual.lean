mutual
def evenish : Nat → Bool
  | 0 => true
  | n + 1 => oddish n
def oddish : Nat → Bool
  | 0 => false
  | n + 1 => evenish n
end

theorem later (h : evenish 0 = true) : evenish 0 = true := by
  sorry
