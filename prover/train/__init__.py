"""Language models trained on steps: policies on tactics, critics on pairs of states. Needs the extra `train`."""
