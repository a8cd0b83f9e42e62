inductive Bracket where
  | group (parts : List Bracket)

def Bracket.deep : Nat → Bracket
  | 0 => .group []
  | n + 1 => .group [Bracket.deep n, .group []]

def Bracket.height : Bracket → Nat
  | group [] => 0
  | group (b :: _) => b.height + 1

theorem Bracket.height_deep (n : Nat) : (Bracket.deep n).height = n := by
  induction n with
  | zero => simp [deep, height]
  | succ n ih => simp [deep, height, ih]

theorem t : ∃ (α : Type) (f : α → Nat), ∀ n, ∃ a, f a = n :=
  ⟨Bracket, Bracket.height, fun n => ⟨.deep n, Bracket.height_deep n⟩⟩
