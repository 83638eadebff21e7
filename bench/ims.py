#!/usr/bin/env python3
"""Compares adit with other programs, each pair in one run on one machine: tokens per second of the emulator with npm's
oauth2-mock-server and with OpenSSL's bare signatures, tokens verified per second with npm's jose, and `adit call` with
curl, for a large body in both directions.

Usage: ims.py ADIT VERIFICATION_BENCH NPM_FOLDER    (build/npm, as tools/install-npm fills it)

Servers and signatures run on processor 0, the load on processor 1. BENCH_SECONDS (5) is the time of each measurement,
BENCH_BODY_MB (1000) the size of the body.
"""

import contextlib
import json
import os
import pathlib
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
BODY_BYTES = int(os.environ.get("BENCH_BODY_MB", "1000")) * 1_000_000
SERVER_CORE, LOAD_CORE = ("0", "1") if (os.cpu_count() or 1) > 1 else ("0", "0")


def on_core(core, *command):
    return ["taskset", "-c", core, *map(str, command)]


def output_of(command, **how):
    done = subprocess.run(command, capture_output=True, text=True, **how)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def server(*command, **how):
    """Runs a server whose first line of output ends with its origin, and ends it afterwards."""
    child = subprocess.Popen(on_core(SERVER_CORE, *command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                             **how)
    try:
        line = child.stdout.readline().split()
        if not line:
            sys.exit(f"{command[0]} did not start.")
        yield line[-1]
    finally:
        child.kill()
        child.wait()


def tokens_per_second(url, form, folder):
    body = urllib.parse.urlencode(form)
    with urllib.request.urlopen(url, body.encode(), timeout=30) as answer:
        header = json.load(answer)["access_token"].split(".")[0]
    assert header.startswith("ey"), "the token is not a JWT: nothing was signed"
    script = folder / "load.lua"
    script.write_text(f'wrk.method = "POST"\nwrk.body = {json.dumps(body)}\n'
                      f'wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n')
    said = output_of(on_core(LOAD_CORE, "wrk", "-t1", "-c16", f"-d{SECONDS}s", "-s", script, url))
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"{url} did not answer every request with a token:\n{said}")
    return float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])


def openssl_rsa_per_second():
    said = output_of(on_core(SERVER_CORE, "openssl", "speed", "-seconds", SECONDS, "rsa2048"))
    sign, verify = re.search(r"^rsa 2048 bits.*\s([\d.]+)\s+([\d.]+)\s*$", said, re.MULTILINE).groups()
    return float(sign), float(verify)


def measure_tokens(adit, npm, folder):
    secret = secrets.token_hex(16)
    file = folder / "integrations.yaml"  # the content is JSON, which is also YAML
    file.write_text(json.dumps({"integrations": [{"client_id": "bench", "client_secret": secret,
                                                "org_id": "BENCH@AdobeOrg", "scopes": ["openid"]}]}))
    form = {"grant_type": "client_credentials", "client_id": "bench", "client_secret": secret, "scope": "openid"}
    with server(adit, "emulator", "--port", "0", "--quiet", "--integrations", file, cwd=folder) as origin:
        ours = tokens_per_second(origin + "/ims/token/v3", form, folder)
    with server(npm / "bin/node", HERE / "oauth2_mock_server.mjs", npm) as origin:
        theirs = tokens_per_second(origin + "/token", form, folder)
    return ours, theirs


def measure_verification(bench, npm):
    said = output_of(on_core(SERVER_CORE, bench,
                             "--benchmark_filter=^(token_verified|signature_alone)/real_time/threads:1$",
                             f"--benchmark_min_time={SECONDS}", "--benchmark_format=json"))
    rates = {run["name"].split("/")[0]: run["items_per_second"] for run in json.loads(said)["benchmarks"]}
    # Not bound to one processor, because node uses several threads.
    jose = float(output_of([npm / "bin/node", HERE / "jose_verifications.mjs", npm, str(SECONDS)]))
    return rates["token_verified"], rates["signature_alone"], jose


def serve_body(listener, file):
    """A minimal HTTP server with almost no cost, for one request per connection: answers GET with the file by
    sendfile(2); counts the bytes of PUT, which the kernel discards (MSG_TRUNC, tcp(7))."""
    while True:
        try:
            connection = listener.accept()[0]
        except OSError:
            return
        with connection:
            request = b""
            while b"\r\n\r\n" not in request:
                more = connection.recv(65536)
                if not more:
                    break
                request += more
            head, _, begun = request.partition(b"\r\n\r\n")
            if head.startswith(b"PUT"):
                take_body(connection, head, len(begun))
            else:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                                   b"Connection: close\r\nContent-Length: %d\r\n\r\n" % BODY_BYTES)
                sent = 0
                while sent < BODY_BYTES:
                    sent += os.sendfile(connection.fileno(), file.fileno(), sent, BODY_BYTES - sent)


def take_body(connection, head, taken):
    if b"100-continue" in head:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    room = bytearray(1 << 20)
    while taken < BODY_BYTES:
        count = connection.recv_into(room, len(room), socket.MSG_TRUNC)
        if count == 0:
            break
        taken += count
    status = b"200 OK" if taken == BODY_BYTES else b"400 Bad Request"
    connection.sendall(b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status)


def timed(command, folder):
    """Returns seconds, processor seconds, and peak memory in MB. Measured by time(1), because the peak of a child
    process of Python would include Python's own memory."""
    figures = folder / "figures"
    output_of(["/usr/bin/time", "-o", figures, "-f", "%e %U %S %M", *command], cwd=folder,
              env={"PATH": os.environ["PATH"], "HOME": str(folder)})
    elapsed, user, system, kilobytes = map(float, figures.read_text().split())
    return elapsed, user + system, kilobytes / 1024


def measure_bodies(adit, folder, runs=5):
    """Returns the medians of download and upload: {(direction, program): (seconds, processor seconds, MB)}."""
    target = folder / "body"
    results = {}
    with open(folder / "zeros", "w+b") as file, socket.create_server(("127.0.0.1", 0)) as listener:
        file.truncate(BODY_BYTES)
        threading.Thread(target=serve_body, args=(listener, file), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        commands = {
            ("down", "adit"): [adit, "call", "-o", str(target), url],
            ("down", "curl"): ["curl", "-sS", "-f", "-o", str(target), url],
            ("up", "adit"): [adit, "call", "-X", "PUT", "-d", f"@{file.name}", url],
            ("up", "curl"): ["curl", "-sS", "-f", "-T", file.name, url],
        }
        for run in range(runs + 1):  # alternately; the first run warms up and does not count
            for name, command in commands.items():
                result = timed(command, folder)
                if name[0] == "down":
                    if target.stat().st_size != BODY_BYTES:
                        sys.exit(f"{command[0]} wrote {target.stat().st_size} bytes instead of {BODY_BYTES}")
                    target.unlink()
                if run > 0:
                    results.setdefault(name, []).append(result)
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in results.items()}


def main():
    adit, bench, npm = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:4])
    npm = pathlib.Path(npm)
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        signatures, verifications = openssl_rsa_per_second()
        ours, theirs = measure_tokens(adit, npm, folder)
        rows.append(("emulator, tokens/s", f"{ours:.0f}", "oauth2-mock-server", f"{theirs:.0f}", ours / theirs))
        rows.append(("", "", "openssl speed rsa2048, signatures/s", f"{signatures:.0f}", ours / signatures))
        verified, bare, jose = measure_verification(bench, npm)
        rows.append(("access tokens verified/s", f"{verified:.0f}", "jose jwtVerify", f"{jose:.0f}", verified / jose))
        rows.append(("", "", "the signature alone", f"{bare:.0f}", verified / bare))
        rows.append(("", "", "openssl speed rsa2048, verifications/s", f"{verifications:.0f}",
                     verified / verifications))
        bodies = measure_bodies(adit, folder)
        for direction, ours_is, theirs_is in (("down", "adit call -o", "curl -o"),
                                              ("up", "adit call -X PUT -d @", "curl -T")):
            for what, ours, theirs in zip(("seconds", "seconds on the processor", "peak memory, MB"),
                                          bodies[direction, "adit"], bodies[direction, "curl"]):
                rows.append((f"{ours_is}, {BODY_BYTES // 1_000_000} MB: {what}", f"{ours:.2f}", theirs_is,
                             f"{theirs:.2f}", ours / theirs))
    print(f"{'what':56} {'adit':>9}   {'beside':40} {'it':>9} {'adit / it':>10}")
    for what, ours, name, theirs, ratio in rows:
        print(f"{what:56} {ours:>9}   {name:40} {theirs:>9} {ratio:10.3f}")


if __name__ == "__main__":
    main()
