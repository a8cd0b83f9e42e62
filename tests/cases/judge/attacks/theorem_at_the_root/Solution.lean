namespace N
theorem _root_.t : True := trivial
end N
