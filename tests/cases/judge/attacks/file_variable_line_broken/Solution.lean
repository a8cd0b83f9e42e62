variable (n : Nat) (h : 0 < n
variable (n : Nat) (h : 0 < n) (h : nonsense)
variable (n : Nat) (h : 0 < n)

include h
theorem t : n = n + 0 → 0 < n := fun _ => h
