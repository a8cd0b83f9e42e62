private inductive Shape
  | dot
  | row (n : Nat)
  deriving DecidableEq

private def Shape.area (s : Shape) : Nat :=
  go s
where
  go : Shape → Nat
    | .dot => 1
    | .row n => n + 1

private theorem Shape.area_pos (s : Shape) : 0 < s.area := by
  cases s <;> simp [Shape.area, Shape.area.go]

theorem t (n : Nat) : n + 1 ≠ 0 :=
  Nat.ne_of_gt (Shape.area_pos (.row n))
