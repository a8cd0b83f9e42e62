noncomputable def f (n : Nat) : Nat := Classical.choose (⟨n, rfl⟩ : ∃ m, m = n)

theorem t : ∃ f : Nat → Nat, ∀ n, f n = n := ⟨f, fun n => Classical.choose_spec (⟨n, rfl⟩ : ∃ m, m = n)⟩
