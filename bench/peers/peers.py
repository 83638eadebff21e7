#!/usr/bin/env python3
"""The documentation page's action, ours beside what users run today and beside the same action in Go, in one run
against one emulator: one run of the program, process start to first answer, warm activations, memory, package size; and
`adit dev` from start to first answer.

Usage: peers.py ADIT NPM_FOLDER [PEER…]    (build/npm, as tools/install-npm fills it; without names: all peers)

Peers:
  cpp          examples/analytics-report by OpenWhisk's HTTP contract, as the packages `image` and `native` run it
  go           bench/peers/go, the same by hand with Go's standard library; left out where there is no `go`
  floor        bench/peers/floor, the least that a program with OpenSSL can do for one activation: one shot alone
  cpp-in-node  cpp's package for Adobe I/O Runtime, inside a Node.js container (container.cjs)
  node         the page's own JavaScript with @adobe/aio-sdk and @adobe/jwt-auth, bundled by esbuild, in that container

The action runs on processor 0, the emulator and the load (wrk) on processor 1. BENCH_SECONDS (5) is the time of each
load. BENCH_STARTS (20) is the number of starts, of which the median counts; the peers start in turns, so that what
else the machine does affects them alike. Processor time is that of the process, user and system together.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
STARTS = int(os.environ.get("BENCH_STARTS", "20"))
ACTION_CORE, LOAD_CORE = (0, 1) if (os.cpu_count() or 1) > 1 else (0, 0)
ADOBE = ("https://ims-na1.adobelogin.com", "https://analytics.adobe.io")


@contextlib.contextmanager
def on_core(core):
    """Programs started inside stay on that processor. They inherit this from us, so that no program between is part of
    their start."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def output_of(command, **how):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **how)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, core=None, **how):
    with contextlib.nullcontext() if core is None else on_core(core):
        child = subprocess.Popen([*map(str, command)], **how)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


class Project:
    """The example with credentials of its own, built."""

    def __init__(self, adit, folder):
        self.adit, self.folder = adit, folder
        shutil.copytree(ROOT / "examples/analytics-report", folder)
        key = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
                             check=True, capture_output=True).stdout
        self.inputs = {
            "LOG_LEVEL": "info",
            "JWT_CLIENT_ID": "bench",
            "JWT_CLIENT_SECRET": secrets.token_hex(16),
            "JWT_TECHNICAL_ACCOUNT_ID": "BENCH@techacct.adobe.com",
            "JWT_IMS_ORG": "BENCH@AdobeOrg",
            "JWT_METASCOPES": "https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk",
            "JWT_PRIVATE_KEY": subprocess.run(["base64", "-w0"], input=key, check=True,
                                              capture_output=True).stdout.decode(),
        }
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in self.inputs.items()))
        (folder / ".env").chmod(0o600)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent)}
        self.run("build")

    def run(self, *arguments):
        return output_of([self.adit, *arguments], cwd=self.folder, env=self.environment)

    def package(self, target):
        made = json.loads(self.run("package", "generic", "--target", target, "-o",
                                   self.folder.parent / f"{target}.zip", "--json"))
        unpacked = self.folder.parent / target
        output_of(["unzip", "-q", "-o", made["output"], "-d", unpacked])
        return unpacked, made["bytes"]

    def message(self):
        return json.dumps({"value": self.inputs, "activation_id": secrets.token_hex(16),
                           "action_name": "/ns/dx/generic", "namespace": "ns",
                           "deadline": str(int(time.time() * 1000) + 3_600_000)})


class Peer:
    """`command` serves OpenWhisk's HTTP contract at a port; `once` runs one activation, whose parameters are its
    argument. A peer has one of them, or both. `package_bytes` is the size of what a platform stores."""

    def __init__(self, name, command, environment, project, package_bytes, once=None):
        self.name, self.command, self.project = name, command, project
        self.package_bytes, self.once = package_bytes, once
        self.environment = {"PATH": os.environ["PATH"], **environment}
        self.unanswered = 0

    @contextlib.contextmanager
    def served(self):
        port = free_port()
        how = {"env": self.environment, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
               "stderr": subprocess.DEVNULL}
        with running(self.command(port), ACTION_CORE, **how) as child:
            yield child, port

    def post(self, connection, path, body):
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def first_answer(self, port):
        """Waits until the port answers, initialises, activates once."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            try:
                connection.connect()
                break
            except ConnectionRefusedError:
                time.sleep(0.0002)
        init = {"value": {"name": "generic", "main": "main", "binary": True, "code": "", "env": {}}}
        self.post(connection, "/init", json.dumps(init))
        status, result = self.post(connection, "/run", self.project.message())
        if status != 200 or result.get("statusCode") != 200:
            sys.exit(f"{self.name} answered {status}: {result}")
        return connection

    def start(self):
        """One start: milliseconds of each kind."""
        times = {}
        if self.command:
            begin = time.perf_counter()
            with self.served() as (_, port):
                self.first_answer(port)
                times["HTTP, start to first answer, ms"] = (time.perf_counter() - begin) * 1000
        if self.once:
            command = [*map(str, self.once), json.dumps(self.project.inputs)]
            quiet = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
            with on_core(ACTION_CORE):
                begin = time.perf_counter()
                pid = os.posix_spawn(command[0], command, self.environment, file_actions=quiet)
                _, status, usage = os.wait4(pid, 0)
            if status != 0:
                sys.exit(f"{self.name} ended with status {status}")
            times["one shot, start to end, ms"] = (time.perf_counter() - begin) * 1000
            times["one shot, processor time, ms"] = (usage.ru_utime + usage.ru_stime) * 1000
            times["one shot, page faults"] = usage.ru_minflt + usage.ru_majflt
        return times

    def load(self, pid, port, connections, folder):
        """Activations a second, median and 99th percentile in milliseconds, processor time in microseconds."""
        script = folder / "load.lua"
        script.write_text(f'wrk.method = "POST"\nwrk.body = {json.dumps(self.project.message())}\n'
                          f'wrk.headers["Content-Type"] = "application/json"\n')
        before = processor_us(pid)
        with on_core(LOAD_CORE):
            said = output_of(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", script,
                              f"http://127.0.0.1:{port}/run"])
        errors = " ".join(re.findall(r"(?:Non-2xx or 3xx responses|Socket errors):(.*)", said))
        self.unanswered += sum(map(int, re.findall(r"\d+", errors)))
        in_ms = {"us": 0.001, "ms": 1, "s": 1000}
        p50, p99 = (float(number) * in_ms[unit]
                    for number, unit in (re.search(rf"{p}%\s+([\d.]+)(us|ms|s)", said).groups() for p in (50, 99)))
        each = (processor_us(pid) - before) / int(re.search(r"(\d+) requests in", said)[1])
        return float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1]), p50, p99, each

    def measure(self, folder):
        figures = {"package, MB": self.package_bytes / 2**20}
        if not self.command:
            return figures
        with self.served() as (child, port):
            self.first_answer(port)
            self.load(child.pid, port, 1, folder)  # warms
            figures["memory after warm activations, MB"] = memory_mb(child.pid, "VmRSS")
            for title, connections in (("one at a time", 1), ("50 at a time", 50)):
                rate, p50, p99, each = self.load(child.pid, port, connections, folder)
                figures.update({f"{title}: activations/s": rate, f"{title}: median, ms": p50,
                                f"{title}: 99th percentile, ms": p99, f"{title}: processor time, µs": each})
            figures["memory after that, MB"] = memory_mb(child.pid, "VmRSS")
            figures["of it not shared with files, MB"] = memory_mb(child.pid, "RssAnon")
        return figures


def start_medians(peers):
    """For each peer its medians over many starts, which take turns."""
    rounds = [{peer.name: peer.start() for peer in peers} for _ in range(STARTS)]
    return {name: {what: statistics.median(one[name][what] for one in rounds) for what in times}
            for name, times in rounds[0].items()}


def packed(program):
    """A package that holds the program alone: the program as it is unpacked, and the package's size. What comes fresh
    from a linker starts more slowly than a copy (docs/performance.md)."""
    package = program.with_suffix(".zip")
    output_of(["zip", "-q", "-9", package, program.name], cwd=program.parent)
    output_of(["unzip", "-q", package, "-d", program.with_suffix(".unpacked")])
    return program.with_suffix(".unpacked") / program.name, package.stat().st_size


def go_peer(folder, endpoints, project):
    """None where there is no Go, which no other part of adit needs."""
    if not shutil.which("go"):
        print("The Go peer is left out: install golang-go.", file=sys.stderr)
        return None
    program = folder / "go-peer"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "CGO_ENABLED": "0"}
    output_of(["go", "build", "-ldflags=-s -w", "-o", program, HERE / "go/main.go"], env=environment)
    unpacked, package_bytes = packed(program)
    return Peer("go", lambda port: [unpacked, "--port", port], endpoints, project, package_bytes, [unpacked])


def node_peers(node, npm, folder, endpoints, project):
    bundle = folder / "bundle"
    bundle.mkdir()
    output_of([node, HERE / "bundle.mjs", npm, bundle])
    output_of(["zip", "-q", "-9", "-r", folder / "bundle.zip", "."], cwd=bundle)
    packed, packed_bytes = project.package("nodejs")
    container = [node, "--require", ROOT / "src/dev/node/routes.cjs", HERE / "container.cjs"]
    bundle_bytes = (folder / "bundle.zip").stat().st_size
    return [Peer("cpp-in-node", lambda port: [node, HERE / "container.cjs", port, packed], endpoints, project,
                 packed_bytes),
            Peer("node", lambda port: [*container, port, bundle], endpoints, project, bundle_bytes)]


def all_peers(node, npm, folder, endpoints, project, wanted):
    def is_wanted(*names):
        return not wanted or any(name in wanted for name in names)

    peers = []
    if is_wanted("cpp"):
        native, native_bytes = project.package("native")
        command = [native / "exec", "--concurrency", 50, "--port"]
        peers.append(Peer("cpp", lambda port: [*command, port], endpoints, project, native_bytes, [native / "exec"]))
    if is_wanted("go"):
        peers.append(go_peer(folder, endpoints, project))
    if is_wanted("floor"):
        peers.append(floor_peer(folder, endpoints, project))
    if is_wanted("cpp-in-node", "node"):
        peers += [peer for peer in node_peers(node, npm, folder, endpoints, project) if is_wanted(peer.name)]
    return peers


def floor_peer(folder, endpoints, project):
    program = folder / "floor"
    static = ["-static-libstdc++", "-static-libgcc", "-Wl,-Bstatic", "-lcrypto", "-Wl,-Bdynamic"]
    output_of(["g++", "-std=c++20", "-O2", "-Wno-deprecated-declarations", "-s", "-o", program, HERE / "floor/main.cc",
               *static])
    unpacked, package_bytes = packed(program)
    return Peer("floor", None, endpoints, project, package_bytes, [unpacked])


def print_table(results):
    """`cpp : go` is ours divided by Go's: less is better, except in the rows of activations a second."""
    names = list(results)
    against = [name for name in names if name != "cpp"] if "cpp" in results else []

    def print_row(title, values):
        cells = ("–" if value is None else value if isinstance(value, str) else f"{value:.2f}" for value in values)
        print(f"{title:38}" + "".join(f"{cell:>18}" for cell in cells))

    print_row("", names + [f"cpp : {name}" for name in against])
    for what in dict.fromkeys(what for figures in results.values() for what in figures):
        others = [results[name].get(what) for name in against]
        ratios = [f"{results['cpp'][what] / value:.3g}" if value else None for value in others]
        print_row(what, [results[name].get(what) for name in names] + ratios)


def with_children(pid):
    yield pid
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from with_children(int(child))


def memory_mb(pid, kind):
    """Of the process and those that it started. VmRSS counts all that is in memory, RssAnon what no file holds: other
    processes of the same program share the rest."""
    return sum(int(re.search(rf"{kind}:\s*(\d+)", pathlib.Path(f"/proc/{one}/status").read_text())[1]) / 1024
               for one in with_children(pid))


def processor_us(pid):
    """Processor time of the process and those that it started, as far as their threads still live."""
    return sum(int(schedule.read_text().split()[0]) / 1000
               for one in with_children(pid) for schedule in pathlib.Path(f"/proc/{one}/task").glob("*/schedstat"))


def dev_start_ms(project, runs=5):
    times = []
    for _ in range(runs):
        port = free_port()
        begin = time.perf_counter()
        command = [project.adit, "dev", "--http", "--port", port, "--ims", "local"]
        with running(command, cwd=project.folder, env=project.environment, stdin=subprocess.DEVNULL,
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            while True:
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                    connection.request("GET", "/api/v1/web/dx-excshell-1/generic")
                    answer = connection.getresponse()
                    answer.read()
                    break
                except (ConnectionRefusedError, ConnectionResetError):
                    if child.poll() is not None:
                        sys.exit("adit dev ended")
                    time.sleep(0.001)
            if answer.status != 200:
                sys.exit(f"adit dev answered {answer.status}")
            times.append((time.perf_counter() - begin) * 1000)
            child.terminate()
            child.wait()
    return statistics.median(times)


def main():
    adit = pathlib.Path(sys.argv[1]).resolve()
    npm = pathlib.Path(sys.argv[2]).resolve()
    wanted = sys.argv[3:]
    node = npm / "bin/node"
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        project = Project(adit, folder / "project")
        emulator = [adit, "emulator", "--port", "0", "--quiet", "--env-file", project.folder / ".env"]
        how = {"cwd": folder, "env": project.environment, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE,
               "text": True}
        with running(emulator, LOAD_CORE, **how) as ims:
            origin = ims.stdout.readline().split()[-1]
            endpoints = {"ADIT_ENDPOINTS": ",".join(f"{host}={origin}" for host in ADOBE)}
            peers = [peer for peer in all_peers(node, npm, folder, endpoints, project, wanted) if peer]
            results = start_medians(peers)
            for peer in peers:
                results[peer.name].update(peer.measure(folder))
        dev = None if wanted else dev_start_ms(project)

    print_table(results)
    if dev:
        print(f"{'adit dev: start to first answer, ms':38}{dev:13.2f}")
    for peer in peers:
        if peer.unanswered:
            print(f"{peer.name}: {peer.unanswered} activations were not answered, or not with 200")
    print(f"{SECONDS} s a load, {STARTS} starts; "
          f"load of the machine meanwhile: {' '.join(f'{one:.1f}' for one in os.getloadavg())}")


if __name__ == "__main__":
    main()
