theorem t (q p : Prop) (hp : p) : q → p := fun _ => hp
