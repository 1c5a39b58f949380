"""Logos as they travel inside a PDF."""

import base64
import io

from django.db.models.fields.files import FieldFile
from PIL import Image, UnidentifiedImageError

SIDE = 320


def as_data_uri(picture: FieldFile) -> str:
    """The picture, made small, as a `data:` address; '' where there is none or it cannot be read."""
    if not picture:
        return ""
    try:
        with picture.open("rb") as file, Image.open(file) as image:
            small = image.convert("RGBA")
            small.thumbnail((SIDE, SIDE))
    except (OSError, UnidentifiedImageError, ValueError):
        return ""
    stream = io.BytesIO()
    small.save(stream, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"
