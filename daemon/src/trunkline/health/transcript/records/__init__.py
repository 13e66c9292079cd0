"""From bytes, or from words that stand for them, to facts."""
