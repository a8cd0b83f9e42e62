def half (n : Nat) : Nat := if n < 2 then 0 else half (n - 2) + 1

inductive Trace : Nat → Nat → Prop
  | zero : Trace 0 0
  | one : Trace 1 0
  | two {n k : Nat} (h : Trace n k) : Trace (n + 2) (k + 1)

theorem Trace.of (n : Nat) : Trace n (half n) := by
  fun_induction half with
  | case1 n h => match n, h with
    | 0, _ => exact .zero
    | 1, _ => exact .one
  | case2 n h ih =>
    obtain ⟨m, rfl⟩ : ∃ m, n = m + 2 := ⟨n - 2, by omega⟩
    exact .two ih

theorem Trace.bounds {n k : Nat} (h : Trace n k) : 2 * k ≤ n ∧ n ≤ 2 * k + 1 := by
  induction h <;> omega

theorem t (n : Nat) : 2 * half n ≤ n ∧ n ≤ 2 * half n + 1 :=
  (Trace.of n).bounds
