"""The only door to the outside: one client layer, one file a vendor."""
