"""A tenant's own accounts at outside services: which there are, what each needs, and whether its credentials work."""
