import Lean
open Lean Elab Command

/-! A family with an index; a falsehood about numbers. -/

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def declared (env : Environment) : Environment :=
  let nat := mkConst ``Nat
  let at_ (e : Expr) := Expr.app (mkConst `Odd) e
  let zero := mkConst ``Nat.zero
  let env := with_ env (.inductDecl [] 0 [
    { name := `Plain, type := .forallE `n nat (.sort .zero) .default, ctors := [] },
    { name := `Odd, type := .forallE `n nat (.sort (.imax (.succ .zero) .zero)) .default
      ctors := [{ name := `Odd.mk, type := .forallE `n nat (at_ zero) .default }] }] false)
  with_ env (.defnDecl {
    name := `read, levelParams := []
    type := .forallE `x (at_ zero) nat .default
    value := .lam `x (at_ zero) (.proj `Odd 0 (.bvar 0)) .default, hints := .abbrev, safety := .safe })

elab "declare" : tactic => do
  setEnv (declared (← getEnv))

def done : True := by
  declare
  trivial

def Yes (n : Nat) : Prop := Odd n
def yes (n : Nat) : Yes .zero := Odd.mk n
theorem merge (p q : Yes .zero) : read p = read q := congrArg (fun x : Yes .zero => read x) (show p = q from rfl)

theorem two_is_three : 2 = 3 := merge (yes 2) (yes 3)
