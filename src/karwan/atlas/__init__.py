"""The atlas: tables of the whole region, their sources and scenarios; data only."""
