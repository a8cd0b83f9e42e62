/-! Finished proofs of several steps, which `scripts/bench repair` breaks. -/

theorem and_swap' (p q : Prop) (h : p ∧ q) : q ∧ p := by
  obtain ⟨hp, hq⟩ := h
  constructor
  · exact hq
  · exact hp

theorem or_swap (p q : Prop) (h : p ∨ q) : q ∨ p := by
  cases h with
  | inl hp => exact Or.inr hp
  | inr hq => exact Or.inl hq

theorem and_or_split (p q r : Prop) (h : p ∧ (q ∨ r)) : (p ∧ q) ∨ (p ∧ r) := by
  obtain ⟨hp, hqr⟩ := h
  cases hqr with
  | inl hq =>
    left
    exact ⟨hp, hq⟩
  | inr hr =>
    right
    exact ⟨hp, hr⟩

theorem iff_both (p q : Prop) (h : p → q) (g : q → p) : p ↔ q := by
  constructor
  · intro hp
    exact h hp
  · intro hq
    exact g hq

theorem not_both (p : Prop) (h : p ∧ ¬p) : False := by
  obtain ⟨hp, hn⟩ := h
  apply hn
  exact hp

theorem exists_swapped {α β : Type} (p : α → β → Prop) (h : ∃ a, ∀ b, p a b) : ∀ b, ∃ a, p a b := by
  intro b
  obtain ⟨a, ha⟩ := h
  refine ⟨a, ?_⟩
  exact ha b

theorem add_turned (a b c : Nat) : a + b + c = c + b + a := by
  rw [Nat.add_comm (a + b) c]
  rw [Nat.add_comm a b]
  rw [Nat.add_assoc]

theorem zero_added (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [← Nat.add_assoc]
    rw [ih]

theorem doubled (n : Nat) : n + n = 2 * n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [Nat.mul_add]
    rw [← ih]
    omega

theorem le_of_two (a b c : Nat) (h : a ≤ b) (g : b ≤ c) : a ≤ c + 1 := by
  have step : a ≤ c := by
    exact Nat.le_trans h g
  exact Nat.le_succ_of_le step

theorem squares_apart (a b : Int) : (a + b) * (a - b) = a * a - b * b := by
  rw [Int.add_mul]
  rw [Int.mul_sub]
  rw [Int.mul_sub]
  rw [Int.mul_comm b a]
  omega

theorem even_product (n : Nat) : n * (n + 1) % 2 = 0 := by
  have cases_ : n % 2 = 0 ∨ n % 2 = 1 := by
    omega
  cases cases_ with
  | inl h =>
    rw [Nat.mul_mod]
    simp [h]
  | inr h =>
    rw [Nat.mul_mod]
    have next : (n + 1) % 2 = 0 := by
      omega
    simp [next]

theorem max_same (a b : Nat) (h : a ≤ b) : max a b = b := by
  rw [Nat.max_def]
  split
  · rfl
  · omega

theorem append_length (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length := by
  rw [List.length_append]
  rw [Nat.add_comm]

theorem map_twice (f g : Nat → Nat) (xs : List Nat) : (xs.map f).map g = xs.map (fun x => g (f x)) := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    simp only [List.map_cons]
    rw [ih]

theorem reverse_length (xs ys : List Nat) : (xs ++ ys).reverse.length = xs.length + ys.length := by
  rw [List.length_reverse]
  rw [List.length_append]

theorem filter_member (p : Nat → Bool) (a : Nat) (xs : List Nat) (h : a ∈ xs.filter p) : a ∈ xs ∧ p a = true := by
  rw [List.mem_filter] at h
  constructor
  · exact h.1
  · exact h.2

theorem has_head (xs : List Nat) (h : xs ≠ []) : ∃ y ys, xs = y :: ys := by
  cases xs with
  | nil =>
    exfalso
    exact h rfl
  | cons y ys =>
    exact ⟨y, ys, rfl⟩

def total : List Nat → Nat
  | [] => 0
  | x :: xs => x + total xs

theorem total_append (xs ys : List Nat) : total (xs ++ ys) = total xs + total ys := by
  induction xs with
  | nil => simp [total]
  | cons x xs ih =>
    simp only [List.cons_append, total]
    rw [ih]
    rw [Nat.add_assoc]

theorem total_reverse (xs : List Nat) : total xs.reverse = total xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    rw [List.reverse_cons]
    rw [total_append]
    rw [ih]
    simp only [total]
    omega

inductive Tree where
  | leaf
  | node (left : Tree) (key : Nat) (right : Tree)

def Tree.mirror : Tree → Tree
  | .leaf => .leaf
  | .node l k r => .node r.mirror k l.mirror

def Tree.size : Tree → Nat
  | .leaf => 0
  | .node l _ r => l.size + 1 + r.size

theorem mirror_twice (t : Tree) : t.mirror.mirror = t := by
  induction t with
  | leaf => rfl
  | node l k r left right =>
    simp only [Tree.mirror]
    rw [left]
    rw [right]

theorem mirror_size (t : Tree) : t.mirror.size = t.size := by
  induction t with
  | leaf => rfl
  | node l k r left right =>
    simp only [Tree.mirror, Tree.size]
    rw [left]
    rw [right]
    omega

theorem option_mapped (f : Nat → Nat) (o : Option Nat) (b : Nat) (h : o.map f = some b) : ∃ a, o = some a := by
  cases o with
  | none => simp at h
  | some a => exact ⟨a, rfl⟩

theorem chained (a b c d : Nat) (h : a = b) (g : b = c) (k : c = d) : a = d := by
  calc a = b := by exact h
    _ = c := by exact g
    _ = d := by exact k

theorem bool_cases (b : Bool) : (b && true) = b := by
  cases b with
  | false => rfl
  | true => rfl
