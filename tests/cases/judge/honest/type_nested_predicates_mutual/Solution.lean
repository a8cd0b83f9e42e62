mutual
inductive Alive : Prop where
  | born
  | kept (h : Nonempty (PLift True) ∧ Well)
  | pair (h : Alive ∧ (Alive ∨ Well))
inductive Well : Prop where
  | rest (h : ¬¬True ∧ (True → Alive))
end

theorem t (h : Alive → False) : 1 = 2 :=
  (h (.kept ⟨⟨⟨trivial⟩⟩, .rest ⟨fun k => k trivial, fun _ => .pair ⟨.born, .inl .born⟩⟩⟩)).elim
