set_option autoImplicit true

theorem t [Subsingleton α] (a b : α) : a = b := Subsingleton.elim a b
