inductive Tree
  | leaf
  | node (l r : Tree)

inductive Tree.Sub : Tree → Tree → Prop
  | left (l r : Tree) : Sub l (.node l r)
  | right (l r : Tree) : Sub r (.node l r)

theorem Tree.Sub.wf : WellFounded Tree.Sub := by
  refine ⟨fun x => ?_⟩
  induction x with
  | leaf => exact ⟨_, fun _ h => nomatch h⟩
  | node l r hl hr => exact ⟨_, fun _ h => by cases h <;> assumption⟩

instance : WellFoundedRelation Tree := ⟨Tree.Sub, Tree.Sub.wf⟩

def Tree.leaves (x : Tree) : Nat :=
  match x with
  | leaf => 1
  | node l r => l.leaves + r.leaves
termination_by x
decreasing_by all_goals constructor

theorem t (x : Tree) : 0 < x.leaves := by
  sorry
