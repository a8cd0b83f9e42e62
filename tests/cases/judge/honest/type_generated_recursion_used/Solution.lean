inductive Tree
  | leaf (n : Nat)
  | node (f : Bool → Tree)

noncomputable def Tree.sum (x : Tree) : Nat :=
  Tree.recOn (motive := fun _ => Nat) x (fun n => n) fun _ s => s true + s false

noncomputable def Tree.first (x : Tree) : Nat :=
  Tree.brecOn (motive := fun _ => Nat) x fun y below =>
    (Tree.casesOn (motive := fun y => Tree.below (motive := fun _ => Nat) y → Nat) y
      (fun n _ => n) fun _ b => (b true).1) below

theorem t (n m : Nat) : (Tree.node fun b => .leaf (cond b n m)).sum = n + m ∧ (Tree.node fun _ => .leaf n).first = n :=
  ⟨rfl, rfl⟩
