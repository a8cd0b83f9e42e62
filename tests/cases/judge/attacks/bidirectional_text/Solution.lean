/- ‮ -/ theorem t : True := trivial
