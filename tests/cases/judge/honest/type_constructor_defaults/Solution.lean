inductive Config where
  | plain
  | full (size : Nat := 3) (h : 0 < size := by decide) (name : Option String := none)

def Config.size : Config → Nat
  | plain => 0
  | full (size := n) .. => n

structure Counter (step : Nat := 1) (h : step ≠ 0 := by decide) where
  start : Nat := 0

theorem t (c : Counter) : Config.size .full = 3 ∧ ∃ d : Counter 2, d.start = c.start :=
  ⟨rfl, ⟨c.start⟩, rfl⟩
