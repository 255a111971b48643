"""What members are told, and what each of them has read."""
