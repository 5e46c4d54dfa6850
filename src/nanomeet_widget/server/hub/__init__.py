"""The server as a service of a JupyterHub: who its users are, and what they may do here."""
