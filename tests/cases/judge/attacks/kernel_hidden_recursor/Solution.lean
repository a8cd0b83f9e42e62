import Lean
open Lean Elab Command

/-! The type itself as one branch of a recursor whose argument is a cast, in the second type of a block. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def index (h : a = b) : Bool := Eq.rec (motive := fun _ _ => Bool) true h
def choose (α β : Type) (x : Bool) : Type := Bool.rec (motive := fun _ => Type) β α x

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def declared (env : Environment) : Environment :=
  let chain := mkConst `Chain
  let ring := mkConst `Ring'
  let hidden : Expr := .app (.app (.app (mkConst `choose) chain) (mkConst ``Nat)) (.app (mkConst `index) (mkConst `same))
  with_ env (.inductDecl [] 0 [
    { name := `Ring', type := .sort (.succ .zero), ctors := [{ name := `Ring'.of, type := .forallE `c chain ring .default }] },
    { name := `Chain, type := .sort (.succ .zero)
      ctors := [{ name := `Chain.stop, type := chain }, { name := `Chain.link, type := .forallE `rest hidden chain .default }] }] false)

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

theorem seven (_ : Chain) : ∃ n : Nat, n * n = 49 := ⟨7, rfl⟩
theorem t : ∃ n : Nat, n * n = 49 := seven Chain.stop
