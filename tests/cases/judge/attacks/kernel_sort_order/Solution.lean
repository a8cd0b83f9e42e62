import Lean
open Lean Elab Command

/-! The sort of the type is closed. It reduces to `Prop` in a kernel that has compared nothing before (two casts make
`a`, `b` and `false` equal on the way to the third), and is stuck in one that has looked at the third cast first. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem ab : a = b := rfl
theorem bc : b = false := rfl
theorem ac : (let x := a; x) = false := by
  unfold a
  cases both
  rfl

def hop (x y : Bool) (h : x = y) (α : Type) : Type := Eq.rec (motive := fun _ _ => Type) α h
def inner : Type := hop a false ac Prop
def sort : Type := hop a b ab (hop b false bc inner)
def ignore (_ : inner) : Nat := 0

def with_ (env : Environment) (d : Declaration) : Environment :=
  match env.addDeclCore 0 d none with
  | .ok env => env
  | .error _ => env

def define (env : Environment) (name : Name) (type value : Expr) : Environment :=
  with_ env (.defnDecl { name, levelParams := [], type, value, hints := .abbrev, safety := .safe })

def declared (env : Environment) : Environment :=
  let coin := mkConst `Coin
  let bool := mkConst ``Bool
  let env := with_ env (.inductDecl [] 0 [{
    name := `Coin, type := mkConst `sort
    ctors := [{ name := `Coin.toss, type := .forallE `side bool coin .default }] }] false)
  let env := define env `Game (.sort .zero) coin
  let game := mkConst `Game
  let env := define env `toss (.forallE `side bool game .default) (.lam `side bool (.app (mkConst `Coin.toss) (.bvar 0)) .default)
  let at_ (i : Nat) := Expr.app (mkConst `ignore) (.bvar i)
  let eq (x y : Expr) := Expr.app (.app (.app (mkConst ``Eq [.succ .zero]) (mkConst ``Nat)) x) y
  let refl (x : Expr) := Expr.app (.app (mkConst ``Eq.refl [.succ .zero]) (mkConst ``Nat)) x
  let first := Expr.forallE `p (mkConst `inner) (.forallE `q (mkConst `inner) (eq (at_ 1) (at_ 0)) .default) .default
  let proof := Expr.lam `p (mkConst `inner) (.lam `q (mkConst `inner) (refl (at_ 1)) .default) .default
  define env `look (.forallE `g game bool .default) (.lam `g game (.letE `h first proof (.proj `Coin 0 (.bvar 1)) false) .default)

@[command_elab Lean.Parser.Command.check] def declare : CommandElab := fun _ => do
  setEnv (declared (← getEnv))
#check 0

theorem merge (p q : Game) : look p = look q := congrArg look (show p = q from rfl)

theorem t : False := by
  have h : look (toss true) = look (toss false) := merge _ _
  exact Bool.noConfusion (show true = false from h)
