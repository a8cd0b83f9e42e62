structure Sheet where
  (a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 : Nat)
  (b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 : Bool)
  (c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 : List Nat)

def Sheet.blank : Sheet where
  a0 := 0; a1 := 1; a2 := 2; a3 := 3; a4 := 4; a5 := 5; a6 := 6; a7 := 7; a8 := 8; a9 := 9
  b0 := true; b1 := true; b2 := true; b3 := true; b4 := true; b5 := false; b6 := false; b7 := false
  b8 := false; b9 := false
  c0 := []; c1 := [1]; c2 := []; c3 := []; c4 := []; c5 := []; c6 := []; c7 := []; c8 := []; c9 := [9]

theorem t (s : Sheet) (h : s = { Sheet.blank with a9 := s.a9 }) : s.c9 = [9] := by
  sorry
