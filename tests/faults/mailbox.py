"""A mail server that keeps the Message-ID of each mail it took, one a line; run as `python -m tests.faults.mailbox`.

While a file named `breaks` lies beside its book it takes each mail and breaks the line before it answers.
"""

import asyncio
import sys
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import UnthreadedController


class Takes:
    def __init__(self, book: Path) -> None:
        self.book = book

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd calls it so
        with self.book.open("a", encoding="utf-8") as book:
            book.write(f"{message_from_bytes(envelope.content)['Message-ID']}\n")
        if (self.book.parent / "breaks").exists():
            server.transport.abort()
        return "250 OK"


if __name__ == "__main__":
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    UnthreadedController(Takes(Path(sys.argv[2])), hostname="127.0.0.1", port=int(sys.argv[1]), loop=loop).begin()
    loop.run_forever()
