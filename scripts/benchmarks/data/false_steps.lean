/-! Sketches in which one step is false. What they are for is true, and too hard for any search here, so that nothing but
the false step ends the work at them. -/

theorem f01 (a b : Nat) (h : a < b) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : a ≤ b := by
    sorry
  have h2 : a + 1 < b := by
    sorry
  sorry

theorem f02 (n : Nat) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : n * n = n + n := by
    sorry
  have h2 : 0 ≤ n := by
    sorry
  sorry

theorem f03 (a b c : Nat) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : a * c = c * a := by
    sorry
  have h2 : a + b = a * b := by
    sorry
  sorry

theorem f04 (a b : Int) (h : a ≤ b) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : 0 ≤ b - a := by
    sorry
  have h2 : 0 ≤ a := by
    sorry
  sorry

theorem f05 (xs ys : List Nat) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : (xs ++ ys) = (ys ++ xs) := by
    sorry
  have h2 : xs.length + ys.length = ys.length + xs.length := by
    sorry
  sorry

theorem f06 (x y : Nat) (h : x = 2 * y) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : x % 2 = y % 2 := by
    sorry
  have h2 : y ≤ x := by
    sorry
  sorry

theorem f07 (p q : Prop) (hp : p ∨ q) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : p := by
    sorry
  have h2 : q → q ∨ p := by
    sorry
  sorry

theorem f08 (a b : Nat) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : a ≤ b := by
    sorry
  have h2 : b ≤ max a b := by
    sorry
  sorry

theorem f09 (a b : Nat) (h : a ∣ b) (hb : 0 < b) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : 0 < b := by
    sorry
  have h2 : b ∣ a := by
    sorry
  sorry

theorem f10 (n : Nat) (h : 2 ≤ n) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : 2 * n ≤ n * n := by
    sorry
  have h2 : n * n < 2 * n := by
    sorry
  sorry

theorem f11 (a b : Bool) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : (a && b) = a := by
    sorry
  have h2 : (a && true) = a := by
    sorry
  sorry

theorem f12 (xs : List Nat) (h : xs ≠ []) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : xs.length ≠ 0 := by
    sorry
  have h2 : xs.length = 1 := by
    sorry
  sorry

theorem f13 (a b c : Nat) (h : a ≤ b) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : a * c < b * c := by
    sorry
  have h2 : 0 ≤ b - a := by
    sorry
  sorry

theorem f14 (x : Int) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : 0 ≤ x := by
    sorry
  have h2 : x * x = x * x := by
    sorry
  sorry

theorem f15 (n m : Nat) (h : n % 3 = 1) (k : m % 3 = 2) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : (n * m) % 3 = 2 := by
    sorry
  have h2 : m < n := by
    sorry
  sorry

theorem f16 (a b : Nat) (h : a - b = 0) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : a = b := by
    sorry
  have h2 : a < b + 1 := by
    sorry
  sorry

theorem f17 (x y z : Nat) (h : x + y = z) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : z - x = y := by
    sorry
  have h2 : x < z := by
    sorry
  sorry

theorem f18 (f : Nat → Nat) (h : ∀ n, f n ≤ n) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : f 0 = 0 := by
    sorry
  have h2 : f 1 = 1 := by
    sorry
  sorry

theorem f19 (a b : Nat) (h : a * b = 0) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : a = 0 := by
    sorry
  have h2 : 0 = a * b := by
    sorry
  sorry

theorem f20 (xs : List Nat) :
    ∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3 := by
  have h1 : xs.reverse = xs := by
    sorry
  have h2 : xs.length = xs.length := by
    sorry
  sorry
