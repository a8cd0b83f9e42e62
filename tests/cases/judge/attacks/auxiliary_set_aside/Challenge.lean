def match_1 : Prop := True
def match_1.other : Prop := False

theorem t : match_1 ∧ match_1.other := by
  sorry
