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

abbrev Ren (Γ Δ : List Ty) := ∀ a, Var Γ a → Var Δ a

def Ren.lift {Γ Δ : List Ty} {b : Ty} (r : Ren Γ Δ) : Ren (b :: Γ) (b :: Δ)
  | _, .here => .here
  | _, .there x => .there (r _ x)

def Term.rename {Γ Δ : List Ty} {a : Ty} (r : Ren Γ Δ) : Term Γ a → Term Δ a
  | var x => var (r _ x)
  | lam b => lam (b.rename r.lift)
  | app f x => app (f.rename r) (x.rename r)

theorem t (a : Ty) (Γ : List Ty) (h : Nonempty (Term Γ a)) (b : Ty) : Nonempty (Term (b :: Γ) a) :=
  h.elim fun x => ⟨x.rename fun _ => .there⟩
