#!/usr/bin/env python3
"""Serves GStreamer launch lines over RTSP on loopback: streams that no clip player makes (sound only, two tracks, a new size midway).

Reads one JSON object {"mounts": {"name": "launch line"}} from the first line of stdin, prints {"port": N} when ready,
and ends when stdin closes.
"""
import json
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

spec = json.loads(sys.stdin.readline())
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
for name, line in spec["mounts"].items():
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(line)
    server.get_mount_points().add_factory(f"/{name}", factory)
server.attach(None)
loop = GLib.MainLoop()
threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
print(json.dumps({"port": server.get_bound_port()}), flush=True)
loop.run()
