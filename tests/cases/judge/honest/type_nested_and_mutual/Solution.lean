mutual
inductive Expr where
  | num (n : Nat)
  | call (name : String) (args : List Arg)
inductive Arg where
  | plain (e : Expr)
  | named (name : String) (e : Option Expr)
end

def answer : Expr := .call "f" [.plain (.num 1), .named "x" none]

theorem t (e : Expr) (h : Expr.call "f" [.plain e] = .call "f" [.plain (.num 1)]) : e = .num 1 := by
  injection h with _ h
  injection h with h
  injection h
