inductive Chain where
  | link (value : Nat) (next : Option Chain)

def Chain.length : Chain → Nat
  | link _ none => 1
  | link _ (some c) => c.length + 1

theorem t (c : Chain) : 0 < c.length := by
  fun_induction Chain.length with
  | case1 => exact Nat.one_pos
  | case2 => exact Nat.succ_pos _
