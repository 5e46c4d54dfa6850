"""Small servers that speak the wire protocols of services which cannot run here.

Written from the public documentation of those protocols, and not from our own code: both ends being
ours would prove nothing.
"""
