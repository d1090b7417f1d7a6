"""Renders a view once for everybody who asks, off the event loop.

A hundred pages and three scrapers cost one rendering of each form: whoever comes first starts it, the others wait for
the same bytes. It runs in a thread, so that a large room does not hold up the polls.
"""

import asyncio
from collections.abc import Callable, Hashable

from agent.board import Board, View


class Rendered:
    """The newest view in the forms asked for so far; a new view forgets the forms of the old one."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._view: View | None = None
        self._forms: dict[Hashable, asyncio.Task[bytes]] = {}

    async def get(self, form: Hashable, make: Callable[[View], bytes]) -> bytes:
        """The bytes of this form; as long as the view is the same, they are the same object."""
        view = self._board.view
        if view is not self._view:
            self._view, self._forms = view, {}
        if form not in self._forms:
            self._forms[form] = asyncio.create_task(asyncio.to_thread(make, view))
        return await asyncio.shield(self._forms[form])
