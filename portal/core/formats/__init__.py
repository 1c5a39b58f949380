"""How Morocco writes and types dates and numbers; Django's own Arabic would read 08/02/2027 as August."""
