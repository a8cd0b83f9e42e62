structure Machine where
  State : Type
  start : State
  step : State → Nat → Option State
  final : State → Bool := fun _ => true
  [dec : DecidableEq State]
  limit : Fin (if final start then 3 else 5) := ⟨0, by split <;> decide⟩

def lamp : Machine where
  State := Bool
  start := false
  step s n := if n = 0 then some !s else none

theorem t (m : Machine) (h : m.final m.start = true) : lamp.step lamp.start 0 = some true ∧ m.limit.val < 3 := by
  refine ⟨rfl, ?_⟩
  have := m.limit.isLt
  simpa [h] using this
