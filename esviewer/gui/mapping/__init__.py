"""The dialog that maps tables by hand."""
