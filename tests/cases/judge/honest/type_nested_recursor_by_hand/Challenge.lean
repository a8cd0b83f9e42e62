inductive Rose where
  | node (children : List Rose)

noncomputable def Rose.count (r : Rose) : Nat :=
  Rose.rec (motive_1 := fun _ => Nat) (motive_2 := fun _ => Nat)
    (fun _ n => n + 1) 0 (fun _ _ m n => m + n) r

theorem t (r : Rose) : 0 < r.count := by
  sorry
