prelude
import Init.Core

theorem t : False := sorry
