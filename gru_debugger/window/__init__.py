"""The window's own widgets: what is not a picture of the model."""
