prelude
import Init.Core

def Nat.gcd (_ _ : Nat) : Nat := 0

theorem byDefinition : Nat.gcd = fun _ _ => 0 := rfl

theorem byKernel : Nat.gcd 4 6 = 2 := rfl

theorem twoIsZero : 2 = 0 := byKernel.symm.trans (congrFun (congrFun byDefinition 4) 6)

theorem t : False := nomatch twoIsZero
