inductive t.Side : Type
  | left
  | right

def t.Side.pick {p q : Prop} (h : p ∧ q) : (s : t.Side) → (match s with | .left => p | .right => q)
  | .left => h.1
  | .right => h.2

theorem t (p q : Prop) (h : p ∧ q) : q ∧ p :=
  ⟨t.Side.pick h .right, t.Side.pick h .left⟩
