prelude
import Init.Data.Nat.Div.Lemmas
import Init.TacticsExtra

/-!
Division of integers by a variable. `omega` divides by numerals alone, and the library's laws of `tdiv` and `fdiv` come
late. The built-in policy states and proves them within a proof whose goal divides so.
-/

namespace Laws.Divisions

theorem tdiv_add_tmod : ∀ a b : Int, b * a.tdiv b + a.tmod b = a := by
  intro a b
  cases a with
  | ofNat m =>
    cases b with
    | ofNat n => exact congrArg Int.ofNat (Nat.div_add_mod m n)
    | negSucc n =>
      show -((n + 1 : Nat) : Int) * -((m / (n + 1) : Nat) : Int) + ((m % (n + 1) : Nat) : Int) = (m : Int)
      rw [Int.neg_mul_neg]
      exact congrArg Int.ofNat (Nat.div_add_mod m (n + 1))
  | negSucc m =>
    cases b with
    | ofNat n =>
      show (n : Int) * -(((m + 1) / n : Nat) : Int) + -(((m + 1) % n : Nat) : Int) = -((m + 1 : Nat) : Int)
      rw [Int.mul_neg, ← Int.neg_add]
      exact congrArg (fun x : Nat => -(x : Int)) (Nat.div_add_mod (m + 1) n)
    | negSucc n =>
      show -((n + 1 : Nat) : Int) * (((m + 1) / (n + 1) : Nat) : Int) + -(((m + 1) % (n + 1) : Nat) : Int) =
        -((m + 1 : Nat) : Int)
      rw [Int.neg_mul, ← Int.neg_add]
      exact congrArg (fun x : Nat => -(x : Int)) (Nat.div_add_mod (m + 1) (n + 1))

theorem fdiv_add_fmod : ∀ a b : Int, b * a.fdiv b + a.fmod b = a := by
  intro a b
  cases a with
  | ofNat m =>
    cases b with
    | ofNat n =>
      cases m with
      | zero => simp [Int.fdiv, Int.fmod]
      | succ m => exact congrArg Int.ofNat (Nat.div_add_mod (m + 1) n)
    | negSucc n =>
      cases m with
      | zero => simp [Int.fdiv, Int.fmod]
      | succ m =>
        show (((n + 1) * (m / (n + 1) + 1) : Nat) : Int) + Int.subNatNat (m % (n + 1)) n = ((m + 1 : Nat) : Int)
        have h := Nat.div_add_mod m (n + 1)
        rw [Int.subNatNat_eq_coe, Nat.mul_succ]
        omega
  | negSucc m =>
    cases b with
    | ofNat n =>
      cases n with
      | zero => simp [Int.fdiv, Int.fmod, Int.subNatNat]
      | succ n =>
        show -(((n + 1) * (m / (n + 1) + 1) : Nat) : Int) + Int.subNatNat (n + 1) (m % (n + 1) + 1) =
          -((m + 1 : Nat) : Int)
        have h := Nat.div_add_mod m (n + 1)
        rw [Int.subNatNat_eq_coe, Nat.mul_succ]
        omega
    | negSucc n =>
      show -((n + 1 : Nat) : Int) * (((m + 1) / (n + 1) : Nat) : Int) + -(((m + 1) % (n + 1) : Nat) : Int) =
        -((m + 1 : Nat) : Int)
      rw [Int.neg_mul, ← Int.neg_add]
      exact congrArg (fun x : Nat => -(x : Int)) (Nat.div_add_mod (m + 1) (n + 1))

theorem le_mul_of_pos : ∀ b q : Int, 0 < b → 0 < q → b ≤ b * q := by
  intro b q h k
  have := Int.mul_le_mul_of_nonneg_left (show 1 ≤ q from k) (Int.le_of_lt h)
  rwa [Int.mul_one] at this

theorem mul_le_neg_of_pos : ∀ b q : Int, 0 < b → q < 0 → b * q ≤ -b := by
  intro b q h k
  have := Int.mul_le_mul_of_nonneg_left (show q ≤ -1 by omega) (Int.le_of_lt h)
  rwa [Int.mul_neg, Int.mul_one] at this

theorem mul_le_of_neg : ∀ b q : Int, b < 0 → 0 < q → b * q ≤ b := by
  intro b q h k
  have := le_mul_of_pos (-b) q (by omega) k
  rw [Int.neg_mul] at this
  omega

theorem neg_le_mul_of_neg : ∀ b q : Int, b < 0 → q < 0 → -b ≤ b * q := by
  intro b q h k
  have := mul_le_neg_of_pos (-b) q (by omega) k
  rw [Int.neg_mul] at this
  omega

theorem mul_tdiv_left : ∀ b k : Int, b ≠ 0 → (b * k).tdiv b = k := by
  intro b k h
  cases b with
  | ofNat n =>
    cases n with
    | zero => exact absurd rfl h
    | succ n =>
      cases k with
      | ofNat m => exact congrArg Int.ofNat (Nat.mul_div_cancel_left m (Nat.succ_pos n))
      | negSucc m =>
        show -((((n + 1) * (m + 1)) / (n + 1) : Nat) : Int) = -((m + 1 : Nat) : Int)
        rw [Nat.mul_div_cancel_left _ (Nat.succ_pos n)]
  | negSucc n =>
    cases k with
    | ofNat m =>
      cases m with
      | zero => simp [Int.tdiv]
      | succ m => exact congrArg Int.ofNat (Nat.mul_div_cancel_left (m + 1) (Nat.succ_pos n))
    | negSucc m =>
      show -((((n + 1) * (m + 1)) / (n + 1) : Nat) : Int) = -((m + 1 : Nat) : Int)
      rw [Nat.mul_div_cancel_left _ (Nat.succ_pos n)]

theorem mul_tdiv_right : ∀ b k : Int, b ≠ 0 → (k * b).tdiv b = k := by
  intro b k h
  rw [Int.mul_comm]
  exact mul_tdiv_left b k h

theorem mul_left_inj : ∀ d k l : Int, d ≠ 0 → (d * k = d * l ↔ k = l) := fun d k l h =>
  ⟨Int.eq_of_mul_eq_mul_left h, fun e => by rw [e]⟩

theorem fdiv_of_nonneg : ∀ a b : Int, 0 ≤ b → a.fdiv b = a / b := by
  intro a b h
  cases b with
  | ofNat n =>
    cases a with
    | ofNat m => cases m <;> first | rfl | simp [Int.fdiv]
    | negSucc m => cases n <;> first | rfl | simp [Int.fdiv]
  | negSucc n => exact absurd h (Int.not_le.2 (Int.negSucc_lt_zero n))

theorem fdiv_of_neg : ∀ a b : Int, b < 0 → a.fdiv b = (-a) / (-b) := by
  intro a b h
  cases b with
  | ofNat n => exact absurd h (Int.not_lt.2 (Int.natCast_nonneg n))
  | negSucc n =>
    cases a with
    | ofNat m => cases m <;> first | rfl | simp [Int.fdiv]
    | negSucc m => rfl

theorem mul_le_mul_iff : ∀ c x y : Int, 0 < c → (c * x ≤ c * y ↔ x ≤ y) := fun c x y h =>
  ⟨fun k => Int.not_lt.1 fun l => Int.not_le.2 (Int.mul_lt_mul_of_pos_left l h) k,
    fun k => Int.mul_le_mul_of_nonneg_left k (Int.le_of_lt h)⟩

theorem mul_lt_mul_iff : ∀ c x y : Int, 0 < c → (c * x < c * y ↔ x < y) := fun c x y h =>
  ⟨fun k => Int.not_le.1 fun l => Int.not_lt.2 (Int.mul_le_mul_of_nonneg_left l (Int.le_of_lt h)) k,
    fun k => Int.mul_lt_mul_of_pos_left k h⟩

end Laws.Divisions
