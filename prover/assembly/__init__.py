"""The one place that turns settings into the components of a run: Lean and models near, or far away on Ray."""
