"""Reading answers as a browser does."""

from django.http import HttpResponse


def content_of(answer: HttpResponse) -> bytes:
    """The whole body. A download read to its end gives its file back; `close()` would end the database’s connection."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
