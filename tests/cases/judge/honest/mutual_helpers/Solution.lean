mutual
def isEven : Nat → Bool
  | 0 => true
  | n + 1 => isOdd n
def isOdd : Nat → Bool
  | 0 => false
  | n + 1 => isEven n
end

theorem t : ∃ f : Nat → Bool, f 0 = true ∧ ∀ n, f (n + 2) = f n :=
  ⟨isEven, by simp [isEven], fun n => by simp [isEven, isOdd]⟩
