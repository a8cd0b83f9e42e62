prelude
import Init.Data.NeZero
import Init.Grind.Tactics
import Init.SimpLemmas

/-!
Laws of natural numbers for the first modules of Lean's own library, which have no commutativity, no `omega` and not even
`∃`. The built-in policy states and proves them within a proof where `Nat.add_comm` isn't there yet; each rests on those
above it alone.
-/

namespace Laws.Naturals

theorem nat_zero_eq : Nat.zero = 0 := rfl

theorem nat_succ_eq : ∀ n : Nat, Nat.succ n = n + 1 := fun _ => rfl

theorem nat_pred_succ : ∀ n : Nat, Nat.pred (n + 1) = n := fun _ => rfl

theorem nat_pred_zero : Nat.pred 0 = 0 := rfl

theorem nat_sub_zero : ∀ n : Nat, n - 0 = n := fun _ => rfl

theorem nat_succ_pos : ∀ n : Nat, (0 < n + 1) = True := fun n => eq_true (Nat.succ_pos n)

theorem nat_add_succ_ne_zero : ∀ a b : Nat, (a + (b + 1) = 0) = False := fun _ _ => eq_false nofun

theorem nat_mul_zero : ∀ n : Nat, n * 0 = 0 := fun _ => rfl

theorem nat_mul_succ : ∀ m n : Nat, m * (n + 1) = m * n + m := fun _ _ => rfl

theorem nat_zero_add : ∀ n : Nat, 0 + n = n := by
  intro n
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.succ ih

theorem nat_succ_add : ∀ m n : Nat, (m + 1) + n = (m + n) + 1 := by
  intro m n
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.succ ih

theorem nat_add_comm : ∀ m n : Nat, m + n = n + m := by
  intro m n
  induction n with
  | zero => exact (nat_zero_add m).symm
  | succ n ih => exact (congrArg Nat.succ ih).trans (nat_succ_add n m).symm

theorem nat_add_assoc : ∀ a b c : Nat, a + b + c = a + (b + c) := by
  intro a b c
  induction c with
  | zero => rfl
  | succ c ih => exact congrArg Nat.succ ih

theorem nat_add_left_comm : ∀ a b c : Nat, a + (b + c) = b + (a + c) := by
  intro a b c
  rw [← nat_add_assoc, nat_add_comm a b, nat_add_assoc]

theorem nat_zero_mul : ∀ n : Nat, 0 * n = 0 := by
  intro n
  induction n with
  | zero => rfl
  | succ n ih => exact ih

theorem nat_succ_mul : ∀ m n : Nat, (m + 1) * n = m * n + n := by
  intro m n
  induction n with
  | zero => rfl
  | succ n ih =>
    exact congrArg Nat.succ ((congrArg (· + m) ih).trans ((nat_add_assoc (m * n) n m).trans
      ((congrArg (m * n + ·) (nat_add_comm n m)).trans (nat_add_assoc (m * n) m n).symm)))

theorem nat_mul_comm : ∀ m n : Nat, m * n = n * m := by
  intro m n
  induction n with
  | zero => exact (nat_zero_mul m).symm
  | succ n ih => exact (congrArg (· + m) ih).trans (nat_succ_mul n m).symm

theorem nat_mul_one : ∀ n : Nat, n * 1 = n := nat_zero_add

theorem nat_one_mul : ∀ n : Nat, 1 * n = n := fun n => (nat_mul_comm 1 n).trans (nat_zero_add n)

theorem nat_mul_add : ∀ a b c : Nat, a * (b + c) = a * b + a * c := by
  intro a b c
  induction c with
  | zero => rfl
  | succ c ih => exact (congrArg (· + a) ih).trans (nat_add_assoc _ _ _)

theorem nat_add_mul : ∀ a b c : Nat, (a + b) * c = a * c + b * c := by
  intro a b c
  rw [nat_mul_comm, nat_mul_add, nat_mul_comm c a, nat_mul_comm c b]

theorem nat_zero_sub : ∀ n : Nat, 0 - n = 0 := by
  intro n
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.pred ih

theorem nat_succ_sub_succ : ∀ m n : Nat, (m + 1) - (n + 1) = m - n := by
  intro m n
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg Nat.pred ih

theorem nat_add_sub_add : ∀ a b c : Nat, (a + c) - (b + c) = a - b := by
  intro a b c
  induction c with
  | zero => rfl
  | succ c ih => exact (nat_succ_sub_succ _ _).trans ih

theorem nat_add_sub_right : ∀ a b : Nat, a + b - b = a := by
  intro a b
  have h := nat_add_sub_add a 0 b
  rw [nat_zero_add b] at h
  exact h

theorem nat_add_sub_left : ∀ a b : Nat, b + a - b = a := by
  intro a b
  rw [nat_add_comm]
  exact nat_add_sub_right a b

theorem nat_sub_add_right : ∀ a b : Nat, a - (a + b) = 0 := by
  intro a b
  have h := nat_add_sub_add 0 b a
  rw [nat_zero_add a, nat_add_comm b a] at h
  exact h.trans (nat_zero_sub b)

theorem nat_sub_add_left : ∀ a b : Nat, a - (b + a) = 0 := by
  intro a b
  rw [nat_add_comm]
  exact nat_sub_add_right a b

theorem nat_add_add_sub : ∀ a b c : Nat, a + (b + c) - b = a + c := by
  intro a b c
  rw [nat_add_left_comm]
  exact nat_add_sub_left _ _

theorem nat_add_right_inj : ∀ a b c : Nat, a + c = b + c ↔ a = b := fun a b c =>
  Iff.intro
    (fun h => by
      have := congrArg (· - c) h
      simp only [nat_add_sub_right] at this
      exact this)
    (fun h => by rw [h])

theorem nat_ne_add_succ : ∀ a k : Nat, (a = a + (k + 1)) = False := fun a k =>
  eq_false fun h => by
    have e := (nat_add_right_inj 0 (k + 1) a).1 (by rw [nat_zero_add, nat_add_comm]; exact h)
    exact nomatch e

theorem nat_add_succ_ne : ∀ a k : Nat, (a + (k + 1) = a) = False := by
  intro a k
  rw [← nat_ne_add_succ a k]
  apply propext
  constructor <;> intro h <;> exact h.symm

theorem nat_eq_add_right : ∀ a b : Nat, (a = a + b) = (b = 0) := by
  intro a b
  cases b with
  | zero => simp
  | succ b => rw [nat_ne_add_succ]; simp

theorem nat_eq_add_left : ∀ a b : Nat, (a = b + a) = (b = 0) := by
  intro a b
  rw [nat_add_comm b a, nat_eq_add_right]

theorem nat_eq_add_add : ∀ a b c : Nat, (a = b + (a + c)) = (b + c = 0) := by
  intro a b c
  rw [nat_add_left_comm, nat_eq_add_right]

theorem nat_eq_add_add_left : ∀ a b c : Nat, (a = b + (c + a)) = (b + c = 0) := by
  intro a b c
  rw [nat_add_comm c a, nat_add_left_comm, nat_eq_add_right]

theorem nat_ne_succ : ∀ a : Nat, (a = a + 1) = False := fun a => nat_ne_add_succ a 0

theorem nat_succ_ne : ∀ a : Nat, (a + 1 = a) = False := fun a => nat_add_succ_ne a 0

theorem nat_le_iff : ∀ a b : Nat, a ≤ b ↔ Exists fun k => b = a + k := fun a b =>
  Iff.intro
    (fun h => by
      induction h with
      | refl => exact ⟨0, rfl⟩
      | step h ih =>
        cases ih with
        | intro k e => exact ⟨k + 1, congrArg Nat.succ e⟩)
    (fun h => by
      cases h with
      | intro k e =>
        subst e
        induction k with
        | zero => exact Nat.le.refl
        | succ k ih => exact Nat.le.step ih)

theorem nat_zero_le : ∀ n : Nat, (0 ≤ n) = True := fun n => eq_true (Nat.zero_le n)

theorem nat_le_add_right : ∀ a b : Nat, (a ≤ a + b) = True := fun a b => eq_true ((nat_le_iff _ _).2 ⟨b, rfl⟩)

theorem nat_le_add_left : ∀ a b : Nat, (a ≤ b + a) = True := fun a b =>
  eq_true ((nat_le_iff _ _).2 ⟨b, nat_add_comm b a⟩)

theorem nat_le_add_add : ∀ a b c : Nat, (a ≤ b + (a + c)) = True := fun a b c =>
  eq_true ((nat_le_iff _ _).2 ⟨b + c, nat_add_left_comm b a c⟩)

theorem nat_trichotomy : ∀ a b : Nat, (Exists fun k => b = a + k) ∨ (Exists fun k => a = b + (k + 1)) := by
  intro a b
  induction a with
  | zero => exact .inl ⟨b, (nat_zero_add b).symm⟩
  | succ a ih =>
    cases ih with
    | inl h =>
      cases h with
      | intro k e =>
        cases k with
        | zero => exact .inr ⟨0, (congrArg Nat.succ e).symm⟩
        | succ k => exact .inl ⟨k, e.trans (nat_succ_add a k).symm⟩
    | inr h =>
      cases h with
      | intro k e => exact .inr ⟨k + 1, congrArg Nat.succ e⟩

end Laws.Naturals
