"""A hold-out for `trunkline diagnose`: faults and the answers to accept, written down before anybody read its rules."""
