"""What devices tell unasked: kept, counted, answered with a look, and set against what trunkline did itself."""
