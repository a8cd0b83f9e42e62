theorem «t » : True := trivial
