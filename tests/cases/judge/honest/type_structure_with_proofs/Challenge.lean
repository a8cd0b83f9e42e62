structure Interval where
  low : Nat
  high : Nat
  ordered : low ≤ high := by decide

structure Named extends Interval where
  name : String := "none"

def small : Named := { low := 2, high := 5 }

def Interval.width (i : Interval) : Nat := i.high - i.low

theorem t (i j : Interval) (h : i.1 = j.1) (g : i.width = j.width) : i = j ∧ small.name = "none" := by
  sorry
