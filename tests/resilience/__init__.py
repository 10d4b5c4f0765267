"""What loads, kills or fills something: bounded in time, on loopback only."""
