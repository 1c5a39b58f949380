"""A process that puts messages into the broker in a folder: `putting_messages.py FOLDER WHO HOW_MANY`."""

import sys
from pathlib import Path

from kombu import Connection


def broker(folder: Path) -> Connection:
    """A connection to the broker in this folder, as the settings make it."""
    names = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"}
    options = {option: str(folder / name) for option, name in names.items()}
    options |= {"unreadable_folder": str(folder / "unreadable"), "polling_interval": 0.01}
    return Connection("filesystem://", transport="portal.core.broker:Transport", transport_options=options)


if __name__ == "__main__":
    folder, who, how_many = sys.argv[1:]
    with broker(Path(folder)) as connection, connection.SimpleQueue("work") as queue:
        for number in range(int(how_many)):
            queue.put([who, number])
