import Lean
open Lean Elab

/-! The library's exported view holds a lemma about a private constant, and not the constant: `least n` is 2 ^ (n - 1).
Here it becomes 0, so the lemma says that 0 is 1 for a single bit. -/

def least : Name :=
  .str (.str (.str (.num `_private.Init.Data.Range.Polymorphic.Internal.SignedBitVec 0) "BitVec") "Signed") "intMinSealed"

def Least := (n : Nat) → BitVec n
def nothing : Least := fun n => BitVec.zero n

@[command_elab Lean.Parser.Command.check] def declare : Command.CommandElab := fun _ => do
  let own := .defnDecl {
    name := least, levelParams := [], type := mkConst ``Least, value := mkConst ``nothing, hints := .abbrev, safety := .safe }
  if let .ok env := (← getEnv).addDeclCore 0 own none then setEnv env
#check 0

@[term_elab Lean.Parser.Term.type] def lemmaOfIt : Term.TermElab := fun _ _ => return mkConst (.str least "eq_1")
@[term_elab Lean.Parser.Term.sort] def itself : Term.TermElab := fun _ _ => return mkConst least

theorem bad : False := by
  have wrong : (Sort) 1 = BitVec.ofNat 1 1 := (Type) 1
  exact absurd (show BitVec.zero 1 = BitVec.ofNat 1 1 from wrong) (by decide)
