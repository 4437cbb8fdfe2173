"""Many requests on one connection: no error, and the stack is as deep as it was, but for when an
interrupt comes."""

import os
import time

from board import ROUTES
from served import check

COUNT = 1000
# Over a serial line they take their time.
FEWER, FEWEST = 200, {"/document": 10, "/flash.bin": 30}
FULL = "REPLYWIRE_BOARD_FULL" in os.environ

# What an interrupt may take, which can come at a deeper place than it did before.
INTERRUPT = 256


def requests_on_one_connection(board):
    for path in ROUTES:
        is_slow = board.pause and not FULL
        count = FEWEST.get(path, FEWER) if is_slow else COUNT
        early = min(count // 10, 100)
        start = time.monotonic()
        with board.kept() as kept:
            for at in range(count):
                reply, body = kept.ask(path)
                if at == 0:
                    first = reply.status, len(body)
                check(reply.status == first[0], (path, at, reply.status))
                # Only the numbers of a reading change.
                check(abs(len(body) - first[1]) < 32, (path, at, body))
                if at + 1 == early:
                    deepest = kept_stack(kept)
            grown = kept_stack(kept) - deepest
            check(grown <= INTERRUPT, (path, deepest, grown))
        took = time.monotonic() - start
        print(f"firmware: {count} of {path}, {took:.1f} s, stack {deepest} bytes", flush=True)


def kept_stack(kept):
    return int(kept.ask("/stack")[1].split()[0])


CASES = (requests_on_one_connection,)
