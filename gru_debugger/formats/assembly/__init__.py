"""What the tensors of a file mean: which are a GRU, its embedding, its output layer."""
