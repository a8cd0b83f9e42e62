theorem cubes_square (n : Nat) : cubesTo n = sumTo n * sumTo n := by
  have gauss : ∀ m, 2 * sumTo m = m * (m + 1) := by
    intro m
    induction m with
    | zero => sorry
    | succ m ih =>
      have step : sumTo (m + 1) = sumTo m + (m + 1) := sorry
      have wide : (m + 1) * (m + 1 + 1) = m * (m + 1) + 2 * (m + 1) := sorry
      sorry
  induction n with
  | zero => sorry
  | succ n ih =>
    have g := gauss n
    have cube : cubesTo (n + 1) = cubesTo n + (n + 1) * (n + 1) * (n + 1) := sorry
    have sum : sumTo (n + 1) = sumTo n + (n + 1) := sorry
    rw [cube, sum, ih]
    have wide : (sumTo n + (n + 1)) * (sumTo n + (n + 1))
        = sumTo n * sumTo n + 2 * sumTo n * (n + 1) + (n + 1) * (n + 1) := sorry
    rw [wide, g]
    sorry

theorem factAcc_fact (n : Nat) : factAcc n 1 = fact n := by
  have all : ∀ m acc, factAcc m acc = acc * fact m := by
    intro m
    induction m with
    | zero => sorry
    | succ m ih =>
      intro acc
      have step : factAcc (m + 1) acc = factAcc m ((m + 1) * acc) := sorry
      rw [step, ih]
      sorry
  sorry

theorem fibAcc_fib (n : Nat) : fibAcc n 0 1 = fib n := by
  have all : ∀ m k, fibAcc m (fib k) (fib (k + 1)) = fib (k + m) := by
    intro m
    induction m with
    | zero => sorry
    | succ m ih =>
      intro k
      have step : fibAcc (m + 1) (fib k) (fib (k + 1)) = fibAcc m (fib (k + 1)) (fib (k + 1 + 1)) := sorry
      have there := ih (k + 1)
      sorry
  have here := all n 0
  sorry

theorem fib_add (m n : Nat) : fib (m + n + 1) = fib m * fib n + fib (m + 1) * fib (n + 1) := by
  have both : ∀ k, fib (m + k + 1) = fib m * fib k + fib (m + 1) * fib (k + 1)
      ∧ fib (m + (k + 1) + 1) = fib m * fib (k + 1) + fib (m + 1) * fib (k + 1 + 1) := by
    intro k
    induction k with
    | zero => sorry
    | succ k ih =>
      obtain ⟨one, two⟩ := ih
      refine ⟨two, ?_⟩
      have left : fib (m + (k + 1 + 1) + 1) = fib (m + k + 1) + fib (m + (k + 1) + 1) := sorry
      have right : fib (k + 1 + 1 + 1) = fib (k + 1) + fib (k + 1 + 1) := sorry
      have before : fib (k + 1 + 1) = fib k + fib (k + 1) := sorry
      rw [left, one, two, right]
      sorry
  exact (both n).1

theorem revAcc_reverse (xs : List Nat) : revAcc xs [] = xs.reverse := by
  have all : ∀ (ys acc : List Nat), revAcc ys acc = ys.reverse ++ acc := by
    intro ys
    induction ys with
    | nil => sorry
    | cons y ys ih => sorry
  sorry

theorem revAcc_twice (xs : List Nat) : revAcc (revAcc xs []) [] = xs := by
  have all : ∀ (ys acc : List Nat), revAcc ys acc = ys.reverse ++ acc := by
    intro ys
    induction ys with
    | nil => sorry
    | cons y ys ih => sorry
  sorry

theorem isort_count (x : Nat) (xs : List Nat) : count x (isort xs) = count x xs := by
  have one : ∀ y ys, count x (ins y ys) = (if x = y then 1 else 0) + count x ys := by
    intro y ys
    induction ys with
    | nil => sorry
    | cons z zs ih =>
      by_cases h : y ≤ z
      · sorry
      · sorry
  induction xs with
  | nil => sorry
  | cons y ys ih => sorry

theorem compile_correct (e : Expr) : exec e.compile [] = [e.eval] := by
  have all : ∀ (d : Expr) p s, exec (d.compile ++ p) s = exec p (d.eval :: s) := by
    intro d
    induction d with
    | num n => sorry
    | add a b iha ihb => sorry
    | mul a b iha ihb => sorry
  have here := all e [] []
  sorry

theorem flatAcc_flat (t : Tree) : t.flatAcc [] = t.flat := by
  have all : ∀ (u : Tree) acc, u.flatAcc acc = u.flat ++ acc := by
    intro u
    induction u with
    | leaf => sorry
    | node l x r ihl ihr => sorry
  sorry

theorem three_cubes (a b c : Nat) : (a ^ 3 + b ^ 3 + c ^ 3) % 9 ≠ 4 := by
  have all : ∀ r, r < 9 → (r ^ 3 % 9 = 0 ∨ r ^ 3 % 9 = 1 ∨ r ^ 3 % 9 = 8) := by
    sorry
  have cube : ∀ n : Nat, n ^ 3 % 9 = 0 ∨ n ^ 3 % 9 = 1 ∨ n ^ 3 % 9 = 8 := by
    intro n
    have same : n ^ 3 % 9 = (n % 9) ^ 3 % 9 := sorry
    rw [same]
    exact all _ sorry
  have ha := cube a
  have hb := cube b
  have hc := cube c
  sorry

theorem fib_dvd_double (n : Nat) : fib n ∣ fib (2 * n) := by
  have both : ∀ m k, fib (m + k + 1) = fib m * fib k + fib (m + 1) * fib (k + 1)
      ∧ fib (m + (k + 1) + 1) = fib m * fib (k + 1) + fib (m + 1) * fib (k + 1 + 1) := by
    intro m k
    induction k with
    | zero => sorry
    | succ k ih =>
      obtain ⟨one, two⟩ := ih
      refine ⟨two, ?_⟩
      have left : fib (m + (k + 1 + 1) + 1) = fib (m + k + 1) + fib (m + (k + 1) + 1) := sorry
      have right : fib (k + 1 + 1 + 1) = fib (k + 1) + fib (k + 1 + 1) := sorry
      have before : fib (k + 1 + 1) = fib k + fib (k + 1) := sorry
      rw [left, one, two, right]
      sorry
  cases n with
  | zero => sorry
  | succ k =>
    have twice : 2 * (k + 1) = (k + 1) + k + 1 := sorry
    have here := (both (k + 1) k).1
    rw [twice, here]
    exact ⟨fib k + fib (k + 1 + 1), sorry⟩

theorem revAcc_append (xs ys : List Nat) : revAcc (xs ++ ys) [] = revAcc ys [] ++ revAcc xs [] := by
  have all : ∀ (zs acc : List Nat), revAcc zs acc = zs.reverse ++ acc := by
    intro zs
    induction zs with
    | nil => sorry
    | cons z zs ih => sorry
  rw [all, all, all]
  sorry

theorem isort_idem (xs : List Nat) : isort (isort xs) = isort xs := by
  have insert : ∀ x ys, ordered ys → ordered (ins x ys) := by
    intro x ys
    induction ys with
    | nil => sorry
    | cons y ys ih =>
      intro h
      by_cases le : x ≤ y
      · sorry
      · cases ys with
        | nil => sorry
        | cons z zs =>
          have tail : ordered (ins x (z :: zs)) := sorry
          by_cases second : x ≤ z
          · sorry
          · sorry
  have sorts : ∀ ys, ordered (isort ys) := by
    intro ys
    induction ys with
    | nil => sorry
    | cons y ys ih => exact insert y _ ih
  have keeps : ∀ ys, ordered ys → isort ys = ys := by
    intro ys
    induction ys with
    | nil => sorry
    | cons y ys ih =>
      intro h
      cases ys with
      | nil => sorry
      | cons z zs =>
        have tail := ih h.2
        have step : isort (y :: z :: zs) = ins y (isort (z :: zs)) := sorry
        rw [step, tail]
        sorry
  exact keeps _ (sorts xs)

theorem flatAcc_length (t : Tree) : (t.flatAcc []).length = t.flat.length := by
  have all : ∀ (u : Tree) acc, u.flatAcc acc = u.flat ++ acc := by
    intro u
    induction u with
    | leaf => sorry
    | node l x r ihl ihr => sorry
  rw [all]
  sorry

theorem three_squares_mod_eight (a b c : Nat) : (a ^ 2 + b ^ 2 + c ^ 2) % 8 ≠ 7 := by
  have square : ∀ n : Nat, n ^ 2 % 8 = 0 ∨ n ^ 2 % 8 = 1 ∨ n ^ 2 % 8 = 4 := by
    intro n
    have same : n ^ 2 % 8 = (n % 8) ^ 2 % 8 := sorry
    have all : ∀ r, r < 8 → (r ^ 2 % 8 = 0 ∨ r ^ 2 % 8 = 1 ∨ r ^ 2 % 8 = 4) := by
      sorry
    rw [same]
    exact all _ sorry
  have ha := square a
  have hb := square b
  have hc := square c
  sorry

theorem cauchy (a b c d : Int) : (a * c + b * d) * (a * c + b * d) ≤ (a * a + b * b) * (c * c + d * d) := by
  have square : ∀ x : Int, 0 ≤ x * x := by
    intro x
    sorry
  have cross := square (a * d - b * c)
  have same : (a * a + b * b) * (c * c + d * d)
      = (a * c + b * d) * (a * c + b * d) + (a * d - b * c) * (a * d - b * c) := by
    sorry
  sorry

theorem cubes_over_mixed (a b : Int) (ha : 0 ≤ a) (hb : 0 ≤ b) : a * a * b + a * b * b ≤ a * a * a + b * b * b := by
  have square : ∀ x : Int, 0 ≤ x * x := by
    intro x
    sorry
  have sum : 0 ≤ a + b := sorry
  have key : 0 ≤ (a - b) * (a - b) * (a + b) := Int.mul_nonneg (square _) sum
  have same : (a - b) * (a - b) * (a + b) = a * a * a + b * b * b - (a * a * b + a * b * b) := by
    sorry
  sorry

theorem cube_lt_pow (n : Nat) (h : 10 ≤ n) : n * n * n < 2 ^ n := by
  have all : ∀ k, (k + 10) * (k + 10) * (k + 10) < 2 ^ (k + 10) := by
    intro k
    induction k with
    | zero => sorry
    | succ k ih =>
      have two : 2 ^ (k + 1 + 10) = 2 * 2 ^ (k + 10) := sorry
      have wide : ∀ m : Nat, (m + 1) * (m + 1) * (m + 1) = m * m * m + 3 * (m * m) + 3 * m + 1 := sorry
      have grows : 3 * ((k + 10) * (k + 10)) + 3 * (k + 10) + 1 ≤ (k + 10) * (k + 10) * (k + 10) := sorry
      have next := wide (k + 10)
      have same : k + 1 + 10 = k + 10 + 1 := sorry
      rw [two, same, next]
      sorry
  have here := all (n - 10)
  have same : n - 10 + 10 = n := sorry
  rw [same] at here
  exact here

theorem root_two (a b : Nat) (h : a * a = 2 * (b * b)) : b = 0 := by
  have all : ∀ n a b : Nat, b ≤ n → a * a = 2 * (b * b) → b = 0 := by
    intro n
    induction n with
    | zero => sorry
    | succ n ih =>
      intro a b le h
      have even : a % 2 = 0 := sorry
      have half : a = 2 * (a / 2) := sorry
      have next : b * b = 2 * ((a / 2) * (a / 2)) := sorry
      by_cases zero : b = 0
      · exact zero
      · have less : a / 2 < b := sorry
        have none := ih b (a / 2) (by omega) next
        sorry
  exact all b a b (Nat.le_refl b) h
