"""Log lines: UTC time, level, logger, message."""

import logging
import time


class UTCFormatter(logging.Formatter):
    """One line per record, stamped in UTC whatever the machine's clock says."""

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime
