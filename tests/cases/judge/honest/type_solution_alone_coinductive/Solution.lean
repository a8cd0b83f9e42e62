coinductive Goes (f : Nat → Nat) : Nat → Prop
  | step (n : Nat) (h : f n ≠ 0) (g : Goes f (f n)) : Goes f n

theorem Goes.first {f : Nat → Nat} {n : Nat} (h : Goes f n) : f n ≠ 0 := by
  cases h
  assumption

theorem Goes.all {f : Nat → Nat} (h : ∀ n, f n ≠ 0) (n : Nat) : Goes f n := by
  refine Goes.coinduct f (fun _ => True) ?_ n trivial
  intro a _
  exact ⟨h a, trivial⟩

theorem t (n : Nat) : (fun m : Nat => m + 1) n ≠ 0 :=
  (Goes.all (f := fun m => m + 1) (fun m => Nat.succ_ne_zero m) n).first
