"""Routing of one consignment: supernetwork, costs, closures, search, itineraries, skims."""
