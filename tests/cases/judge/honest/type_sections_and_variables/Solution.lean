namespace Shop
section
variable (Item : Type) [DecidableEq Item] {Price : Type}

inductive Bag
  | empty
  | put (i : Item) (rest : Bag)

structure Tag where
  item : Item
  price : Price

def Bag.count (i : Item) : Bag Item → Nat
  | .empty => 0
  | .put j rest => (if i = j then 1 else 0) + rest.count i
end

theorem Bag.count_put (i : Nat) (b : Bag Nat) : Bag.count Nat i (.put i b) = 1 + b.count Nat i := by
  simp [Bag.count]

theorem t (i : Nat) (b : Bag Nat) (p : Tag (Price := Nat) Nat) (h : p.item = i) : 0 < Bag.count Nat p.item (.put i b) := by
  rw [h, Bag.count_put]
  omega

end Shop
