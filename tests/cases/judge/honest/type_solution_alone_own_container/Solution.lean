inductive Pair (α : Type u) (β : Type v)
  | mk (a : α) (b : β)

inductive Box (n : Nat) (α : Type u)
  | none
  | full (i : Fin n) (a : α)

inductive Maze (α : Type u) : Type u
  | end (a : α)
  | fork (p : Pair (Maze α) (Box 4 (Pair (Maze α) (List (Maze α)))))

def Maze.ends {α : Type u} : Maze α → Bool
  | .end _ => true
  | .fork _ => false

theorem t : ∃ (α : Type) (x y : α), x ≠ y :=
  ⟨Maze Nat, .end 1, .fork (.mk (.end 1) .none), fun h => absurd (congrArg Maze.ends h) (by decide)⟩
