private theorem t : True := trivial
