inductive Heap (α : Type)
  | empty
  | node (a : α) (l r : Heap α)

def Heap.toList {α : Type} (h : Heap α) : List α :=
  let rec go : Heap α → List α → List α
    | .empty, acc => acc
    | .node a l r, acc => go l (a :: go r acc)
  go h []

def Heap.count {α : Type} : Heap α → Nat
  | empty => 0
  | node _ l r => sum l.count r.count
where
  sum (a b : Nat) : Nat := a + 1 + b

theorem t (α : Type) (h : Heap α) : h.toList.length = h.count := by
  sorry
