"""Contacts bounce, and long cables catch spikes: when a line's level counts as changed.

A new level counts once it has stood for SETTLING, which no spike does; the level that counts then stands for at least
HOLDING, so that a slow bounce is one change. A change that lasts counts within SETTLING of its last bounce.
"""

SETTLING = 0.02  # seconds
HOLDING = 0.05


class Debounce:
    """The levels of several lines, each a bit; times are monotonic seconds."""

    def __init__(self, levels: int) -> None:
        self.levels = levels
        self._seen = levels
        self._seen_since: dict[int, float] = {}
        self._counts_since: dict[int, float] = {}

    @property
    def restless(self) -> bool:
        """Whether a line may be about to change: look again soon."""
        return self._seen != self.levels

    def feed(self, levels: int, now: float) -> bool:
        """Takes what is seen now, and says whether a level changed that counts."""
        for bit in _bits(levels ^ self._seen):
            self._seen_since[bit] = now
        self._seen = levels
        changed = [bit for bit in _bits(levels ^ self.levels) if self._counts(bit, now)]
        for bit in changed:
            self._counts_since[bit] = now
            self.levels ^= bit
        return bool(changed)

    def _counts(self, bit: int, now: float) -> bool:
        return now - self._seen_since[bit] >= SETTLING and now - self._counts_since.get(bit, float("-inf")) >= HOLDING


def _bits(levels: int) -> list[int]:
    return [1 << place for place in range(levels.bit_length()) if levels >> place & 1]
