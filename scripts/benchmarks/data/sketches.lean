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

theorem isort_ordered (xs : List Nat) : ordered (isort xs) := by
  have one : ∀ x ys, ordered ys → ordered (ins x ys) := by
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
  induction xs with
  | nil => sorry
  | cons x xs ih => sorry

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

theorem square_lt_pow (n : Nat) (h : 5 ≤ n) : n * n < 2 ^ n := by
  have all : ∀ k, (k + 5) * (k + 5) < 2 ^ (k + 5) := by
    intro k
    induction k with
    | zero => sorry
    | succ k ih =>
      have two : 2 ^ (k + 1 + 5) = 2 * 2 ^ (k + 5) := sorry
      have grows : (k + 1 + 5) * (k + 1 + 5) ≤ 2 * ((k + 5) * (k + 5)) := sorry
      sorry
  have here := all (n - 5)
  have same : n - 5 + 5 = n := sorry
  rw [same] at here
  exact here

theorem bernoulli (x n : Nat) : 1 + n * x ≤ (1 + x) ^ n := by
  induction n with
  | zero => sorry
  | succ n ih =>
    have step : (1 + x) ^ (n + 1) = (1 + x) ^ n * (1 + x) := sorry
    have mono : (1 + n * x) * (1 + x) ≤ (1 + x) ^ n * (1 + x) := sorry
    have wide : (1 + n * x) * (1 + x) = 1 + (n + 1) * x + n * x * x := sorry
    sorry

theorem three_squares (a b c : Int) : a * b + b * c + c * a ≤ a * a + b * b + c * c := by
  have square : ∀ x : Int, 0 ≤ x * x := by
    intro x
    sorry
  have ab := square (a - b)
  have bc := square (b - c)
  have ca := square (c - a)
  have wide : ∀ x y : Int, (x - y) * (x - y) = x * x - 2 * (x * y) + y * y := by
    intro x y
    sorry
  rw [wide] at ab bc ca
  have swap : c * a = a * c := sorry
  sorry

theorem cube_mod_nine (n : Nat) : n ^ 3 % 9 = 0 ∨ n ^ 3 % 9 = 1 ∨ n ^ 3 % 9 = 8 := by
  have same : n ^ 3 % 9 = (n % 9) ^ 3 % 9 := sorry
  have small : n % 9 < 9 := sorry
  rw [same]
  have all : ∀ r, r < 9 → (r ^ 3 % 9 = 0 ∨ r ^ 3 % 9 = 1 ∨ r ^ 3 % 9 = 8) := by
    sorry
  exact all _ small

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

theorem fact_pos_le (n : Nat) : n ≤ fact n := by
  have pos : ∀ m, 0 < fact m := by
    intro m
    induction m with
    | zero => sorry
    | succ m ih => sorry
  cases n with
  | zero => sorry
  | succ n =>
    have one := pos n
    have step : fact (n + 1) = (n + 1) * fact n := sorry
    rw [step]
    exact Nat.le_mul_of_pos_right _ sorry

theorem fib_even (n : Nat) : fib (3 * n) % 2 = 0 := by
  induction n with
  | zero => sorry
  | succ n ih =>
    have one : 3 * (n + 1) = 3 * n + 1 + 2 := sorry
    rw [one]
    have two : fib (3 * n + 1 + 2) = fib (3 * n + 1) + fib (3 * n + 1 + 1) := sorry
    have three : fib (3 * n + 1 + 1) = fib (3 * n) + fib (3 * n + 1) := sorry
    sorry

theorem two_pow_fact (n : Nat) (h : 4 ≤ n) : 2 ^ n < fact n := by
  have all : ∀ k, 2 ^ (k + 4) < fact (k + 4) := by
    intro k
    induction k with
    | zero => sorry
    | succ k ih =>
      have two : 2 ^ (k + 1 + 4) = 2 * 2 ^ (k + 4) := sorry
      have step : fact (k + 1 + 4) = (k + 1 + 4) * fact (k + 4) := sorry
      have grows : 2 * fact (k + 4) ≤ (k + 1 + 4) * fact (k + 4) := sorry
      sorry
  have here := all (n - 4)
  have same : n - 4 + 4 = n := sorry
  rw [same] at here
  exact here
