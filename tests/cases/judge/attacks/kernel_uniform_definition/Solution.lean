import Lean
open Lean Elab Command

/-! True and honest, but the parameter at the nested occurrence is a definition of the parameter's type, not the parameter. -/

structure Wrap (α : Type) : Type where
  it : Nat

def other (b : Bool) : Bool := !b
def fixed : Bool := other (other false)

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def declared (env : Environment) : Environment :=
  let bool := mkConst ``Bool
  let turn (b : Expr) := Expr.app (mkConst `Turn) b
  let wrap (b : Expr) := Expr.app (mkConst `Wrap) (turn b)
  with_ env (.inductDecl [] 1 [{
    name := `Turn, type := .forallE `b bool (.sort (.succ .zero)) .default
    ctors := [
      { name := `Turn.stop, type := .forallE `b bool (turn (.bvar 0)) .default },
      { name := `Turn.go, type := .forallE `b bool (.forallE `w (wrap (mkConst `fixed)) (turn (.bvar 1)) .default) .default }] }] false)

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

theorem seven (_ : Turn true) : ∃ n : Nat, n * n = 49 := ⟨7, rfl⟩
theorem t : ∃ n : Nat, n * n = 49 := seven (Turn.go true ⟨3⟩)
