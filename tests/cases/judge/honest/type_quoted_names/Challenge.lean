inductive «my type»
  | «if»
  | «then» («a field» : Nat)
  | «1.5» (x' : «my type») (α₁ : Nat)

structure «a structure» where
  «has fields» : «my type»

def «is if?» : «my type» → Bool
  | .«if» => true
  | _ => false

theorem «the theorem» (s : «a structure») (h : «is if?» s.«has fields» = true) : s = ⟨.«if»⟩ := by
  sorry
