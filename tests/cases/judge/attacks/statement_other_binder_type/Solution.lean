theorem t (a b : Fin 1) : a = b := by
  omega
