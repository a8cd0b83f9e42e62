class Absurd : Prop where
  out : False

@[instance] axiom absurd_inst : Absurd

theorem t : (1 : Nat) = 2 := (Absurd.out).elim
