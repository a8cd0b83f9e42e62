mutual
inductive Doc (α : Type u) : Type u
  | leaf (a : α)
  | part (title : Option (Part α)) (body : List (Part α))
inductive Part (α : Type u) : Type u
  | one (d : Doc α)
  | many (ds : Array (Doc α))
end

def Doc.level {α : Type u} : Doc α → Nat
  | .leaf _ => 0
  | .part none [] => 1
  | .part (some _) [] => 2
  | .part _ (.one _ :: _) => 3
  | .part _ (.many ds :: _) => 4 + ds.size

def Doc.at (n : Nat) : Doc Nat :=
  .part none [.many ((List.replicate n (Doc.leaf 0)).toArray)]

theorem Doc.level_at (n : Nat) : (Doc.at n).level = 4 + n := by
  simp [Doc.at, Doc.level]

theorem t (n m : Nat) (h : 4 + n = 4 + m) : n = m := by
  rw [← Doc.level_at, ← Doc.level_at, Doc.level_at, Doc.level_at] at h
  exact Nat.add_left_cancel h
