"""What only the tests of the directory need."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.reference.models import Territory


@pytest.fixture
def png():
    """A small picture as an upload, or other bytes under its name."""

    def upload(name: str, content: bytes = b"") -> SimpleUploadedFile:
        if not content:
            stream = io.BytesIO()
            Image.new("RGB", (20, 20), "#0f6b5c").save(stream, "PNG")
            content = stream.getvalue()
        return SimpleUploadedFile(name, content)

    return upload


@pytest.fixture
def places(db):
    """A region, two provinces, and a commune in each."""
    rows = {
        "02": ("region", "region", "جهة الشرق", "L’Oriental"),
        "02.381": ("province", "province", "الناظور", "Nador"),
        "02.381.01.03": ("commune", "urban_commune", "بني أنصار", "Beni Ensar"),
        "02.167": ("province", "province", "الدريوش", "Driouch"),
        "02.167.01.01": ("commune", "urban_commune", "ميضار", "Midar"),
    }
    Territory.objects.all().delete()
    return {
        code: Territory.objects.create(code=code, level=level, kind=kind, name_ar=name_ar, name_fr=name_fr)
        for code, (level, kind, name_ar, name_fr) in rows.items()
    }
