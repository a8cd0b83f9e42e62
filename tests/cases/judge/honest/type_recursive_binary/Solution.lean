inductive Bin
  | zero
  | twice (b : Bin)
  | twiceOne (b : Bin)
  deriving Repr, BEq, Inhabited, Hashable, Ord

def Bin.toNat : Bin → Nat
  | zero => 0
  | twice b => 2 * b.toNat
  | twiceOne b => 2 * b.toNat + 1

def Bin.next : Bin → Bin
  | zero => .twiceOne .zero
  | twice b => .twiceOne b
  | twiceOne b => .twice b.next

theorem t (b : Bin) : b.next.toNat = b.toNat + 1 := by
  fun_induction Bin.next <;> simp_all [Bin.toNat]
  omega
