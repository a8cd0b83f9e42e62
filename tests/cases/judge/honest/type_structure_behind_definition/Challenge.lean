def U := Type
abbrev Maker := U → U

inductive Cell (α : U) : U
  | mk (a : α) (next : Option Nat)

structure Shape (F : Maker) where
  Item : U
  fill : Item → F Item

theorem t (s : Shape Cell) (a : s.Item) : ∃ b n, s.fill a = .mk b n := by
  sorry
