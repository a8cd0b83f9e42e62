"""What a run came to: reports, comparisons, and its proofs and traces in other layouts."""
