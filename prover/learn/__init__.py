"""What can be learned from runs: traces read as trees, the split, pairs, training rows."""
