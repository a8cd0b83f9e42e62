import Lean
open Lean Elab Command

/-! The level `max (imax 2 0) (max 0 0)`. -/

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def plain : InductiveType := { name := `Plain, type := .sort .zero, ctors := [{ name := `Plain.mk, type := mkConst `Plain }] }

def declared (env : Environment) : Environment :=
  let odd := mkConst `Odd
  let env := with_ env (.inductDecl [] 0 [plain, {
    name := `Odd, type := .sort (.max (.imax (.succ (.succ .zero)) .zero) (.max .zero .zero))
    ctors := [{ name := `Odd.mk, type := .forallE `b (mkConst ``Bool) odd .default }] }] false)
  with_ env (.defnDecl {
    name := `read, levelParams := [], type := .forallE `x odd (mkConst ``Bool) .default
    value := .lam `x odd (.proj `Odd 0 (.bvar 0)) .default, hints := .abbrev, safety := .safe })

elab "declare" : tactic => do
  setEnv (declared (← getEnv))

def done : True := by
  declare
  trivial

def Yes : Prop := Odd
def yes : Yes := Odd.mk true
def no : Yes := Odd.mk false
theorem merge (p q : Yes) : read p = read q := congrArg (fun x : Yes => read x) (show p = q from rfl)

theorem t : False := by
  have h : read yes = read no := merge yes no
  exact Bool.noConfusion (show true = false from h)
