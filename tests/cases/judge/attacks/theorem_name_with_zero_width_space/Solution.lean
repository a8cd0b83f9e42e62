theorem «t​» : True := trivial
