"""What an organization may spend in a day or a month, at one vendor or at all together."""
