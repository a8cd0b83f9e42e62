import Std

structure Graph where
  edges : Std.HashMap Nat (List Nat)
  names : Std.TreeMap String Nat

inductive Graph.Edge (g : Graph) (a b : Nat) : Prop where
  | mk (h : b ∈ g.edges.getD a [])

theorem t (g : Graph) (a b : Nat) (h : g.Edge a b) : g.edges.getD a [] ≠ [] := by
  sorry
