namespace Helpful
scoped instance : LT Nat := ⟨fun _ _ => True⟩
end Helpful
open Helpful

theorem t : (2 : Nat) < 1 := trivial
