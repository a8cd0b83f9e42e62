open Nowhere
variable (n : nonsense)
namespace 3
attribute [simp] nothing.there
thoerem typo : 1 = 1 := rfl

theorem t (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩
