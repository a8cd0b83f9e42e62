"""The engine that runs language models, for policies and critics alike.

Import the modules, not this package: `prompts`, `fit` and `checkpoint` need no torch, the rest does.
"""
