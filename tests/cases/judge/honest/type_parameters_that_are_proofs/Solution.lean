inductive Ring (n : Nat) (h : 0 < n) : Nat → Type
  | start : Ring n h 0
  | next {k : Nat} (r : Ring n h k) : Ring n h ((k + 1) % n)

structure Picked {α : Type u} (l : List α) (h : l ≠ []) (f : α → Nat := fun _ => 0) where
  value : α
  mem : value ∈ l
  least : ∀ b ∈ l, f value ≤ f b

theorem t (n k : Nat) (h : 0 < n) (r : Ring n h k) (p : Picked [n] (by simp)) : k < n ∧ p.value = n := by
  constructor
  · cases r with
    | start => exact h
    | next => exact Nat.mod_lt _ h
  · simpa using p.mem
