"""The program under test and its workspaces. How a file is read stands in one place: `read_file`."""
import json
import os
import shutil
import subprocess

import data

PROGRAM = data.HOME.parent / ".build-program" / "release" / "plumbline"
SERVE_HOOKS = data.HOME / ".build" / "release" / "serve-hooks"
PULL_TICKETS = data.HOME / ".build" / "release" / "pull-tickets"
COLUMNS = "staff_number,name_zh,name_en,emails,phones,unit,position,manager,responsible_for,valid_from,valid_to\n"
AGENTS, EMPLOYEES = 500, 5000


def program():
    """`make build` makes it; PLUMBLINE_PROGRAM names another one."""
    return os.environ.get("PLUMBLINE_PROGRAM", str(PROGRAM))


def add(folder, part):
    """Copies a part of Benchmarks/workspaces into a workspace."""
    shutil.copytree(data.HOME / "workspaces" / part, folder, dirs_exist_ok=True)


def workspace(name, parts, people):
    """A new workspace of these parts, its people imported."""
    folder = data.empty_folder(name)
    for part in parts:
        add(folder, part)
    (folder / "data").mkdir()
    (folder / "people.csv").write_text(COLUMNS + "".join(people))
    subprocess.run([program(), "people", "import", "--workspace", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


def ticket_people():
    """The agents, known by their e-mail addresses."""
    return [f"A{n:03},,Agent {n:03},agent{n:03}@corp.example,,,,,,,\n" for n in range(AGENTS)]


def fact_people():
    """The employees of the facts."""
    return [f"E{n},,Employee {n},,,,,,,,\n" for n in range(EMPLOYEES)]


def read_file(folder, connection, file):
    """Puts a file where the connection reads it, and gives the command that reads it and computes its values.

    A workbook is imported from where it is.
    """
    if file.suffix == ".xlsx":
        return [program(), "import", file, "--connection", connection, "--workspace", folder, "--format", "json"]
    target = folder / "data" / (connection.split("-")[0] + file.suffix)
    target.unlink(missing_ok=True)
    os.link(file, target)
    return [program(), "pull", connection, "--workspace", folder, "--format", "json"]


def recompute(folder):
    """The command that computes every value anew from what is stored."""
    return [program(), "rebuild", "--workspace", folder, "--format", "json"]


def serve(folder, port):
    """The command that takes what systems send."""
    return [program(), "serve", "--workspace", folder, "--port", port]


def counts(output):
    """What a pull or an import says it did: inserted, updated, unchanged, rejected, and values changed."""
    report = json.loads(output)
    if "import" in report:
        return {
            "inserted": report["new"], "updated": report["changed"], "unchanged": report["unchanged"],
            "rejected": len(report["rejected"]), "values changed": report["values"]["changed"]}
    stream = report["streams"][0]
    names = ("inserted", "updated", "unchanged", "rejected")
    return {name: stream[name] for name in names} | {"values changed": report["values"]["changed"]}
