"""The overview: the whole run, a picture a question."""
