inductive Chain where
  | link (value : Nat) (next : Option Chain)

def Chain.length : Chain → Nat
  | link _ none => 1
  | link _ (some c) => c.length + 1

theorem t (c : Chain) : 0 < c.length := by
  sorry
