"""One simulated machine room, and instruments that show it over real protocols. Imports nothing from the rest."""
