"""How much is listened to: token buckets per sender and over all senders, asked before anything is decoded.

A bucket holds `size` tokens and gains `rate` a second. A datagram that finds its sender's bucket or the common one
empty is dropped at the price of a dictionary look-up, so that a flood cannot buy the agent's time.
"""

from collections import OrderedDict
from dataclasses import dataclass

SENDERS = 4096  # senders that are told apart; those unheard of for longest are forgotten first
TOGETHER = 5  # all senders together may say this many times what one may: a whole room losing its mains at once


@dataclass(slots=True)
class Bucket:
    """Times are monotonic."""

    rate: float
    size: float
    level: float
    at: float

    def take(self, now: float) -> bool:
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1.0:
            return False
        self.level -= 1.0
        return True


class Gate:
    """Lets `burst` datagrams of a sender through at once, then `per_second`."""

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._rate, self._size = per_second, float(burst)
        self._all = Bucket(per_second * TOGETHER, self._size * TOGETHER, self._size * TOGETHER, now)
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def admits(self, sender: str, now: float) -> bool:
        bucket = self._buckets.get(sender)
        if bucket is None:
            bucket = self._buckets[sender] = Bucket(self._rate, self._size, self._size, now)
            if len(self._buckets) > SENDERS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(sender)
        return bucket.take(now) and self._all.take(now)


class Seldom:
    """Says of a key that it is worth a word: the first time, then once an interval. Knows `most` keys at a time."""

    def __init__(self, interval: float, most: int) -> None:
        self._interval, self._most = interval, most
        self._told: OrderedDict[str, float] = OrderedDict()

    def is_news(self, key: str, now: float) -> bool:
        while self._told and now - next(iter(self._told.values())) >= self._interval:
            self._told.popitem(last=False)
        if key in self._told or len(self._told) >= self._most:
            return False
        self._told[key] = now
        return True
