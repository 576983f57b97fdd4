#!/usr/bin/env python3
"""Serves GStreamer launch lines over RTSP on loopback: streams that no clip player makes (sound only, two tracks, a new size midway).

Reads one JSON object {"mounts": {"name": "launch line"}, "certificate": "PEM file with key, for TLS"} from the first line of stdin, prints {"port": N} when ready,
and ends when stdin closes.
"""
import json
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtspServer  # noqa: E402

spec = json.loads(sys.stdin.readline())
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
if spec.get("certificate"):
    auth = GstRtspServer.RTSPAuth()
    auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(spec["certificate"]))
    # Serving TLS brings permissions with it: everybody may do everything.
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "anyone")
    auth.set_default_token(token)
    server.set_auth(auth)
for name, line in spec["mounts"].items():
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(line)
    if spec.get("certificate"):
        factory.add_role_from_structure(
            Gst.Structure.new_from_string("anyone, media.factory.access=(boolean)true, media.factory.construct=(boolean)true")
        )
    server.get_mount_points().add_factory(f"/{name}", factory)
server.attach(None)
loop = GLib.MainLoop()
threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
print(json.dumps({"port": server.get_bound_port()}), flush=True)
loop.run()
