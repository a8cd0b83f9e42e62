mutual
inductive A (α : Type u) : Type u | nil | b (x : B α) | h (x : List (H α))
inductive B (α : Type u) : Type u | c (x : C α) (a : α)
inductive C (α : Type u) : Type u | d (x : D α) (y : A α)
inductive D (α : Type u) : Type u | e (x : E α) | f (f : Nat → F α)
inductive E (α : Type u) : Type u | f (x : F α)
inductive F (α : Type u) : Type u | g (x : Option (G α))
inductive G (α : Type u) : Type u | h (x : H α) | a (a : α)
inductive H (α : Type u) : Type u | a (x : A α) (y : Array (A α × B α))
end

theorem t (α : Type u) (a : α) : ∃ x : A α, x = .b (.c (.d (.e (.f (.g (some (.h (.a .nil #[])))))) .nil) a) :=
  ⟨_, rfl⟩
