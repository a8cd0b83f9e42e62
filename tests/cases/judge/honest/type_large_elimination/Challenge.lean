inductive MyEq {α : Sort u} (a : α) : α → Prop
  | refl : MyEq a a

inductive MyAnd (p q : Prop) : Prop
  | intro (one : p) (two : q)

inductive Graph (f : Nat → Nat) : Nat → Nat → Prop
  | at (n : Nat) : Graph f n (f n)

def Graph.out {f : Nat → Nat} {C : Nat → Nat → Type} (h : ∀ n, C n (f n)) : {a b : Nat} → Graph f a b → C a b
  | _, _, .at n => h n

def MyAnd.both {p q : Prop} {C : Sort u} (h : MyAnd p q) (k : p → q → C) : C :=
  match h with
  | .intro x y => k x y

theorem t (p : Prop) (n m : Nat) (h : MyAnd p (MyEq n m)) (g : Graph (· + 1) m 3) : h.both (fun _ _ => 1) = 1 ∧ n = 2 := by
  sorry
