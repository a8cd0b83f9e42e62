import Lean
open Lean Elab Command

/-! A family with parameters and of every universe. -/

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def declared (env : Environment) : Environment :=
  let u := Level.param `u
  let family (l : Level) : Expr := .forallE `α (.sort (.succ u)) (.sort l) .default
  let odd (i : Nat) := Expr.app (mkConst `Odd [u]) (.bvar i)
  let env := with_ env (.inductDecl [`u] 1 [
    { name := `Plain, type := family .zero, ctors := [] },
    { name := `Odd, type := family (.imax (.succ .zero) .zero)
      ctors := [{ name := `Odd.mk, type := .forallE `α (.sort (.succ u)) (.forallE `x (.bvar 0) (odd 1) .default) .default }] }] false)
  with_ env (.defnDecl {
    name := `read, levelParams := [`u]
    type := .forallE `α (.sort (.succ u)) (.forallE `x (odd 0) (.bvar 1) .default) .default
    value := .lam `α (.sort (.succ u)) (.lam `x (odd 0) (.proj `Odd 0 (.bvar 0)) .default) .default, hints := .abbrev, safety := .safe })

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

def Yes (α : Type) : Prop := Odd α
def yes (α : Type) (x : α) : Yes α := Odd.mk α x
theorem merge (α : Type) (p q : Yes α) : read α p = read α q := congrArg (fun x : Yes α => read α x) (show p = q from rfl)
theorem equal (α : Type) (x y : α) : x = y := merge α (yes α x) (yes α y)

theorem t : False := nomatch equal Bool true false
