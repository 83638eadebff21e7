#!/usr/bin/env python3
"""Measures deployments to `adit dev`: `adit deploy` of 20 JavaScript actions compared with Adobe's aio-lib-runtime,
2,000 entities, and the delay of alarms that fire every second.

Usage: deployments.py ADIT NPM_FOLDER [FIRINGS]    (build/npm, as tools/install-npm fills it; 60 firings by default)
"""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
KEY = "bench:bench"
HEADERS = {
    "Authorization": "Basic " + base64.b64encode(KEY.encode()).decode(),
    "Content-Type": "application/json",
}
ACTIONS = 20
ENTITIES = 2000
HUNDRED = 100
CODE = "exports.main = (params) => ({ body: params })\n"


class Client:
    """Calls OpenWhisk's API over one connection."""

    def __init__(self, origin):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(origin).netloc)

    def call(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        self.connection.request(method, "/api/v1/namespaces/_/" + path, text, HEADERS)
        answer = self.connection.getresponse()
        found = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {found[:200]}")
        return json.loads(found) if found else None


class Server:
    """A running `adit dev`."""

    def __init__(self, adit, folder, *args):
        begin = time.perf_counter()
        command = [adit, "dev", "--http", "--port", "0", "--json", *args]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, env=environment(folder))
        self.origin = json.loads(self.process.stdout.readline())["url"]
        self.start = time.perf_counter() - begin
        # The line that it prints for each request is not needed.
        self.process.stdout.close()

    def memory_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()


@contextlib.contextmanager
def serving(adit, folder, *args):
    server = Server(adit, folder, *args)
    try:
        yield server
    finally:
        server.stop()


def environment(folder):
    return {"PATH": os.environ["PATH"], "HOME": str(folder)}


def make_project(folder, actions=0):
    (folder / "actions").mkdir(parents=True)
    names = [f"action-{n:02}" for n in range(actions)]
    for name in names:
        (folder / "actions" / f"{name}.js").write_text(CODE, encoding="utf-8")
    described = {name: {"function": f"actions/{name}.js", "runtime": "nodejs:22", "web": "yes"} for name in names}
    packages = {"ours": {"license": "Apache-2.0", "actions": described}} if actions else {}
    manifest = {"application": {"runtimeManifest": {"packages": packages}}}
    (folder / "app.config.yaml").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "package.json").write_text('{"name": "bench", "version": "1.0.0"}', encoding="utf-8")
    (folder / ".env").write_text(f"AIO_runtime_namespace=guest\nAIO_runtime_auth={KEY}\n", encoding="utf-8")


def seconds(command, **how):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)
    return time.perf_counter() - begin


def measure_deploy(adit, npm, folder):
    """Deploys the same 20 actions with both, each with its own bundler: esbuild and webpack."""
    project = folder / "project"
    make_project(project, ACTIONS)
    (project / "node_modules").symlink_to(npm / "node_modules")
    empty = folder / "empty"
    make_project(empty)
    with serving(adit, empty) as server:
        def ours():
            return seconds([adit, "deploy", "--yes", "--to", server.origin], cwd=project, env=environment(folder))

        first = ours()
        unchanged = ours()
        (project / "actions/action-00.js").write_text(CODE + "// changed\n", encoding="utf-8")
        one = ours()
        theirs = seconds([npm / "bin/node", HERE / "aio_deploy.mjs", npm, project, server.origin, KEY], cwd=project,
                         env=environment(folder))
    print(f"adit deploy, {ACTIONS} new actions     {first:8.2f} s")
    print(f"adit deploy, one of them changed  {one:8.2f} s")
    print(f"adit deploy, nothing changed      {unchanged:8.2f} s")
    print(f"aio-lib-runtime, {ACTIONS} new actions {theirs:8.2f} s   {theirs / first:.1f} x adit's")


def first_and_last(what, times):
    first, last = (statistics.median(part) * 1000 for part in (times[:HUNDRED], times[-HUNDRED:]))
    print(f"{what}: the first {HUNDRED} {first:.2f} ms each, the last {HUNDRED} {last:.2f} ms: ratio {last / first:.2f}")


def measure_entities(adit, folder):
    project = folder / "many"
    make_project(project)
    state = ["--state", str(folder / "state")]

    def timed(client, method, n, body=None):
        begin = time.perf_counter()
        client.call(method, f"actions/action-{n}", body)
        return time.perf_counter() - begin

    with serving(adit, project, *state) as server:
        empty_start, empty_memory = server.start, server.memory_mb()
        client = Client(server.origin)
        exec_ = {"exec": {"kind": "nodejs:22", "code": CODE}}
        first_and_last(f"{ENTITIES} actions, deploy", [timed(client, "PUT", n, exec_) for n in range(ENTITIES)])
    with serving(adit, project, *state) as server:
        client = Client(server.origin)
        memory = server.memory_mb()
        begin = time.perf_counter()
        pages = [client.call("GET", f"actions?limit=200&skip={skip}") for skip in range(0, ENTITIES, 200)]
        took = time.perf_counter() - begin
        if sum(map(len, pages)) != ENTITIES:
            raise RuntimeError("the list is not complete")
        print(f"start with none {empty_start * 1000:.0f} ms, with {ENTITIES} {server.start * 1000:.0f} ms; "
              f"memory {empty_memory:.1f} MB, {memory:.1f} MB; the whole list {took * 1000:.0f} ms")
        first_and_last(f"{ENTITIES} actions, undeploy", [timed(client, "DELETE", n) for n in range(ENTITIES)])


def measure_alarms(adit, folder, firings):
    """Measures how long after its second an alarm fires that is due every second."""
    project = folder / "alarms"
    make_project(project)
    with serving(adit, project) as server:
        client = Client(server.origin)
        client.call("PUT", "actions/tick", {"exec": {"kind": "nodejs:22", "code": CODE}})
        client.call("PUT", "triggers/second", {})
        client.call("PUT", "rules/each", {"trigger": "/_/second", "action": "/_/tick"})
        client.connection.request(
            "POST", "/api/v1/namespaces/whisk.system/actions/alarms/alarm?blocking=true",
            json.dumps({"lifecycleEvent": "CREATE", "triggerName": "/_/second", "authKey": KEY, "cron": "* * * * * *"}),
            HEADERS)
        client.connection.getresponse().read()
        time.sleep(2)
        since = int(time.time()) * 1000
        fired = {}
        while len(fired) < firings:
            time.sleep(min(60, firings - len(fired)) + 0.5)
            # A new connection, because the server has closed the idle one meanwhile.
            for record in Client(server.origin).call("GET", f"activations?name=second&limit=200&since={since}"):
                fired[record["start"] // 1000] = record["start"] % 1000
        late = [fired[second] for second in sorted(fired)]
        missed = max(fired) - min(fired) + 1 - len(fired)
        part = max(1, len(late) // 10)
        print(f"{len(late)} firings of every second: median {statistics.median(late):.0f} ms late, "
              f"99 % within {sorted(late)[int(len(late) * 0.99)]} ms, all within {max(late)} ms; {missed} left out; "
              f"median of the first tenth {statistics.median(late[:part]):.0f} ms, "
              f"of the last {statistics.median(late[-part:]):.0f} ms")


def main():
    adit, npm = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
    firings = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        measure_deploy(adit, pathlib.Path(npm), folder)
        measure_entities(adit, folder)
        measure_alarms(adit, folder, firings)


if __name__ == "__main__":
    main()
