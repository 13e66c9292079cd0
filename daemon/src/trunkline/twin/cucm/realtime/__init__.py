"""What a node tells while it runs: the status of trunks (RIS) and counters (PerfMon), so many times a minute."""
