inductive Op
  | a0 (n : Nat) | a1 (x y : Op) | a2 (n : Nat) | a3 (x y : Op) | a4 (n : Nat) | a5 (x y : Op) | a6 | a7
  | b0 (n : Nat) | b1 (x y : Op) | b2 (n : Nat) | b3 (x y : Op) | b4 (n : Nat) | b5 (x y : Op) | b6 | b7
  | c0 (n : Nat) | c1 (x y : Op) | c2 (n : Nat) | c3 (x y : Op) | c4 (n : Nat) | c5 (x y : Op) | c6 | c7
  | d0 (n : Nat) | d1 (x y : Op) | d2 (n : Nat) | d3 (x y : Op) | d4 (n : Nat) | d5 (x y : Op) | d6 | d7
  | e0 (n : Nat) | e1 (x y : Op) | e2 (n : Nat) | e3 (x y : Op) | e4 (n : Nat) | e5 (x y : Op) | e6 | e7

def Op.number : Op → Nat
  | a0 n => n
  | e1 x y => x.number + y.number
  | d6 => 6
  | _ => 0

theorem t (x y : Op) : (Op.e1 x y).number = (Op.e1 y x).number := by
  simp [Op.number, Nat.add_comm]
