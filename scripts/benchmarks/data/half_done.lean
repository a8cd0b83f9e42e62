/-! Half-finished proofs: every position that a `sorry` can have, two to six in a theorem. Core Lean. -/

theorem or_swap_of (p q : Prop) (h : p ∨ q) : q ∨ p := by
  cases h with
  | inl hp => sorry
  | inr hq => sorry

theorem and_regroup (p q r : Prop) (h : p ∧ q ∧ r) : (p ∧ q) ∧ r := by
  constructor
  · constructor
    · sorry
    · sorry
  · sorry

theorem double_le (a b : Nat) (h : a ≤ b) : a * 2 ≤ b * 2 := by
  have h₁ : a + a ≤ b + b := by
    sorry
  have h₂ : a * 2 = a + a := sorry
  have h₃ : b * 2 = b + b := by sorry
  sorry

theorem chain (a b c d : Nat) (h₁ : a = b) (h₂ : b = c + 0) (h₃ : c = d) : a = d * 1 := by
  calc a = b := sorry
    _ = c := by sorry
    _ = d := by
      sorry
    _ = d * 1 := sorry

theorem chain_le (a b c : Nat) (h : a ≤ b) (k : b < c) : a + 1 ≤ c := by
  calc a + 1 ≤ b + 1 := by sorry
    _ ≤ c := by sorry

def sumTo : Nat → Nat
  | 0 => 0
  | n + 1 => sumTo n + (n + 1)

theorem sumTo_closed (n : Nat) : 2 * sumTo n = n * (n + 1) := by
  induction n with
  | zero => sorry
  | succ n ih =>
    have step : sumTo (n + 1) = sumTo n + (n + 1) := by
      sorry
    have square : (n + 1) * (n + 1 + 1) = n * (n + 1) + 2 * (n + 1) := by
      sorry
    sorry

def double : List Nat → List Nat
  | [] => []
  | x :: xs => 2 * x :: double xs

theorem double_length : ∀ xs : List Nat, (double xs).length = xs.length
  | [] => sorry
  | x :: xs => by
    have ih := double_length xs
    sorry

theorem double_append (xs ys : List Nat) : double (xs ++ ys) = double xs ++ double ys := by
  induction xs with
  | nil =>
    sorry
  | cons x xs ih =>
    show double (x :: (xs ++ ys)) = _
    sorry

theorem pair_of_parts (a : Nat) : a + 0 = a ∧ 0 + a = a ∧ a * 1 = a := ⟨right, left, times⟩
where
  right : a + 0 = a := sorry
  left : 0 + a = a := by sorry
  times : a * 1 = a := by
    sorry

theorem counts_down (n : Nat) : n < n + 1 := by
  match n with
  | 0 => sorry
  | k + 1 =>
    have := counts_down k
    sorry
termination_by n
decreasing_by sorry

theorem both_ways (a b : Nat) : a + 1 = b + 1 ↔ a = b :=
  ⟨fun h => sorry, fun h => by sorry⟩

theorem three_terms (p q r : Prop) (hp : p) (hq : q) (hr : r) : p ∧ (q ∨ r) ∧ ¬¬r := ⟨sorry, sorry, sorry⟩

theorem by_parity (n : Nat) : n % 2 = 0 ∨ n % 2 = 1 := by
  have small : n % 2 < 2 := sorry
  match h : n % 2 with
  | 0 => sorry
  | 1 => sorry
  | k + 2 => sorry

theorem suffices_first (a b c : Nat) (h : a < b) (k : b < c) : ∃ d, a + d = c := by
  suffices le : a ≤ c from by
    sorry
  sorry

theorem given_witness : ∃ n : Nat, n * n = 144 ∧ n < 13 := by
  refine ⟨12, ?_, ?_⟩
  · sorry
  · sorry

theorem obtained (f : Nat → Nat) (h : ∃ k, ∀ n, f n = n + k) : f 0 ≤ f 1 := by
  obtain ⟨k, hk⟩ := h
  have h₀ : f 0 = k := by
    sorry
  have h₁ : f 1 = 1 + k := by
    sorry
  sorry

theorem by_contradiction_twice (p q : Prop) (h : ¬(p ∧ q)) (hp : p) : ¬q := by
  intro hq
  apply h
  constructor
  case left => sorry
  case right => sorry

theorem if_both (a b : Nat) : (if a ≤ b then a else b) ≤ a ∧ (if a ≤ b then a else b) ≤ b := by
  split
  · constructor
    · sorry
    · sorry
  · constructor
    · sorry
    · sorry

theorem int_square (a b : Int) : (a + b) * (a - b) = a * a - b * b := by
  have left : (a + b) * (a - b) = a * (a - b) + b * (a - b) := by sorry
  have right : a * (a - b) = a * a - a * b := by sorry
  have last : b * (a - b) = a * b - b * b := by sorry
  sorry

theorem bool_table (a b : Bool) : (a && b) = !(!a || !b) := by
  cases a
  · sorry
  · cases b
    · sorry
    · sorry

theorem with_let (n : Nat) (h : 3 ≤ n) : 9 ≤ n * 3 := by
  let m := n * 3
  have def_m : m = n * 3 := sorry
  have three : 3 * 3 ≤ m := by
    sorry
  exact show 9 ≤ n * 3 from sorry

structure Point where
  x : Nat
  y : Nat

theorem swapped (p : Point) (h : p.x = p.y) : (⟨p.y, p.x⟩ : Point) = p := by
  obtain ⟨x, y⟩ := p
  have same : x = y := by
    sorry
  subst same
  sorry

theorem six_easy (a b c : Nat) (h : a < b) (k : b < c) :
    a < c ∧ a ≠ b ∧ b ≠ c ∧ 0 < c ∧ a + b < 2 * c ∧ ¬c ≤ a := by
  refine ⟨?_, ?_, ?_, ?_, ?_, ?_⟩
  · sorry
  · sorry
  · sorry
  · sorry
  · sorry
  · sorry

theorem option_cases (o : Option Nat) (h : o ≠ none) : ∃ n, o = some n := by
  match o with
  | none =>
    exfalso
    sorry
  | some n =>
    exact ⟨n, sorry⟩

theorem exists_of_not_forall (p : Nat → Prop) (h : ¬∀ n, p n) : ∃ n, ¬p n := by
  apply Classical.byContradiction
  intro none
  have all : ∀ n, p n := fun n => by
    apply Classical.byContradiction
    intro not
    sorry
  sorry
