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

def MyEq.carry {α : Sort u} {a b : α} (C : α → Sort v) (h : MyEq a b) (x : C a) : C b :=
  MyEq.rec (motive := fun b _ => C b) x h

theorem t (p : Prop) (n m : Nat) (h : MyAnd p (MyEq n m)) (g : Graph (· + 1) m 3) : h.both (fun _ _ => 1) = 1 ∧ n = 2 := by
  refine ⟨by cases h; rfl, ?_⟩
  have e : n = m := h.both fun _ e => e.carry (fun k => n = k) rfl
  have f : 3 = m + 1 := g.out (C := fun a b => PLift (b = a + 1)) (fun _ => ⟨rfl⟩) |>.down
  omega
