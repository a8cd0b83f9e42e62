/-! Theorems that need an idea: a stronger claim, a lemma, a case distinction. The same theorems with a sketch each are in
`sketches.lean`. -/

def sumTo : Nat → Nat
  | 0 => 0
  | n + 1 => sumTo n + (n + 1)

def cubesTo : Nat → Nat
  | 0 => 0
  | n + 1 => cubesTo n + (n + 1) * (n + 1) * (n + 1)

def fact : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * fact n

def factAcc : Nat → Nat → Nat
  | 0, acc => acc
  | n + 1, acc => factAcc n ((n + 1) * acc)

def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib n + fib (n + 1)

def fibAcc : Nat → Nat → Nat → Nat
  | 0, a, _ => a
  | n + 1, a, b => fibAcc n b (a + b)

def revAcc : List Nat → List Nat → List Nat
  | [], acc => acc
  | x :: xs, acc => revAcc xs (x :: acc)

def ins (x : Nat) : List Nat → List Nat
  | [] => [x]
  | y :: ys => if x ≤ y then x :: y :: ys else y :: ins x ys

def isort : List Nat → List Nat
  | [] => []
  | x :: xs => ins x (isort xs)

def count (x : Nat) : List Nat → Nat
  | [] => 0
  | y :: ys => (if x = y then 1 else 0) + count x ys

def ordered : List Nat → Prop
  | [] => True
  | [_] => True
  | x :: y :: zs => x ≤ y ∧ ordered (y :: zs)

inductive Expr where
  | num (n : Nat)
  | add (a b : Expr)
  | mul (a b : Expr)

inductive Op where
  | push (n : Nat)
  | add
  | mul

def Expr.eval : Expr → Nat
  | num n => n
  | add a b => a.eval + b.eval
  | mul a b => a.eval * b.eval

def Expr.compile : Expr → List Op
  | num n => [.push n]
  | add a b => a.compile ++ b.compile ++ [.add]
  | mul a b => a.compile ++ b.compile ++ [.mul]

def exec : List Op → List Nat → List Nat
  | [], s => s
  | .push n :: p, s => exec p (n :: s)
  | .add :: p, y :: x :: s => exec p ((x + y) :: s)
  | .mul :: p, y :: x :: s => exec p ((x * y) :: s)
  | _ :: _, s => s

inductive Tree where
  | leaf
  | node (l : Tree) (x : Nat) (r : Tree)

def Tree.flat : Tree → List Nat
  | leaf => []
  | node l x r => l.flat ++ x :: r.flat

def Tree.flatAcc : Tree → List Nat → List Nat
  | leaf, acc => acc
  | node l x r, acc => l.flatAcc (x :: r.flatAcc acc)

theorem cubes_square (n : Nat) : cubesTo n = sumTo n * sumTo n := by
  sorry

theorem factAcc_fact (n : Nat) : factAcc n 1 = fact n := by
  sorry

theorem fibAcc_fib (n : Nat) : fibAcc n 0 1 = fib n := by
  sorry

theorem fib_add (m n : Nat) : fib (m + n + 1) = fib m * fib n + fib (m + 1) * fib (n + 1) := by
  sorry

theorem revAcc_reverse (xs : List Nat) : revAcc xs [] = xs.reverse := by
  sorry

theorem revAcc_twice (xs : List Nat) : revAcc (revAcc xs []) [] = xs := by
  sorry

theorem isort_count (x : Nat) (xs : List Nat) : count x (isort xs) = count x xs := by
  sorry

theorem compile_correct (e : Expr) : exec e.compile [] = [e.eval] := by
  sorry

theorem flatAcc_flat (t : Tree) : t.flatAcc [] = t.flat := by
  sorry

theorem three_cubes (a b c : Nat) : (a ^ 3 + b ^ 3 + c ^ 3) % 9 ≠ 4 := by
  sorry

theorem fib_dvd_double (n : Nat) : fib n ∣ fib (2 * n) := by
  sorry

theorem revAcc_append (xs ys : List Nat) : revAcc (xs ++ ys) [] = revAcc ys [] ++ revAcc xs [] := by
  sorry

theorem isort_idem (xs : List Nat) : isort (isort xs) = isort xs := by
  sorry

theorem flatAcc_length (t : Tree) : (t.flatAcc []).length = t.flat.length := by
  sorry

theorem three_squares_mod_eight (a b c : Nat) : (a ^ 2 + b ^ 2 + c ^ 2) % 8 ≠ 7 := by
  sorry

theorem cauchy (a b c d : Int) : (a * c + b * d) * (a * c + b * d) ≤ (a * a + b * b) * (c * c + d * d) := by
  sorry

theorem cubes_over_mixed (a b : Int) (ha : 0 ≤ a) (hb : 0 ≤ b) : a * a * b + a * b * b ≤ a * a * a + b * b * b := by
  sorry

theorem cube_lt_pow (n : Nat) (h : 10 ≤ n) : n * n * n < 2 ^ n := by
  sorry

theorem root_two (a b : Nat) (h : a * a = 2 * (b * b)) : b = 0 := by
  sorry
