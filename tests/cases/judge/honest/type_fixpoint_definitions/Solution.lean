inductive Cmd
  | skip
  | loop (c : Cmd)

def Runs (p : Nat → Nat → Prop) (n : Nat) : Prop :=
  ∃ m, p n m ∧ Runs p m
coinductive_fixpoint

def Cmd.find (c : Cmd) (p : Nat → Bool) (n : Nat) : Option Cmd :=
  if p n then some (.loop c) else Cmd.find (.loop c) p (n + 1)
partial_fixpoint

theorem t (c : Cmd) (p : Nat → Nat → Prop) (h : Runs p 0) : c.find (· == 0) 0 = some (.loop c) ∧ ∃ m, p 0 m := by
  constructor
  · rw [Cmd.find]
    rfl
  · rw [Runs] at h
    obtain ⟨m, h, _⟩ := h
    exact ⟨m, h⟩
