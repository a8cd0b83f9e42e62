set_option genSizeOf false in
inductive Chain
  | stop
  | more (rest : id Chain)

def one : Chain := .more .stop

theorem t (c : Chain) : Chain.more c ≠ .stop := by
  sorry
