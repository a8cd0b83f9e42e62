"""Learning from runs: traces read as search trees, the split, pairs, training rows, and the critics trained on them."""
