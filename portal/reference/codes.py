"""Codes of territories as text: “02.381.01.03” lies in “02.381.01”, which lies in “02.381”, which lies in “02”."""


def wider_codes(code: str) -> list[str]:
    """The codes of everything that holds the territory, the widest first."""
    return [code[:end] for end, sign in enumerate(code) if sign == "."]
