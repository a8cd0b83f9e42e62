import Lean
open Lean Elab Command

/-! True and honest, but it uses a type that occurs in itself at another universe, within a type that does not use its
parameter. -/

inductive Ghost.{u} (α : Type u) : Type where
  | it

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def declared (env : Environment) : Environment :=
  let u := Level.param `u
  let up (l : Level) (α : Expr) := Expr.app (mkConst `Up [l]) α
  with_ env (.inductDecl [`u] 1 [{
    name := `Up, type := .forallE `α (.sort (.succ u)) (.sort (.succ .zero)) .default
    ctors := [{
      name := `Up.mk
      type := .forallE `α (.sort (.succ u)) (.forallE `g (.app (mkConst `Ghost [.zero]) (up .zero (mkConst ``Nat))) (up u (.bvar 1)) .default) .default }] }] false)

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

theorem seven (_ : Up Type) : ∃ n : Nat, n * n = 49 := ⟨7, rfl⟩
theorem t : ∃ n : Nat, n * n = 49 := seven (Up.mk Type .it)
