mutual
theorem one : False := two
theorem two : False := one
end

theorem t : (1 : Nat) = 2 := one.elim
