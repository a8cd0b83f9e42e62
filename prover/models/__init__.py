"""Policies that are language models: checkpoints, prompts and a sampling engine of our own.

Import the modules, not this package: `prompts`, `fit` and `checkpoint` need no torch, the rest does.
"""
