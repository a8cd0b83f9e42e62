namespace Own
inductive Nat
  | zero
  | succ (n : Nat)

inductive List (α : Type u)
  | nil
  | cons (a : α) (l : List α)

inductive Tree
  | node (l : List (Own.List Tree)) (xs : _root_.List Tree) (n : Own.Nat)

def Nat.add : Nat → Nat → Nat
  | n, .zero => n
  | n, .succ m => .succ (n.add m)

theorem t (n : Nat) (x : Tree) : Nat.add .zero n = n ∧ ∃ l xs k, x = .node l xs k := by
  refine ⟨?_, by cases x; exact ⟨_, _, _, rfl⟩⟩
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.succ ih

end Own
