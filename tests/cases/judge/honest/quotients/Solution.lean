theorem t (r : Nat → Nat → Prop) (h : r 0 1) : Quot.mk r 0 = Quot.mk r 1 := Quot.sound h
