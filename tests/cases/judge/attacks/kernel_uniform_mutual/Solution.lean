import Lean
open Lean Elab Command

/-! True and honest, but it uses a block of two types, the second of which occurs under a type without fields with a changed parameter. -/

inductive Ghost (α : Type) : Type where
  | it

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def declared (env : Environment) : Environment :=
  let nat := mkConst ``Nat
  let even (n : Expr) := Expr.app (mkConst `Even') n
  let odd (n : Expr) := Expr.app (mkConst `Odd') n
  let ghost (e : Expr) := Expr.app (mkConst `Ghost) e
  let family : Expr := .forallE `n nat (.sort (.succ .zero)) .default
  with_ env (.inductDecl [] 1 [
    { name := `Even', type := family
      ctors := [{ name := `Even'.mk, type := .forallE `n nat (.forallE `o (odd (.bvar 0)) (even (.bvar 1)) .default) .default }] },
    { name := `Odd', type := family
      ctors := [{ name := `Odd'.mk, type := .forallE `n nat (.forallE `l (ghost (even (mkConst ``Nat.zero))) (odd (.bvar 1)) .default) .default }] }] false)

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

theorem seven (_ : Even' 2) : ∃ n : Nat, n * n = 49 := ⟨7, rfl⟩
theorem t : ∃ n : Nat, n * n = 49 := seven (Even'.mk 2 (Odd'.mk 2 .it))
