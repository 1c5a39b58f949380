"""`make bench`: the pages of the table and the long work, beside the floors, on servers of their own.

    python -m bench [--quick] [--scale 0.1] [--only NAME …] [--baseline]

Loads the volume into a PostgreSQL of its own, or takes the database of BENCH_DATABASE_URL, where it is loaded already.
Writes bench/latest.json, compares its ratios with bench/baseline.json (of the same scale) and names what got slower.
"""

import argparse
import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.faults.servers import (
    HOST,
    ROOT,
    SECONDS,
    Listening,
    Postgres,
    Redis,
    Server,
    end_all,
    family,
    python,
    wait_until,
)

PORT = int(os.environ.get("BENCH_PORT", "8160"))
#: readers at once, in the other measure
AT_ONCE = 16
LATEST, BASELINE = (ROOT / "bench" / f"{name}.json" for name in ("latest", "baseline"))
#: at most so many times the baseline's ratio
MARGIN = 1.3
#: a quick run compares what the processor spent, which a busy machine hardly changes, and widely: only a real loss
#: crosses that; a few questions more are a matter of the day on which the volume is loaded
QUICK_MARGIN, QUICK_QUERIES = 2.5, 3
#: what the command ends with where something is slower
SLOWER = 3
QUICK_SCALE = 0.01
STARTED, BARE = "start to the first page", "bench.bare"
#: rows of the lists that are imported
IMPORTED, QUICK_IMPORTED = (400, 10_000), (40,)


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
        self.web = Listening("web", PORT + 2, self.command("bench.wsgi"), folder)
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
        end_all(self.all)

    def starts_in(self, application: str) -> float:
        """Seconds from the start of a web server of two workers to its first answer."""
        self.web.kill()
        wait_until(lambda: not self.web.answers(), "the web server does not end")
        self.web.command = self.command(application)
        begun = time.monotonic()
        self.web.start(pause=0.01)
        with contextlib.closing(http.client.HTTPConnection(HOST, PORT + 2, timeout=SECONDS)) as line:
            line.request("GET", "/ar/", headers={"X-Forwarded-Proto": "https"})
            if line.getresponse().status != 200:
                raise RuntimeError(f"{application} answers no page.")
        return time.monotonic() - begun

    @staticmethod
    def command(application: str) -> list[str]:
        asked = ("--bind", f"{HOST}:{PORT + 2}", "--max-requests", "0")
        if application == BARE:  # nothing of the portal's is read for it
            asked = (*asked, "--config", os.devnull, "--workers", "2", "--threads", "200")
        return python("-m", "gunicorn", application, *asked)

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
    figures = {
        "scale": portal.scale,
        "pages": {row.page.name: row.figures() for row in rows},
        "web_pss_mib": round(portal.memory(), 1),
    }
    from bench.work import Worked, worked

    times = 2 if quick else 3
    work = worked(times=times, rows=QUICK_IMPORTED if quick else IMPORTED, only=only)
    if not only or any(name in STARTED for name in only):
        started = Worked(STARTED)
        for _time in range(3):
            started.floors.append(portal.starts_in(BARE))
            started.times.append(portal.starts_in("bench.wsgi"))
        work.append(started)
    return figures | {"work": {row.name: row.figures() for row in work}}


def table(figures: dict[str, Any], baseline: dict[str, Any]) -> str:
    """All of it, as a table."""
    lines = [
        f"| page | ms | p95 | floors | from – to | processor | before | a second, 1 · {AT_ONCE} | queries | bytes |",
        "|---|---|---|---|---|---|---|---|---|---|",
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
            row["cpu_ratio"],
            before,
            often,
            row["queries"],
            row["bytes"],
        )
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    lines += ["", "| work | s | floor, s | floors | processor | before |", "|---|---|---|---|---|---|"]
    for name, row in figures["work"].items():
        before = baseline.get("work", {}).get(name, {}).get("ratio", "–")
        cells = (row["seconds"], row["floor_s"], f"**{row['ratio']}**", row.get("cpu_ratio", "–"), before)
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    lines.append(f"\nPSS of the web server's workers: {figures['web_pss_mib']} MiB")
    return "\n".join(lines)


def slower(figures: dict[str, Any], baseline: dict[str, Any], *, quick: bool) -> list[str]:
    """What takes more floors than the baseline by more than the margin, or asks more of the database."""
    found = []
    for kind in ("pages", "work"):
        for name, before in baseline.get(kind, {}).items():
            if (row := figures[kind].get(name)) is None:
                continue
            if quick and "cpu_ratio" not in before:
                continue
            measure = "cpu_ratio" if quick else "ratio"
            # the nearest quarter of the measured: a machine that was busy for a moment makes nothing slower
            now = row["ratio_from"] if measure == "ratio" and "ratio_from" in row else row[measure]
            if now > before[measure] * (QUICK_MARGIN if quick else MARGIN):
                found.append(f"{name}: {row[measure]} floors, {before[measure]} before")
            if row.get("queries", 0) > before.get("queries", 0) + (QUICK_QUERIES if quick else 0):
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
    lost = slower(figures, baseline, quick=options.quick)
    print(table(figures, baseline), f"\n{time.monotonic() - begun:.0f} s in all.")
    print("\n".join(["\nSlower than the baseline:", *lost]) if lost else "\nNothing is slower than the baseline.")
    return SLOWER if lost else 0


if __name__ == "__main__":
    sys.exit(main())
