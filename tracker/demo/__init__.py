"""A believable workshop from a seed, made through the real operations at the moments it tells of."""
