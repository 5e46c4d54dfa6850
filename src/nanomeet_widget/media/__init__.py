"""Pictures and sound from Python: what a program sends to the server's sockets.

NumPy and PyAV are loaded when they are needed: see `arrays.need`.
"""
