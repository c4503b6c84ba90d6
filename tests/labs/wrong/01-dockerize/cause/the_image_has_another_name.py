# earns: Run the cell of the lab that builds and starts it: it begins with build_production.
engine.images.get("production:1").tag("of-last-year", "1")
engine.images.remove("production:1")
