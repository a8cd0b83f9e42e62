prelude
import Init.PropLemmas

/-!
Integers as differences of natural numbers, for the first module of lemmas about `Int`, in which the natural numbers alone
have laws. The built-in policy states and proves them within a proof where `Int.add_comm` isn't there yet; each rests on
those above it alone.
-/

namespace Laws.Integers

theorem int_shift : ∀ m n k : Nat, Int.subNatNat (m + k) (n + k) = Int.subNatNat m n := by
  intro m n k
  simp only [Int.subNatNat, Nat.add_sub_add_right]

theorem int_same : ∀ m n p q : Nat, m + q = p + n → Int.subNatNat m n = Int.subNatNat p q := by
  intro m n p q h
  rw [← int_shift m n q, h, Nat.add_comm n q, int_shift]

theorem int_of_zero : ∀ i : Nat, Int.subNatNat i 0 = Int.ofNat i := by
  intro i
  simp [Int.subNatNat]

theorem int_above : ∀ n i : Nat, Int.subNatNat (n + i) n = Int.ofNat i := fun n i =>
  (int_same _ _ i 0 (Nat.add_comm n i)).trans (int_of_zero i)

theorem int_below : ∀ n i : Nat, Int.subNatNat n (n + i) = Int.negOfNat i := fun n i =>
  (int_same _ _ 0 i (Nat.zero_add (n + i)).symm).trans (by cases i <;> rfl)

theorem int_either : ∀ m n : Nat, (∃ i, m = n + i) ∨ (∃ i, n = m + i) := fun m n =>
  (Nat.le_total n m).elim
    (fun h => .inl ((Nat.le.dest h).elim fun i e => ⟨i, e.symm⟩))
    (fun h => .inr ((Nat.le.dest h).elim fun i e => ⟨i, e.symm⟩))

theorem int_difference : ∀ a : Int, ∃ m n, a = Int.subNatNat m n := by
  intro a
  cases a with
  | ofNat m => exact ⟨m, 0, (int_of_zero m).symm⟩
  | negSucc m => exact ⟨0, m + 1, rfl⟩

theorem int_neg : ∀ m n : Nat, -Int.subNatNat m n = Int.subNatNat n m := by
  intro m n
  cases int_either m n with
  | inl h =>
    cases h with
    | intro i h =>
      subst h
      rw [int_above, int_below]
      rfl
  | inr h =>
    cases h with
    | intro i h =>
      subst h
      rw [int_above, int_below]
      cases i <;> rfl

theorem int_ofNat_add_neg : ∀ i j : Nat, Int.ofNat i + Int.negOfNat j = Int.subNatNat i j := by
  intro i j
  cases j with
  | zero => exact (int_of_zero i).symm
  | succ j => rfl

theorem int_neg_add_ofNat : ∀ i j : Nat, Int.negOfNat i + Int.ofNat j = Int.subNatNat j i := by
  intro i j
  cases i with
  | zero => exact (congrArg Int.ofNat (Nat.zero_add j)).trans (int_of_zero j).symm
  | succ i => rfl

theorem int_neg_add_neg : ∀ i j : Nat, Int.negOfNat i + Int.negOfNat j = Int.negOfNat (i + j) := by
  intro i j
  cases i with
  | zero =>
    cases j with
    | zero => rfl
    | succ j =>
      show Int.subNatNat 0 (j + 1) = Int.negOfNat (0 + (j + 1))
      rw [Nat.zero_add]
      rfl
  | succ i =>
    cases j with
    | zero => rfl
    | succ j =>
      show Int.negSucc _ = Int.negSucc _
      simp [Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]

theorem int_add : ∀ m n p q : Nat,
    Int.subNatNat m n + Int.subNatNat p q = Int.subNatNat (m + p) (n + q) := by
  intro m n p q
  cases int_either m n with
  | inl h =>
    cases h with
    | intro i h =>
      subst h
      cases int_either p q with
      | inl h =>
        cases h with
        | intro j h =>
          subst h
          rw [int_above, int_above]
          exact (int_above (n + q) (i + j)).symm.trans (int_same _ _ _ _ (by
            simp only [Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]))
      | inr h =>
        cases h with
        | intro j h =>
          subst h
          rw [int_above, int_below, int_ofNat_add_neg]
          exact int_same _ _ _ _ (by
            simp only [Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc])
  | inr h =>
    cases h with
    | intro i h =>
      subst h
      cases int_either p q with
      | inl h =>
        cases h with
        | intro j h =>
          subst h
          rw [int_below, int_above, int_neg_add_ofNat]
          exact int_same _ _ _ _ (by
            simp only [Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc])
      | inr h =>
        cases h with
        | intro j h =>
          subst h
          rw [int_below, int_below, int_neg_add_neg]
          exact (int_below (m + p) (i + j)).symm.trans (int_same _ _ _ _ (by
            simp only [Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]))

theorem int_ofNat_mul_neg : ∀ i j : Nat, Int.ofNat i * Int.negOfNat j = Int.negOfNat (i * j) := by
  intro i j
  cases j <;> rfl

theorem int_neg_mul_ofNat : ∀ i j : Nat, Int.negOfNat i * Int.ofNat j = Int.negOfNat (i * j) := by
  intro i j
  cases i with
  | zero =>
    show Int.ofNat (0 * j) = Int.negOfNat (0 * j)
    rw [Nat.zero_mul]
    rfl
  | succ i => rfl

theorem int_neg_mul_neg : ∀ i j : Nat, Int.negOfNat i * Int.negOfNat j = Int.ofNat (i * j) := by
  intro i j
  cases i with
  | zero =>
    show Int.ofNat 0 * Int.negOfNat j = Int.ofNat (0 * j)
    rw [int_ofNat_mul_neg, Nat.zero_mul]
    rfl
  | succ i => cases j <;> rfl

theorem int_mul : ∀ m n p q : Nat,
    Int.subNatNat m n * Int.subNatNat p q = Int.subNatNat (m * p + n * q) (m * q + n * p) := by
  intro m n p q
  cases int_either m n with
  | inl h =>
    cases h with
    | intro i h =>
      subst h
      cases int_either p q with
      | inl h =>
        cases h with
        | intro j h =>
          subst h
          rw [int_above, int_above]
          exact (int_above 0 (i * j)).symm.trans (int_same _ _ _ _ (by
            simp only [Nat.add_mul, Nat.mul_add, Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc, Nat.mul_zero,
              Nat.zero_mul, Nat.mul_one, Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]))
      | inr h =>
        cases h with
        | intro j h =>
          subst h
          rw [int_above, int_below, int_ofNat_mul_neg]
          exact (int_below 0 (i * j)).symm.trans (int_same _ _ _ _ (by
            simp only [Nat.add_mul, Nat.mul_add, Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc, Nat.mul_zero,
              Nat.zero_mul, Nat.mul_one, Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]))
  | inr h =>
    cases h with
    | intro i h =>
      subst h
      cases int_either p q with
      | inl h =>
        cases h with
        | intro j h =>
          subst h
          rw [int_below, int_above, int_neg_mul_ofNat]
          exact (int_below 0 (i * j)).symm.trans (int_same _ _ _ _ (by
            simp only [Nat.add_mul, Nat.mul_add, Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc, Nat.mul_zero,
              Nat.zero_mul, Nat.mul_one, Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]))
      | inr h =>
        cases h with
        | intro j h =>
          subst h
          rw [int_below, int_below, int_neg_mul_neg]
          exact (int_above 0 (i * j)).symm.trans (int_same _ _ _ _ (by
            simp only [Nat.add_mul, Nat.mul_add, Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc, Nat.mul_zero,
              Nat.zero_mul, Nat.mul_one, Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]))

theorem int_same_zero : ∀ x y : Nat, Int.subNatNat x y = Int.subNatNat 0 0 → x = y := by
  intro x y h
  cases int_either x y with
  | inl e =>
    cases e with
    | intro i e =>
      subst e
      rw [int_above] at h
      exact congrArg (y + ·) (Int.ofNat.inj h)
  | inr e =>
    cases e with
    | intro i e =>
      subst e
      rw [int_below] at h
      cases i with
      | zero => rfl
      | succ i => exact nomatch (show Int.negSucc i = Int.ofNat 0 from h)

theorem int_same_iff : ∀ m n p q : Nat, Int.subNatNat m n = Int.subNatNat p q ↔ m + q = p + n := by
  intro m n p q
  constructor
  · intro h
    apply int_same_zero (m + q) (p + n)
    have e := congrArg (· + Int.subNatNat q p) h
    simp only [int_add] at e
    rw [Nat.add_comm p n]
    exact e.trans (int_same _ _ _ _ (by
      simp only [Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]))
  · exact int_same m n p q

theorem int_sub : ∀ x y : Int, x - y = x + -y := fun _ _ => rfl

theorem int_zero : (0 : Int) = Int.subNatNat 0 0 := rfl

theorem int_one : (1 : Int) = Int.subNatNat 1 0 := rfl

theorem int_cast : ∀ n : Nat, (n : Int) = Int.subNatNat n 0 := fun n => (int_of_zero n).symm

theorem int_ofNat : ∀ n : Nat, Int.ofNat n = Int.subNatNat n 0 := fun n => (int_of_zero n).symm

theorem int_negSucc : ∀ n : Nat, Int.negSucc n = Int.subNatNat 0 (n + 1) := fun _ => rfl

theorem int_negOfNat : ∀ n : Nat, Int.negOfNat n = Int.subNatNat 0 n := fun n => by cases n <;> rfl

theorem signed_negSucc : ∀ n : Nat, Int.negSucc n = Int.negOfNat (n + 1) := fun _ => rfl

theorem signed_one : (1 : Int) = Int.ofNat 1 := rfl

theorem signed_zero : (0 : Int) = Int.ofNat 0 := rfl

theorem signed_cast : ∀ n : Nat, (n : Int) = Int.ofNat n := fun _ => rfl

theorem signed_neg : ∀ n : Nat, -Int.ofNat n = Int.negOfNat n := fun _ => rfl

theorem signed_neg_neg : ∀ n : Nat, -Int.negOfNat n = Int.ofNat n := fun n => by cases n <;> rfl

theorem signed_mul : ∀ i j : Nat, Int.ofNat i * Int.ofNat j = Int.ofNat (i * j) := fun _ _ => rfl

end Laws.Integers
