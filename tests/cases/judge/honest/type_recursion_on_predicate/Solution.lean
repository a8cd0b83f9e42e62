inductive Le : Nat → Nat → Prop
  | refl (n : Nat) : Le n n
  | step {n m : Nat} : Le n m → Le n (m + 1)

theorem Le.trans {a b : Nat} : {c : Nat} → Le a b → Le b c → Le a c
  | _, h, .refl _ => h
  | _, h, .step g => .step (h.trans g)

theorem Le.lift {a b : Nat} (h : Le a b) : Le (a + 1) (b + 1) :=
  match h with
  | .refl _ => .refl _
  | .step g => .step g.lift

theorem t (a b c : Nat) (h : Le a b) (g : Le b c) : Le a (c + 1) ∧ ¬Le (a + 1) a := by
  refine ⟨.step (h.trans g), fun k => ?_⟩
  have le : ∀ x y, Le x y → x ≤ y := by
    intro x y h
    induction h with
    | refl => exact Nat.le_refl _
    | step _ ih => exact Nat.le_succ_of_le ih
  have := le _ _ k
  omega
