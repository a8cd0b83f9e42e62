import Lean
open Lean Elab Command

/-! The type itself in a pair that is cast, and projected out again; given to the kernel as it is. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

structure Shelf where
  label : Nat
  type : Type
def shelf (h : a = b) (α : Type) : Shelf := Eq.rec (motive := fun _ _ => Shelf) ⟨0, α⟩ h

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def declared (env : Environment) : Environment :=
  let chain := mkConst `Chain
  let hidden : Expr := .proj `Shelf 1 (.app (.app (mkConst `shelf) (mkConst `same)) chain)
  with_ env (.inductDecl [] 0 [{
    name := `Chain, type := .sort (.succ .zero)
    ctors := [{ name := `Chain.stop, type := chain }, { name := `Chain.link, type := .forallE `rest hidden chain .default }] }] false)

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

theorem seven (_ : Chain) : ∃ n : Nat, n * n = 49 := ⟨7, rfl⟩
theorem t : ∃ n : Nat, n * n = 49 := seven Chain.stop
