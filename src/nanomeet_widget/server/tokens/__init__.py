"""Who may do what: tokens, tickets, secrets and certificates."""
