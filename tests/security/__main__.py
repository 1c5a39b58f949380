"""The long walk: `python -m tests.security [what pytest takes]`."""

import os
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    os.environ["SECURITY_WALK"] = "long"
    sys.exit(pytest.main([str(Path(__file__).parent), "-q", "-p", "no:cacheprovider", *sys.argv[1:]]))
