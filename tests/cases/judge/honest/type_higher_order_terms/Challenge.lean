inductive Ty where
  | base
  | arrow (a b : Ty)

inductive Var : List Ty → Ty → Type where
  | here {Γ : List Ty} {a : Ty} : Var (a :: Γ) a
  | there {Γ : List Ty} {a b : Ty} (x : Var Γ a) : Var (b :: Γ) a

inductive Term : List Ty → Ty → Type where
  | var {Γ : List Ty} {a : Ty} (x : Var Γ a) : Term Γ a
  | lam {Γ : List Ty} {a b : Ty} (body : Term (a :: Γ) b) : Term Γ (.arrow a b)
  | app {Γ : List Ty} {a b : Ty} (f : Term Γ (.arrow a b)) (x : Term Γ a) : Term Γ b

theorem t (a : Ty) (Γ : List Ty) (h : Nonempty (Term Γ a)) (b : Ty) : Nonempty (Term (b :: Γ) a) := by
  sorry
