namespace Numbers
section
variable {α : Type u} [LE α]

variable (α) in
private inductive Chain : List α → Prop
  | nil : Chain []
  | one (a : α) : Chain [a]
  | cons (a b : α) (l : List α) (h : a ≤ b) (c : Chain (b :: l)) : Chain (a :: b :: l)

omit [LE α] in
private theorem cons_ne (a : α) (l : List α) : a :: l ≠ [] := nofun

private theorem Chain.tail {a b : α} {l : List α} : Chain α (a :: b :: l) → a ≤ b
  | .cons _ _ _ h _ => h

theorem t (a b : α) (h : a ≤ b) (l : List α) (g : l = [a, b]) : l ≠ [] ∧ a ≤ b :=
  have c : Chain α [a, b] := .cons a b [] h (.one b)
  ⟨g ▸ cons_ne a [b], c.tail⟩

end
end Numbers
