theorem before : 1 = 2 := by decide

lemma notACommand : 1 = 1 := rfl

theorem t (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩

theorem after (n : Nat) : n = nonsense := rfl

theorem unfinished : 1 = 1 := by
