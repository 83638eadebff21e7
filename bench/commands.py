#!/usr/bin/env python3
"""Whole commands from start to end, beside the start of a program that does nothing (/bin/true): medians over many
runs that take turns, in milliseconds, and the ratio to /bin/true.

`adit token` takes its token from a store of files that an exchange has filled, and asks nobody. With --ims local it
also starts an emulator.

Usage: commands.py ADIT [RUNS]
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def milliseconds(command, **how):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                   **how)
    return (time.perf_counter() - start) * 1000


def make_project(folder):
    shutil.copytree(ROOT / "examples/analytics-report", folder)
    key = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], check=True,
                         capture_output=True).stdout
    (folder / "private.key").write_bytes(key)
    (folder / ".env").write_text(
        "JWT_CLIENT_ID=bench\nJWT_CLIENT_SECRET=bench\nJWT_TECHNICAL_ACCOUNT_ID=BENCH@techacct.adobe.com\n"
        "JWT_IMS_ORG=BENCH@AdobeOrg\n"
        "JWT_METASCOPES=ent_analytics_bulk_ingest_sdk\nJWT_PRIVATE_KEY=./private.key\n"
    )


def fill_store(adit, how):
    """Makes an exchange with an emulator that takes the place of Adobe's IMS, and ends it. Returns the environment."""
    emulator = subprocess.Popen([adit, "emulator", "--port", "0", "--quiet", "--env-file", ".env"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **how)
    try:
        origin = emulator.stdout.readline().split()[-1]
        environment = {**how["env"], "ADIT_ENDPOINTS": f"https://ims-na1.adobelogin.com={origin}"}
        subprocess.run([adit, "token"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       cwd=how["cwd"], env=environment)
    finally:
        emulator.kill()
        emulator.wait()
    return environment


def main():
    adit = str(pathlib.Path(sys.argv[1]).resolve())
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    with tempfile.TemporaryDirectory() as temporary:
        project = pathlib.Path(temporary) / "project"
        make_project(project)
        how = {"cwd": project, "env": {"PATH": os.environ["PATH"], "HOME": temporary}}
        subprocess.run([adit, "invoke", "--ims", "local"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, **how)  # builds
        with_store = {**how, "env": fill_store(adit, how)}
        commands = {
            "/bin/true": (["/bin/true"], how),
            "adit --version": ([adit, "--version"], how),
            "adit token, warm store": ([adit, "token"], with_store),
            "adit token --ims local, warm store": ([adit, "token", "--ims", "local"], how),
            "adit invoke --ims local": ([adit, "invoke", "--ims", "local"], how),
        }
        times = {name: [] for name in commands}
        for _ in range(runs):
            for name, (command, its_how) in commands.items():
                times[name].append(milliseconds(command, **its_how))
        floor = statistics.median(times["/bin/true"])
        for name in commands:
            median = statistics.median(times[name])
            print(f"{name:40} {median:8.1f} ms {median / floor:6.1f} x")


if __name__ == "__main__":
    main()
