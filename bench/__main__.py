"""`make bench`: the pages of the table and the long work, beside the floors, on servers of their own.

    python -m bench [--quick] [--scale 0.1] [--only NAME …] [--baseline]

Loads the volume into a PostgreSQL of its own, or takes the database of BENCH_DATABASE_URL, where it is loaded already.
Writes bench/latest.json, compares its ratios with bench/baseline.json (of the same scale) and names what got slower.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.faults.servers import HOST, ROOT, Listening, Postgres, Redis, Server, family, python

PORT = int(os.environ.get("BENCH_PORT", "8160"))
#: readers at once, in the other measure
AT_ONCE = 16
LATEST, BASELINE = (ROOT / "bench" / f"{name}.json" for name in ("latest", "baseline"))
#: at most so many times the baseline's ratio; a quick run compares widely, so that only a real loss crosses it
MARGIN, QUICK_MARGIN = 1.3, 2.5
QUICK_SCALE = 0.01


class Portal:
    """The web server over PostgreSQL and Redis, with the volume."""

    def __init__(self, folder: Path, scale: float) -> None:
        self.folder, self.scale = folder, scale
        self.redis = Redis(PORT + 1, folder)
        self.postgres = None if os.environ.get("BENCH_DATABASE_URL") else Postgres(PORT, folder)
        self.address = f"http://{HOST}:{PORT + 2}"
        database = self.postgres.address if self.postgres else os.environ["BENCH_DATABASE_URL"]
        os.environ.update({
            "PORTAL_ENV": "production", "SECRET_KEY": "of-the-bench-only-k9Zt2fWq7LxA0vB4nM8sRd1HuJ6yPc3EgTiXoQ",
            "ALLOWED_HOSTS": HOST, "SITE_ADDRESS": self.address, "EMAIL_URL": f"smtp://{HOST}:{PORT + 3}",
            "DATABASE_URL": database, "REDIS_URL": self.redis.address, "PORTAL_VAR": str(folder / "var"),
            "STATIC_ROOT": str(folder / "static"), "NO_PROXY": HOST, "DJANGO_SETTINGS_MODULE": "portal.settings",
            "LIMIT_SEARCHES": "1000000", "LIMIT_EXPORTS": "1000000",  # whoever measures asks more often than a person
        })  # fmt: skip
        web = python("-m", "gunicorn", "bench.wsgi", "--bind", f"{HOST}:{PORT + 2}", "--max-requests", "0")
        self.web = Listening("web", PORT + 2, web, folder)
        self.all: list[Server] = [*([self.postgres] if self.postgres else []), self.redis, self.web]

    def start(self) -> None:
        for server in self.all[:-1]:
            server.start()
        commands: list[tuple[str, ...]] = [("collectstatic", "--noinput", "--verbosity", "0"), ("migrate", "-v0")]
        if self.postgres:
            commands += [("load_reference", "-v0"), ("load_volume", "--scale", str(self.scale))]
        for command in commands:
            subprocess.run(python("manage.py", *command), cwd=ROOT, check=True)
        if self.postgres:
            subprocess.run(["psql", "-qX", self.postgres.address, "-c", "VACUUM ANALYZE"], check=True)
        self.web.start()

    def end(self) -> None:
        for server in reversed(self.all):
            if server.is_running:
                server.kill()

    def memory(self) -> float:
        """PSS of the web server's workers, in MiB."""
        return sum(_pss(pid) for pid in family(self.web.process.pid)) / 1024


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def measured(portal: Portal, only: list[str], *, quick: bool) -> dict[str, Any]:
    """Every figure of the run."""
    import django

    django.setup()
    from bench.clock import Line, timed
    from bench.pages import pages, sign_in

    cookies: dict[str, str] = {}
    lines: dict[str, Line] = {}

    def line_of(reader: str, *, anew: bool = False) -> Line:
        if reader not in cookies:
            cookies[reader] = sign_in(reader)
        if anew:
            return Line(portal.address, cookies[reader])
        return lines.setdefault(reader, Line(portal.address, cookies[reader]))

    wanted = [page for page in pages() if not only or any(name in page.name for name in only)]
    rows = timed(wanted, line_of, pairs=7 if quick else 21, seconds=0.3 if quick else 1.5, at_once=AT_ONCE)
    return {
        "scale": portal.scale,
        "pages": {row.page.name: row.figures() for row in rows},
        "web_pss_mib": round(portal.memory(), 1),
    }


def table(figures: dict[str, Any], baseline: dict[str, Any]) -> str:
    """All of it, as a table."""
    lines = [
        f"| page | ms | p95 | floors | from – to | before | a second, 1 · {AT_ONCE} | queries | bytes |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in figures["pages"].items():
        before = baseline.get("pages", {}).get(name, {}).get("ratio", "–")
        spread = f"{row['ratio_from']} – {row['ratio_to']}"
        often = f"{row['per_second_1']} · {row['per_second_at_once']}"
        cells = (
            row["p50_ms"],
            row["p95_ms"],
            f"**{row['ratio']}**",
            spread,
            before,
            often,
            row["queries"],
            row["bytes"],
        )
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    lines.append(f"\nPSS of the web server's workers: {figures['web_pss_mib']} MiB")
    return "\n".join(lines)


def slower(figures: dict[str, Any], baseline: dict[str, Any], margin: float) -> list[str]:
    """What takes more floors than the baseline by more than the margin, or asks more of the database."""
    found = []
    for name, before in baseline.get("pages", {}).items():
        row = figures["pages"].get(name)
        if row is None:
            continue
        if row["ratio_from"] > before["ratio"] * margin:
            found.append(f"{name}: {row['ratio']} floors, {before['ratio']} before")
        if row["queries"] > before["queries"]:
            found.append(f"{name}: {row['queries']} queries, {before['queries']} before")
    return found


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    asked.add_argument("--quick", action="store_true", help="a small volume, few pairs, wide margins")
    asked.add_argument("--scale", type=float, default=1.0, help="of the whole volume")
    asked.add_argument("--only", nargs="*", default=[], help="pages whose name holds one of these")
    asked.add_argument("--baseline", action="store_true", help="keep the figures as the new baseline")
    options = asked.parse_args()
    scale = QUICK_SCALE if options.quick else options.scale
    known = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    baseline = known.get(str(scale), {})
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        portal = Portal(folder, scale)
        try:
            portal.start()
            figures = measured(portal, options.only, quick=options.quick)
        finally:
            portal.end()
    LATEST.write_text(json.dumps({str(scale): figures}, ensure_ascii=False, indent=1) + "\n")
    if options.baseline:
        BASELINE.write_text(json.dumps(known | {str(scale): figures}, ensure_ascii=False, indent=1) + "\n")
    lost = slower(figures, baseline, QUICK_MARGIN if options.quick else MARGIN)
    print(table(figures, baseline), f"\n{time.monotonic() - begun:.0f} s in all.")
    print("\n".join(["\nSlower than the baseline:", *lost]) if lost else "\nNothing is slower than the baseline.")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
