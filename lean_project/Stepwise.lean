import Stepwise.Host
import Stepwise.Prelude
import Stepwise.Watch
import Stepwise.Write
import Stepwise.Views
import Stepwise.Lemmas
import Stepwise.Premises
import Stepwise.Definitions
import Stepwise.Unify
import Stepwise.State
import Stepwise.Elaborate
import Stepwise.Trees
import Stepwise.Key
import Stepwise.Goal
import Stepwise.Check
import Stepwise.Parse
import Stepwise.Recursion
import Stepwise.TryThis
import Stepwise.Tactic
import Stepwise.Answer
import Stepwise.Open
import Stepwise.Inspect
import Stepwise.Command
import Stepwise.Declaration
import Stepwise.Outline
import Stepwise.Step
import Stepwise.Community
import Stepwise.Rerun
import Stepwise.Suggest
import Stepwise.Library
import Stepwise.Serve

/-!
The step server. The modules are listed in an order in which they can also be concatenated into one file, which is how
the embedded Lean runs them: `import` lines are dropped and each body is wrapped in a `section`.
-/
