universe u v
inductive W {α : Type u} (β : α → Type v) : Type (max u v)
  | sup (a : α) (f : β a → W β)

structure Up (α : Sort u) : Sort (max (max u (v + 1)) 1) where
  get : α

abbrev Numeral := W fun b : Bool => if b then PUnit.{1} else PEmpty.{1}

def Numeral.zero : Numeral := .sup false (fun e : PEmpty => e.elim)
def Numeral.succ (n : Numeral) : Numeral := .sup true (fun _ : PUnit => n)

theorem Numeral.differ (n : Numeral) : Numeral.succ n ≠ Numeral.zero := by
  intro h
  injection h with h
  cases h

def keep {p : Prop} (h : p) : Up.{0, 3} p := ⟨h⟩

theorem t : ∃ (α : Type) (z : α) (s : α → α), ∀ a, s a ≠ z :=
  (keep ⟨Numeral, .zero, .succ, Numeral.differ⟩).get
