import Lean
open Lean Elab Command

/-! The statement is true and the proof honest, but it uses a type that occurs in itself with another parameter than its
own: a nested occurrence that the kernel should refuse, and does not. No falsehood is known to follow from it. -/

inductive Wrap (α : Type) : Type where
  | none
  | two

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def declared (env : Environment) : Environment :=
  let bool := mkConst ``Bool
  let turn (b : Expr) := Expr.app (mkConst `Turn) b
  with_ env (.inductDecl [] 1 [{
    name := `Turn, type := .forallE `b bool (.sort (.succ .zero)) .default
    ctors := [{
      name := `Turn.mk
      type := .forallE `b bool (.forallE `w (.app (mkConst `Wrap) (turn (mkConst ``Bool.false))) (turn (.bvar 1)) .default) .default }] }] false)

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

theorem seven (_ : Turn true) : ∃ n : Nat, n * n = 49 := ⟨7, rfl⟩
theorem t : ∃ n : Nat, n * n = 49 := seven (Turn.mk true .none)
