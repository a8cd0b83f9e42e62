inductive Rose where
  | node (children : List Rose)

def Rose.small : Rose → Bool
  | node cs => cs.isEmpty

theorem t : ∃ r : Rose, r = .node [] := ⟨.node [], rfl⟩
