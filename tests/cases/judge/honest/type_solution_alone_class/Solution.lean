class Bounded (f : Nat → Nat) where
  limit : Nat
  below : ∀ n, f n ≤ limit

instance : Bounded fun _ => 0 := ⟨0, fun _ => Nat.le_refl 0⟩

instance (f g : Nat → Nat) [F : Bounded f] [G : Bounded g] : Bounded fun n => f n + g n :=
  ⟨F.limit + G.limit, fun n => Nat.add_le_add (F.below n) (G.below n)⟩

instance : Bounded fun n => n % 7 := ⟨6, fun n => by omega⟩

theorem t : ∃ c, ∀ n : Nat, n % 7 + n % 7 ≤ c :=
  ⟨_, Bounded.below (f := fun n => n % 7 + n % 7)⟩
