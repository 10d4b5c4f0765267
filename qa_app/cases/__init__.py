"""Case references, plan types, families and involvements, imported from the case system."""
