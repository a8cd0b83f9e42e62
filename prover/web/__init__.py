"""The page in the browser: a run's theorems, and the trees of their searches as they grow."""
