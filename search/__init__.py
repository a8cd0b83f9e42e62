"""The search algorithm and its vocabulary, without I/O."""
