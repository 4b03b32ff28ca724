"""A network as PyTorch's own operators: what goes where, followed for one text, and accounted for.

Nothing of a file is run. Each number that the network would compute has a sign of its own, which
operators that only move numbers carry on; which sign arrives where says what is computed here.
"""
