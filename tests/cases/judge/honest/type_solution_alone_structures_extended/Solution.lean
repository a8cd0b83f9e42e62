structure HasBound (f : Nat → Nat) where
  bound : Nat
  holds : ∀ n, f n ≤ bound

structure HasMax (f : Nat → Nat) extends HasBound f where
  place : Nat
  taken : f place = bound := by rfl

structure HasLeast (f : Nat → Nat) extends HasMax f, PLift (f 0 = 0)

def HasMax.const (c : Nat) : HasMax fun _ => c where
  bound := c
  holds _ := Nat.le_refl c
  place := 0

def HasMax.min (k : Nat) : HasLeast (Nat.min k) where
  bound := k
  holds n := Nat.min_le_left k n
  place := k
  taken := Nat.min_self k
  down := Nat.min_zero k

theorem t (k : Nat) : ∃ m, ∀ n, Nat.min k n ≤ Nat.min k m :=
  let w := HasMax.min k
  ⟨w.place, fun n => w.taken ▸ w.holds n⟩
