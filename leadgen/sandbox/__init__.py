"""The outside world in a box: speaks every vendor's wire format over HTTP, from one seeded world.

Imports nothing of ours but domain values: what it answers must not depend on the code it is there to test.
"""
