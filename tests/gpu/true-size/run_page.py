"""
Opens the page of a folder in headless Chromium over CDP, gives its `picker` (an <input type=file>) a FILE, prints what it logs until `DONE`.
With every `MARK` it prints the peaks since the last: JavaScript heap and array buffers of the worker (every 100 ms, while it answers),
resident memory of Chromium's processes, GPU memory that nvidia-smi reads. What the page posts to /results/ is kept in RESULTS.

usage: CHROME=…/chromium-headless-shell CHROME_FLAGS="…" run_page.py FOLDER FILE RESULTS SECONDS [QUERY]     (python3 with aiohttp)
"""
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import aiohttp
from aiohttp import web

FOLDER, FILE, RESULTS, LIMIT = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3], float(sys.argv[4])
QUERY = sys.argv[5] if len(sys.argv) > 5 else ""
TYPES = {"html": "text/html", "mjs": "text/javascript", "js": "text/javascript", "wasm": "application/wasm", "json": "application/json"}
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
MB = 1e6
peaks = {}


def peak(name, value):
    peaks[name] = max(peaks.get(name, 0), round(value))


async def serve():
    async def get(request):
        path = os.path.join(FOLDER, request.path.lstrip("/") or "index.html")
        if not os.path.isfile(path):
            return web.Response(status=404)
        kind = TYPES.get(path.rsplit(".", 1)[-1], "application/octet-stream")
        return web.FileResponse(path, headers={"Content-Type": kind, **ISOLATED})

    async def keep(request):
        os.makedirs(RESULTS, exist_ok=True)
        with open(os.path.join(RESULTS, os.path.basename(request.path)), "wb") as out:
            out.write(await request.read())
        return web.Response()

    app = web.Application(client_max_size=1 << 30)
    app.router.add_post("/results/{name}", keep)
    app.router.add_get("/{path:.*}", get)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 8124).start()
    return runner


def processes(root):
    """(kind, resident bytes) of the browser's processes, by /proc."""
    parents = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                parents[int(pid)] = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    for pid in parents:
        at = pid
        while at > 1 and at != root:
            at = parents.get(at, 0)
        if at != root:
            continue
        try:
            with open(f"/proc/{pid}/cmdline") as f:
                line = f.read()
            with open(f"/proc/{pid}/statm") as f:
                pages = int(f.read().split()[1])
        except OSError:
            continue
        kind = "renderer" if "--type=renderer" in line else "gpu" if "--type=gpu-process" in line else "other"
        yield kind, pages * os.sysconf("SC_PAGE_SIZE")


async def watch(browser):
    smi = shutil.which("nvidia-smi")
    while True:
        for kind, resident in processes(browser.pid):
            if kind != "other":
                peak(f"{kind} process resident, MB", resident / MB)
        if smi:
            query = await asyncio.create_subprocess_exec(
                smi, "--query-gpu=memory.used", "--format=csv,noheader,nounits", stdout=subprocess.PIPE)
            out, _ = await query.communicate()
            peak("GPU memory, MiB", float(out.split()[0]))
        await asyncio.sleep(0.2)


async def main():
    runner = await serve()
    log = open(os.path.join(tempfile.gettempdir(), "chrome.log"), "w")
    profile = tempfile.mkdtemp()
    browser = subprocess.Popen(
        [os.environ["CHROME"], "--headless", "--no-sandbox", "--remote-debugging-port=0", "--user-data-dir=" + profile, "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", *os.environ.get("CHROME_FLAGS", "").split(), "about:blank"],
        stdout=log, stderr=log, start_new_session=True)
    watching = asyncio.create_task(watch(browser))
    async with aiohttp.ClientSession() as http:
        for _ in range(100):
            try:
                with open(os.path.join(profile, "DevToolsActivePort")) as ports:
                    port = ports.readline().strip()
                targets = await (await http.get(f"http://127.0.0.1:{port}/json")).json()
                break
            except (OSError, aiohttp.ClientError):
                await asyncio.sleep(0.2)
        page = next(one for one in targets if one["type"] == "page")
        socket = await http.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0)
        count, waiting = 0, {}

        async def send(method, session=None, **params):
            nonlocal count
            count += 1
            waiting[count] = asyncio.get_running_loop().create_future()
            await socket.send_json({"id": count, "method": method, "params": params, **({"sessionId": session} if session else {})})
            return waiting[count]

        async def heap(session):
            while True:
                usage = (await (await send("Runtime.getHeapUsage", session))).get("result", {})
                peak("JS heap, MB", usage.get("usedSize", 0) / MB)
                peak("array buffers and wasm, MB", usage.get("backingStorageSize", 0) / MB)
                await asyncio.sleep(0.1)

        async def give_file():
            found = await (await send("Runtime.evaluate", expression="globalThis.picker"))
            await send("DOM.setFileInputFiles", objectId=found["result"]["result"]["objectId"], files=[FILE])

        for domain in ("Runtime", "Page", "DOM"):
            await send(f"{domain}.enable")
        await send("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=True)
        await send("Page.navigate", url=f"http://127.0.0.1:8124/index.html?{QUERY}")
        began, tasks = time.time(), []
        while time.time() < began + LIMIT:
            try:
                message = await asyncio.wait_for(socket.receive_json(), began + LIMIT - time.time())
            except (asyncio.TimeoutError, TypeError, ValueError) as gone:
                print("the browser said no more:", repr(gone), peaks, flush=True)
                break
            if "id" in message and message["id"] in waiting:
                waiting.pop(message["id"]).set_result(message)
            method, params = message.get("method"), message.get("params", {})
            if method == "Target.attachedToTarget" and params["targetInfo"]["type"] == "worker":
                await send("Runtime.enable", params["sessionId"])
                tasks.append(asyncio.create_task(heap(params["sessionId"])))
            elif method == "Inspector.targetCrashed":
                print("CRASHED", peaks, flush=True)
                break
            elif method == "Runtime.exceptionThrown":
                print("EXC", json.dumps(params["exceptionDetails"])[:1500], flush=True)
            elif method == "Runtime.consoleAPICalled":
                line = " ".join(str(one.get("value", one.get("description", ""))) for one in params["args"])
                if line == "READY":
                    tasks.append(asyncio.create_task(give_file()))
                if line.startswith(("MARK", "DONE")):
                    print(f"[{time.time() - began:.1f} s] peaks before {line[5:]}: {json.dumps(peaks)}", flush=True)
                    peaks.clear()
                else:
                    print(line[:2500], flush=True)
                if line.startswith("DONE"):
                    print(line, flush=True)
                    break
        for task in (*tasks, watching):
            task.cancel()
    # Debian's command is a script: the whole group that was started ends.
    os.killpg(browser.pid, signal.SIGKILL)
    await runner.cleanup()


asyncio.run(main())
