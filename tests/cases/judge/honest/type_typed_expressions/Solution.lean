inductive Ty
  | nat
  | bool
  | fn (a b : Ty)
  deriving DecidableEq

@[reducible] def Ty.denote : Ty → Type
  | nat => Nat
  | bool => Bool
  | fn a b => a.denote → b.denote

inductive Expr : Ty → Type
  | val {a : Ty} (v : a.denote) : Expr a
  | add (x y : Expr .nat) : Expr .nat
  | ite {a : Ty} (c : Expr .bool) (x y : Expr a) : Expr a
  | app {a b : Ty} (f : Expr (.fn a b)) (x : Expr a) : Expr b

def Expr.eval : {a : Ty} → Expr a → a.denote
  | _, val v => v
  | _, add x y => x.eval + y.eval
  | _, ite c x y => if c.eval then x.eval else y.eval
  | _, app f x => f.eval x.eval

theorem t (c : Expr .bool) (x : Expr .nat) : (Expr.ite c x (.add x (.val 0))).eval = x.eval := by
  simp only [Expr.eval]
  split
  · rfl
  · exact Nat.add_zero _
