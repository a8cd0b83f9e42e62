"""Critics: estimate the value of a proof state; with the training and measuring of such models."""
