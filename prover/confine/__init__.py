"""Confinement for any process: launch, guard, pipes, what is in force."""
