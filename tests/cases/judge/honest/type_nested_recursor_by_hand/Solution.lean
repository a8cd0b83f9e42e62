inductive Rose where
  | node (children : List Rose)

noncomputable def Rose.count (r : Rose) : Nat :=
  Rose.rec (motive_1 := fun _ => Nat) (motive_2 := fun _ => Nat)
    (fun _ n => n + 1) 0 (fun _ _ m n => m + n) r

theorem t (r : Rose) : 0 < r.count :=
  Rose.rec (motive_1 := fun r => 0 < r.count) (motive_2 := fun _ => True)
    (fun _ _ => Nat.succ_pos _) trivial (fun _ _ _ _ => trivial) r
