/-!
# Lists and options
-/

variable {α β γ : Type}

theorem append_nil_and_assoc (xs ys zs : List α) : (xs ++ []) ++ (ys ++ zs) = (xs ++ ys) ++ zs := by
  sorry

theorem map_compose (f : α → β) (g : β → γ) (xs : List α) : (xs.map f).map g = xs.map (g ∘ f) := by
  sorry

theorem length_of_reverse_append (xs ys : List α) : (xs ++ ys).reverse.length = ys.length + xs.length := by
  sorry

theorem mem_of_filter (p : α → Bool) (a : α) (xs : List α) (h : a ∈ xs.filter p) : a ∈ xs ∧ p a = true := by
  sorry

theorem head_of_append (x : α) (xs ys : List α) : ((x :: xs) ++ ys).head? = some x := by
  sorry

theorem take_then_drop (n : Nat) (xs : List α) : xs.take n ++ xs.drop n = xs := by
  sorry

theorem filter_length_le (p : α → Bool) (xs : List α) : (xs.filter p).length ≤ xs.length := by
  sorry

theorem nonempty_has_head (xs : List α) (h : xs ≠ []) : ∃ y ys, xs = y :: ys := by
  sorry

theorem option_map_some (f : α → β) (o : Option α) (b : β) : o.map f = some b ↔ ∃ a, o = some a ∧ f a = b := by
  sorry

theorem option_or_else (o : Option α) (a : α) : (o <|> some a).isSome = true := by
  sorry

theorem option_bind_assoc (o : Option α) (f : α → Option β) (g : β → Option γ) :
    (o.bind f).bind g = o.bind fun a => (f a).bind g := by
  sorry

/-! ## Functions defined here -/

namespace Own

def sum : List Nat → Nat
  | [] => 0
  | x :: xs => x + sum xs

theorem sum_append (xs ys : List Nat) : sum (xs ++ ys) = sum xs + sum ys := by
  sorry

theorem sum_le_of_bounded (xs : List Nat) (b : Nat) (h : ∀ x ∈ xs, x ≤ b) : sum xs ≤ b * xs.length := by
  sorry

def snoc : List α → α → List α
  | [], a => [a]
  | x :: xs, a => x :: snoc xs a

def rev : List α → List α
  | [] => []
  | x :: xs => snoc (rev xs) x

theorem rev_snoc (xs : List α) (a : α) : rev (snoc xs a) = a :: rev xs := by
  sorry

/-- Needs a lemma on the way: what `rev` makes of `snoc`. -/
theorem rev_rev (xs : List α) : rev (rev xs) = xs := by
  sorry

def revAcc : List α → List α → List α
  | [], acc => acc
  | x :: xs, acc => revAcc xs (x :: acc)

theorem revAcc_append (xs acc : List α) : revAcc xs acc = revAcc xs [] ++ acc := by
  sorry

theorem revAcc_length (xs acc : List α) : (revAcc xs acc).length = xs.length + acc.length := by
  sorry

def interleave : List α → List α → List α
  | [], ys => ys
  | x :: xs, [] => x :: xs
  | x :: xs, y :: ys => x :: y :: interleave xs ys

theorem interleave_length (xs ys : List α) : (interleave xs ys).length = xs.length + ys.length := by
  sorry

def lookup : List (Nat × α) → Nat → Option α
  | [], _ => none
  | (k, v) :: rest, key => if k = key then some v else lookup rest key

theorem lookup_prepended (k : Nat) (v : α) (entries : List (Nat × α)) : lookup ((k, v) :: entries) k = some v := by
  sorry

theorem lookup_none_of_absent (key : Nat) (entries : List (Nat × α)) (h : ∀ e ∈ entries, e.1 ≠ key) :
    lookup entries key = none := by
  sorry

end Own
