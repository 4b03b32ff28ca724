"""Fonts, icons, bundled models and texts; a package only so that editable installs find it."""
