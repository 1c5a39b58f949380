"""How fast the portal answers, in the form it has in production, beside a bare view on the same server."""
