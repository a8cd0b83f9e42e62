/-! Half-finished proofs as different people write them: terms, `calc`, structured `match`, `obtain`, `show … from`,
`termination_by` with `decreasing_by`, `fun` with patterns, `rcases`-like cuts, one-liners. Core Lean. -/

namespace Hands

-- Terms all the way down.
theorem and_or_left' {p q r : Prop} (h : p ∧ (q ∨ r)) : (p ∧ q) ∨ (p ∧ r) :=
  h.2.elim (fun hq => Or.inl ⟨h.1, sorry⟩) (fun hr => Or.inr sorry)

theorem exists_swap {α β : Type} {r : α → β → Prop} : (∃ x, ∀ y, r x y) → ∀ y, ∃ x, r x y :=
  fun ⟨x, hx⟩ y => ⟨x, sorry⟩

theorem iff_trans' {a b c : Prop} (h₁ : a ↔ b) (h₂ : b ↔ c) : a ↔ c where
  mp := fun ha => sorry
  mpr := sorry

/-- Somebody who likes `calc`, with the relation changing on the way. -/
theorem sandwich (a b c d : Nat) (h₁ : a < b) (h₂ : b ≤ c) (h₃ : c + 1 = d) : a + 2 ≤ d :=
  calc
    a + 2 = a + 1 + 1 := sorry
    _ ≤ b + 1         := Nat.add_le_add_right sorry 1
    _ ≤ c + 1         := by sorry
    _ = d             := h₃

structure Point where
  x : Int
  y : Int

def Point.norm1 (p : Point) : Nat := p.x.natAbs + p.y.natAbs
def Point.neg (p : Point) : Point := ⟨-p.x, -p.y⟩

@[simp] theorem norm1_neg (p : Point) : p.neg.norm1 = p.norm1 := by
  match p with
  | ⟨x, y⟩ =>
    show (-x).natAbs + (-y).natAbs = x.natAbs + y.natAbs
    rw [show (-x).natAbs = x.natAbs from sorry, show (-y).natAbs = y.natAbs by sorry]

-- Case names on the same line, arrows, `rename_i`.
theorem length_filter_le {α : Type} (p : α → Bool) (xs : List α) : (xs.filter p).length ≤ xs.length := by
  induction xs with
  | nil          => exact sorry
  | cons x xs ih =>
    cases hx : p x
    case false => simp [List.filter, hx]; sorry
    case true  =>
      simp only [List.filter, hx, List.length_cons]
      sorry

theorem even_square_of_even (n : Nat) (hn : ∃ k, n = 2 * k) : ∃ m, n * n = 2 * m := by
  obtain ⟨k, rfl⟩ := hn
  refine ⟨2 * k * k, ?_⟩
  have reassoc : 2 * k * (2 * k) = 2 * (k * (2 * k)) := by sorry
  rw [reassoc]
  sorry

/-! Recursion with its own reason to end. -/

def log2 (n : Nat) : Nat := if _h : n ≤ 1 then 0 else 1 + log2 (n / 2)
termination_by n
decreasing_by omega

theorem log2_le (n : Nat) : log2 n ≤ n := by
  unfold log2
  split
  · sorry
  · rename_i h
    have ih := log2_le (n / 2)
    have : n / 2 < n := by sorry
    omega
termination_by n
decreasing_by sorry

theorem halve_lt : ∀ n : Nat, 0 < n → n / 2 < n
  | 0, h => absurd h (by sorry)
  | n + 1, _ => by
      have : (n + 1) / 2 ≤ n := sorry
      exact Nat.lt_succ_of_le this

-- A helper behind `where`.
theorem replicate_append (m n : Nat) (a : Nat) :
    List.replicate m a ++ List.replicate n a = List.replicate (m + n) a :=
  aux m
where
  aux : ∀ m, List.replicate m a ++ List.replicate n a = List.replicate (m + n) a
    | 0 => by sorry
    | m + 1 => by
        rw [Nat.succ_add, List.replicate_succ, List.replicate_succ, List.cons_append]
        sorry

theorem contrapositive (p q : Prop) : (¬q → ¬p) ↔ (p → q) := by
  constructor <;> intro h
  · intro hp
    apply Classical.byContradiction
    intro hq
    sorry
  · intro hq hp; sorry

theorem mod_cases (n : Nat) : n % 3 = 0 ∨ n % 3 = 1 ∨ n % 3 = 2 := by
  have bound : n % 3 < 3 := sorry
  rcases h : n % 3 with _ | _ | _ | k
  all_goals first | (simp; done) | skip
  sorry

theorem max_comm' (a b : Nat) : max a b = max b a := by
  by_cases h : a ≤ b
  · calc max a b = b := by sorry
      _ = max b a := Eq.symm (by sorry)
  · have h' : b ≤ a := sorry
    rw [Nat.max_eq_left h', Nat.max_eq_right h']

theorem unique_of_both {α : Type} (p : α → Prop) (a b : α) (ha : ∀ x, p x → x = a) (hb : p b) (hpa : p a) :
    a = b ∧ ∀ x, p x → x = b := by
  suffices e : b = a by
    exact ⟨sorry, fun x hx => by rw [e]; sorry⟩
  exact (ha b sorry)

variable {α : Type} [DecidableEq α]

theorem mem_erase_of_ne (a b : α) (l : List α) (hne : a ≠ b) (h : a ∈ l) : a ∈ l.erase b := by
  induction l with
  | nil => nomatch h
  | cons c l ih =>
    if hc : c = b then
      subst hc
      sorry
    else
      rw [List.erase_cons_tail (by simpa using hc)]
      match List.mem_cons.mp h with
      | Or.inl e => sorry
      | Or.inr m => exact List.mem_cons_of_mem _ sorry

end Hands
