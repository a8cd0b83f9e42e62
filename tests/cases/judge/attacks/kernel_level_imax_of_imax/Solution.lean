import Lean
open Lean Elab Command

/-! The level `imax 1 (imax 1 0)`. -/

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def plain : InductiveType := { name := `Plain, type := .sort .zero, ctors := [{ name := `Plain.mk, type := mkConst `Plain }] }

def declared (env : Environment) : Environment :=
  let odd := mkConst `Odd
  let env := with_ env (.inductDecl [] 0 [plain, {
    name := `Odd, type := .sort (.imax (.succ .zero) (.imax (.succ .zero) .zero))
    ctors := [{ name := `Odd.mk, type := .forallE `b (mkConst ``Bool) odd .default }] }] false)
  with_ env (.defnDecl {
    name := `read, levelParams := [], type := .forallE `x odd (mkConst ``Bool) .default
    value := .lam `x odd (.proj `Odd 0 (.bvar 0)) .default, hints := .abbrev, safety := .safe })

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

def Yes : Prop := Odd
def yes : Yes := Odd.mk true
def no : Yes := Odd.mk false
theorem merge (p q : Yes) : read p = read q := congrArg (fun x : Yes => read x) (show p = q from rfl)

theorem t : False := by
  have h : read yes = read no := merge yes no
  exact Bool.noConfusion (show true = false from h)
