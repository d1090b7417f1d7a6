"""The vocabulary: units, measures, readings, snapshots. Knows nobody else in the program."""
