"""Makes what the workloads read, once: generators and C programs are compiled, files made, under Benchmarks/.work."""
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
WORK = HOME / ".work"
DATA = WORK / "data"
SHARED = HOME.parent.parent / "shared" / "bench"
VENV_PYTHON = HOME / ".venv" / "bin" / "python"
SEED = 42

NEEDED = ["check_w1.py", "gen_facts.c", "gen_pages.py", "gen_tickets.c", "gen_webhooks.py", "gen_xlsx.py", "golden",
          "reference_w1.py", "webhooks.lua"]


def missing():
    """What is not there of the workloads' generators and golden files."""
    return [str(SHARED / name) for name in NEEDED if not (SHARED / name).exists()]


def once(target, make):
    """`make(path)` writes a file; it gets its name when it is whole."""
    if not target.exists():
        print(f"  making {target.relative_to(HOME)}", file=sys.stderr)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".partial")
        partial.unlink(missing_ok=True)
        make(partial)
        partial.rename(target)
    return target


def compiled(source, *libraries):
    """The program of a C file; built again where the source is newer."""
    program = WORK / "bin" / source.stem
    if program.exists() and program.stat().st_mtime < source.stat().st_mtime:
        program.unlink()
    return once(program, lambda out: subprocess.run(
        [os.environ.get("CC", "cc"), "-O2", "-o", out, source, *libraries], check=True))


def limit(name, *libraries):
    """A program of Benchmarks/Reference, over stock SQLite."""
    return compiled(HOME / "Reference" / f"{name}.c", "-lsqlite3", *libraries)


def output_of(*command):
    """A maker that writes what a command prints."""
    def make(path):
        with open(path, "wb") as file:
            subprocess.run([str(part) for part in command], stdout=file, check=True)
    return make


def tickets(count, form="jsonl", delta=False):
    """The tickets of the workload as one file; `delta` has those that changed later."""
    generator = compiled(SHARED / "gen_tickets.c")
    name = f"tickets-{count}{'-delta' if delta else ''}.{form}"
    arguments = ["--n", count, "--seed", SEED, "--format", form] + (["--delta"] if delta else [])
    return once(DATA / name, output_of(generator, *arguments))


def tickets_in_other_order(count):
    """The same records, the first two in each other's place: a file that no reader can take for the one it knows."""
    def make(path):
        with open(tickets(count), "rb") as source, open(path, "wb") as target:
            first, second = source.readline(), source.readline()
            target.write(second + first)
            shutil.copyfileobj(source, target, 1 << 20)
    return once(DATA / f"tickets-{count}-reordered.jsonl", make)


def workbook(count):
    """The tickets as XLSX."""
    source = tickets(count, "csv")
    return once(DATA / f"tickets-{count}.xlsx", lambda out: subprocess.run(
        [sys.executable, SHARED / "gen_xlsx.py", source, out], check=True))


def pages(count):
    """A folder with the pages of the API and a configuration of nginx."""
    folder = DATA / f"pages-{count}"
    if not (folder / "nginx.conf").exists():  # the configuration names the folder, so it is made in place, and last
        print(f"  making {folder.relative_to(HOME)}", file=sys.stderr)
        generator = compiled(SHARED / "gen_tickets.c")
        subprocess.run(
            [sys.executable, SHARED / "gen_pages.py", "--gen", generator, "--out", folder, "--n", str(count)],
            check=True, stdout=subprocess.DEVNULL)
    return folder


def webhooks(count):
    """Signed requests and the length of each. They carry the time at which they were made, and are refused when that is
    minutes ago."""
    target, length = DATA / f"webhooks-{count}.bin", DATA / f"webhooks-{count}.length"
    if not length.exists() or time.time() - length.stat().st_mtime > 100:
        print("  making webhooks", file=sys.stderr)
        DATA.mkdir(parents=True, exist_ok=True)
        result = subprocess.run([sys.executable, SHARED / "gen_webhooks.py", "--n", str(count), "--out", target],
                                check=True, capture_output=True, text=True)
        length.write_text(result.stdout)
    return target, int(length.read_text())


def facts(count):
    """The stored facts, without a header."""
    return once(DATA / f"facts-{count}.csv", output_of(compiled(SHARED / "gen_facts.c"), count, SEED))


def facts_with_ids(count):
    """The facts with a header and a number for each, as a connection needs them."""
    def make(path):
        with open(facts(count)) as source, open(path, "w") as target:
            target.write("id,employee,metric,at,value\n")
            for number, line in enumerate(source, 1):
                target.write(f"{number},{line}")
    return once(DATA / f"facts-{count}-with-ids.csv", make)


def golden(count):
    """The exact values of the tickets; None where there are none for this number."""
    names = {10_000: "10k", 100_000: "100k", 1_000_000: "1m"}
    return SHARED / "golden" / f"w1-{names[count]}-seed{SEED}.json.gz" if count in names else None


def empty_folder(name):
    """A folder of the work folder with nothing in it."""
    folder = WORK / "runs" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
