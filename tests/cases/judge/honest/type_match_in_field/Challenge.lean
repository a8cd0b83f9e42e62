inductive Field
  | mk (n : Nat) (x : match n with | 0 => Nat | 1 => Bool | _ => Unit)

structure Checked where
  kind : Bool
  data : if kind then Nat else List Nat
  size : Fin (match kind with | true => 3 | false => 4)

theorem t (f : Field) (c : Checked) (h : f = .mk 1 true ∨ f = .mk 0 7) : ∃ n x, f = .mk n x ∧ n < 2 ∧ c = c := by
  sorry
