theorem head (xs : List Nat) :
    match xs with
    | [] => xs.length = 0
    | _ :: _ => 0 < xs.length := by
  sorry

theorem let_in (n : Nat) :
    letI m := n + 1
    m > n := by
  sorry
