"""What is received of a file on its way in: no more of it is written down than may be taken."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class MeasuredFileUploadHandler(TemporaryFileUploadHandler):
    """A file too large is measured to its end, so that its size can be said, and written only as far as is taken."""

    file: Any

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start < settings.MEDIA_MAX_MB * 1024 * 1024:
            super().receive_data_chunk(raw_data, start)
