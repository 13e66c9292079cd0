"""How each device, issuer and wire is reached: access, secrets, identities, and sessions that are kept between passes."""
