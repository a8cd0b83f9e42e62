/-!
# Natural numbers, integers, rationals
-/

namespace Numbers

theorem add_rearrange (a b c d : Nat) : (a + b) + (c + d) = (a + c) + (b + d) := by
  sorry

theorem square_of_sum (a b : Nat) : (a + b) * (a + b) = a * a + 2 * a * b + b * b := by
  sorry

theorem difference_of_squares (a b : Int) : (a + b) * (a - b) = a * a - b * b := by
  sorry

theorem mul_pos_of_pos (a b : Nat) (ha : 0 < a) (hb : 0 < b) : 0 < a * b := by
  sorry

theorem max_is_one_of_two (a b : Nat) : max a b = a ∨ max a b = b := by
  sorry

theorem trichotomy (a b : Int) : a < b ∨ a = b ∨ b < a := by
  sorry

theorem square_nonneg (a : Int) : 0 ≤ a * a := by
  sorry

theorem halves (n : Nat) (h : n % 2 = 0) : n / 2 + n / 2 = n := by
  sorry

/-- Linear arithmetic with three unknowns. -/
theorem three_unknowns (x y z : Int) (h₁ : x + y + z = 6) (h₂ : x - y = 1) (h₃ : y - z = 1) : y = 2 := by
  sorry

theorem rat_average (a b : Rat) (h : a < b) : a < (a + b) / 2 := by
  sorry

theorem rat_cancel (x y : Rat) (h : 3 * x + y = 3 * y + x) : x = y := by
  sorry

/-! ## Remainders -/

theorem consecutive_product_even (n : Nat) : n * (n + 1) % 2 = 0 := by
  sorry

theorem square_mod_four (n : Nat) : n * n % 4 = 0 ∨ n * n % 4 = 1 := by
  sorry

theorem odd_plus_odd (a b : Nat) (ha : a % 2 = 1) (hb : b % 2 = 1) : (a + b) % 2 = 0 := by
  sorry

theorem remainder_of_sum (a b m : Nat) : (a % m + b % m) % m = (a + b) % m := by
  sorry

theorem seven_divides (n : Nat) (h : n % 14 = 7) : 7 ∣ n := by
  sorry

theorem chinese_remainder (x : Nat) (h₃ : x % 3 = 2) (h₅ : x % 5 = 3) : x % 15 = 8 := by
  sorry

theorem last_digit_of_power : 7 ^ 100 % 10 = 1 := by
  sorry

/-! ## Functions defined here -/

/-- 0 + 1 + … + n -/
def triangle : Nat → Nat
  | 0 => 0
  | n + 1 => (n + 1) + triangle n

theorem triangle_closed_form (n : Nat) : 2 * triangle n = n * (n + 1) := by
  sorry

def power (b : Nat) : Nat → Nat
  | 0 => 1
  | n + 1 => power b n * b

theorem power_add (b m n : Nat) : power b (m + n) = power b m * power b n := by
  sorry

theorem power_pos (b n : Nat) (h : 0 < b) : 0 < power b n := by
  sorry

def isEven : Nat → Bool
  | 0 => true
  | n + 1 => !isEven n

theorem isEven_double (n : Nat) : isEven (n + n) = true := by
  sorry

theorem isEven_add (m n : Nat) : isEven (m + n) = (isEven m == isEven n) := by
  sorry

/-- Addition with an accumulator. -/
def addAcc : Nat → Nat → Nat
  | 0, acc => acc
  | n + 1, acc => addAcc n (acc + 1)

/-- The induction hypothesis is only strong enough if it holds for every accumulator. -/
theorem addAcc_is_add (n acc : Nat) : addAcc n acc = n + acc := by
  sorry

end Numbers
