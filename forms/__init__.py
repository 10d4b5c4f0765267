"""What people fill in: one file a blueprint, on the fields of `forms.base`."""
