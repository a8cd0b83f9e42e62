set_option bootstrap.inductiveCheckResultingUniverse false in
inductive Any.{u} : Sort u
  | it : Any

set_option bootstrap.inductiveCheckResultingUniverse false in
inductive None.{u} : Sort u

theorem t (a b : Any.{2}) (c : Any.{0}) (d : None.{1}) : a = b ∧ False ∧ c = Any.it := by
  cases d
