#!/usr/bin/env python3
"""Serves video files as live RTSP cameras, without re-encoding, through Debian's gst-rtsp-server.

Reads one JSON object from the first line of stdin:
  {"port": 0, "loop": true, "username": "u", "password": "p",
   "cameras": [{"name": "gate", "path": "/clip.mp4", "faults": [...]}]}
and prints one line of JSON when ready: {"ready": true, "port": 12345}, and one whenever a clip begins:
{"name": "gate", "lap": 0, "atMs": wall time of its first frame}.
Later lines of stdin are commands, {"do": "stall"|"resume"|"remove", "name": "gate"}; when stdin closes, the server ends,
so that it never outlives the process that started it.

A camera is one shared stream, as on a real one: it begins at the first frame of the clip when the first client plays it,
every later client joins what is being sent, and when the last one has left the next begins anew. With "loop": false the stream
ends (RTCP BYE) after the last frame and the address answers 404 from then on.

Faults (seconds of clip time): {"kind": "drop", "fromS", "toS", "share"} leaves out access units,
{"kind": "corrupt", "fromS", "toS", "share"} overwrites bytes inside them, {"kind": "clock-jump", "atS", "byS"} moves the
RTP clock while frames keep coming, {"kind": "stall", "fromS", "toS"} sends nothing while the connection stays open.
"""
import json
import random
import signal
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402,F401

DEMUXERS = {".mp4": "qtdemux", ".mov": "qtdemux", ".m4v": "qtdemux", ".mkv": "matroskademux", ".avi": "avidemux"}
# The parser of the file puts parameter sets before each key frame; a second one would rewrite the times of B-frames.
CHAINS = {
    "video/x-h264": ("h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au",
                     "rtph264pay name=pay0 pt=96 aggregate-mode=zero-latency"),
    "video/x-h265": ("h265parse config-interval=-1 ! video/x-h265,stream-format=byte-stream,alignment=au",
                     "rtph265pay name=pay0 pt=96 aggregate-mode=zero-latency"),
    "image/jpeg": ("jpegparse", "jpegparse ! rtpjpegpay name=pay0 pt=26"),
    "video/mpeg": ("mpeg4videoparse config-interval=-1", "mpeg4videoparse ! rtpmp4vpay name=pay0 pt=96"),
}


class Clip:
    """All access units of a file, in decoding order: (bytes, ptsNs, dtsNs, isKeyframe); times start at 0."""

    def __init__(self, path):
        self.path = path
        codec = self._codec()
        if codec not in CHAINS:
            raise ValueError(f"{path}: no RTP payload for {codec or 'this file'}")
        parse, self.pay = CHAINS[codec]
        self.caps, self.units, self.duration = self._read(parse)

    def _demuxer(self):
        suffix = "." + self.path.rsplit(".", 1)[-1].lower()
        if suffix not in DEMUXERS:
            raise ValueError(f"{self.path}: not one of {' '.join(DEMUXERS)}")
        return DEMUXERS[suffix]

    def _codec(self):
        pipe = Gst.parse_launch(f"filesrc name=src ! {self._demuxer()} name=d")
        pipe.get_by_name("src").set_property("location", self.path)
        found, done = [], threading.Event()

        def on_pad(_demux, pad):
            caps = pad.get_current_caps() or pad.query_caps(None)
            name = caps.get_structure(0).get_name()
            if name.startswith(("video/", "image/")):
                found.append(name)
            sink = Gst.ElementFactory.make("fakesink")
            pipe.add(sink)
            sink.sync_state_with_parent()
            pad.link(sink.get_static_pad("sink"))

        demux = pipe.get_by_name("d")
        demux.connect("pad-added", on_pad)
        demux.connect("no-more-pads", lambda _d: done.set())
        pipe.set_state(Gst.State.PAUSED)
        bus, message = pipe.get_bus(), None
        while not done.is_set():
            message = bus.timed_pop_filtered(20 * Gst.MSECOND, Gst.MessageType.ERROR | Gst.MessageType.EOS)
            if message is not None:
                break
        error = message.parse_error()[0].message if message is not None and message.type == Gst.MessageType.ERROR else None
        pipe.set_state(Gst.State.NULL)
        if error and not found:
            raise ValueError(f"{self.path}: {error}")
        return found[0] if found else None

    def _read(self, parse):
        pipe = Gst.parse_launch(f"filesrc name=src ! {self._demuxer()} name=d d.video_0 ! {parse} ! appsink name=out sync=false")
        pipe.get_by_name("src").set_property("location", self.path)
        sink = pipe.get_by_name("out")
        pipe.set_state(Gst.State.PLAYING)
        units, caps, last = [], None, 0
        while True:
            sample = sink.emit("pull-sample")
            if sample is None:
                break
            buffer = sample.get_buffer()
            caps = caps or sample.get_caps().to_string()
            segment = sample.get_segment()
            pts = segment.to_running_time(Gst.Format.TIME, buffer.pts)
            dts = pts if buffer.dts == Gst.CLOCK_TIME_NONE else buffer.dts - segment.start
            ok, info = buffer.map(Gst.MapFlags.READ)
            data = bytes(info.data)
            buffer.unmap(info)
            key = not buffer.has_flags(Gst.BufferFlags.DELTA_UNIT)
            units.append((data, pts, dts, key))
            length = buffer.duration if buffer.duration != Gst.CLOCK_TIME_NONE else 0
            last = max(last, pts + length)
        pipe.set_state(Gst.State.NULL)
        if not units:
            raise ValueError(f"{self.path}: no video frames")
        first_pts = min(u[1] for u in units)
        first_dts = units[0][2]
        units = [(d, p - first_pts, max(0, t - first_dts), k) for d, p, t, k in units]
        if len(units) > 1 and last - first_pts <= max(u[1] for u in units):
            last = first_pts + max(u[1] for u in units) + max(u[1] for u in units) // (len(units) - 1)
        return caps, units, max(last - first_pts, Gst.MSECOND)


class Player:
    """Feeds one media's appsrc at the pace of the clip's own decoding times."""

    def __init__(self, camera, source):
        self.camera, self.source = camera, source
        self.index, self.lap, self.stopped, self.timer = 0, 0, False, None
        self.started = None
        self.random = random.Random(7)

    def prime(self):
        """Sends the first access unit, from which the server learns what the session description must say."""
        if self.started is None and self.index == 0 and self.lap == 0:
            self._push(self._unit()[0], 0, 0, True)
            self._advance()

    def play(self):
        if self.started is None and not self.stopped:
            self.started = time.monotonic_ns()
            self.camera.begun(self.lap)
            self._schedule()

    def _unit(self):
        return self.camera.clip.units[self.index]

    def _schedule(self):
        due = self.started + self.lap * self.camera.clip.duration + self._unit()[2]
        wait = max(0, (due - time.monotonic_ns()) // 1_000_000)
        self.timer = GLib.timeout_add(int(wait), self._send)

    def _send(self):
        self.timer = None
        if self.stopped:
            return GLib.SOURCE_REMOVE
        data, pts, dts, key = self._unit()
        at = pts / 1e9
        jump = sum(f["byS"] for f in self.camera.faults if f["kind"] == "clock-jump" and at >= f["atS"])
        stalled = self.camera.stalled
        for fault in self.camera.faults:
            if fault["kind"] == "clock-jump" or not fault["fromS"] <= at < fault["toS"]:
                continue
            if fault["kind"] == "stall":
                stalled = True
            elif self.random.random() < fault.get("share", 0.5):
                data = None if fault["kind"] == "drop" else self._corrupt(data)
                if data is None:
                    break
        if data is not None and not stalled:
            base = self.lap * self.camera.clip.duration + int(jump * 1e9)
            self._push(data, base + pts, base + dts, key)
        if not self.stopped:
            self._advance()
        if not self.stopped:
            self._schedule()
        return GLib.SOURCE_REMOVE

    def _push(self, data, pts, dts, key):
        buffer = Gst.Buffer.new_wrapped(data)
        # A jump backwards may not fall before zero; the first hour of running time is kept free for it.
        buffer.pts = pts + 3600 * Gst.SECOND
        buffer.dts = dts + 3600 * Gst.SECOND
        if not key:
            buffer.set_flags(Gst.BufferFlags.DELTA_UNIT)
        if self.source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
            self.stopped = True

    def _advance(self):
        self.index += 1
        if self.index < len(self.camera.clip.units):
            return
        self.index = 0
        self.lap += 1
        if not self.camera.loop:
            self.stopped = True
            self.source.emit("end-of-stream")
            self.camera.finished()
        else:
            # The first frame of the next lap is due when the clip's duration is over.
            due = self.started + self.lap * self.camera.clip.duration
            self.camera.begun(self.lap, max(0, due - time.monotonic_ns()) / 1e6)

    def _corrupt(self, data):
        spoiled = bytearray(data)
        # The first bytes hold start codes and headers: without them the unit is not sent at all, which is "drop".
        for _ in range(max(4, len(spoiled) // 200)):
            if len(spoiled) > 64:
                spoiled[self.random.randrange(48, len(spoiled))] ^= 1 + self.random.randrange(255)
        return bytes(spoiled)

    def stop(self):
        self.stopped = True
        if self.timer is not None:
            GLib.source_remove(self.timer)
            self.timer = None


class Camera(GstRtspServer.RTSPMediaFactory):
    def __init__(self, spec, loop, clip, on_finished):
        super().__init__()
        self.name, self.loop, self.clip = spec["name"], loop, clip
        self.faults, self.stalled = spec.get("faults", []), False
        self.on_finished = on_finished
        self.set_shared(True)
        self.set_latency(0)
        self.set_launch(f"( appsrc name=source is-live=true format=time do-timestamp=false max-bytes=0 ! {clip.pay} )")

    def begun(self, lap, in_ms=0):
        print(json.dumps({"name": self.name, "lap": lap, "atMs": time.time() * 1000 + in_ms}), flush=True)

    def finished(self):
        # The address stays until the last packets and the BYE have left.
        GLib.timeout_add(500, lambda: self.on_finished(self.name) or GLib.SOURCE_REMOVE)

    def do_configure(self, media):
        source = media.get_element().get_by_name("source")
        source.set_property("caps", Gst.Caps.from_string(self.clip.caps))
        pipeline = media.get_element().get_parent()
        if pipeline is not None:
            # Frames are paced here, by the clip's own times; a sink that waits for them again would swallow a clock jump.
            pipeline.connect("deep-element-added", lambda _p, _b, e: self._unsync(e))
        player = Player(self, source)
        source.connect("need-data", lambda _s, _n: GLib.idle_add(lambda: player.prime() or GLib.SOURCE_REMOVE))
        media.connect("new-state", lambda _m, state: int(state) == int(Gst.State.PLAYING) and GLib.idle_add(
            lambda: player.play() or GLib.SOURCE_REMOVE))
        media.connect("unprepared", lambda _m: player.stop())

    @staticmethod
    def _unsync(element):
        if element.get_factory() is not None and element.get_factory().get_name() in ("appsink", "multiudpsink", "udpsink"):
            # The server sets "sync" after adding the sink, so it is held at false, not only set.
            element.connect("notify::sync", lambda e, _p: e.get_property("sync") and e.set_property("sync", False))
            element.set_property("sync", False)


def main():
    spec = json.loads(sys.stdin.readline())
    Gst.init(None)
    loop = GLib.MainLoop()
    server = GstRtspServer.RTSPServer()
    server.set_address(spec.get("host", "127.0.0.1"))
    server.set_service(str(spec.get("port", 0)))
    user = spec.get("username")
    if user:
        auth = GstRtspServer.RTSPAuth()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, spec.get("password", "")), token)
        server.set_auth(auth)
    mounts = server.get_mount_points()
    clips, cameras = {}, {}
    for camera_spec in spec["cameras"]:
        path = camera_spec["path"]
        clips.setdefault(path, None)
        clips[path] = clips[path] or Clip(path)
        camera = Camera(camera_spec, spec.get("loop", True), clips[path], lambda name: mounts.remove_factory("/" + name))
        if user:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("viewer", "media.factory.access", True)
            permissions.add_permission_for_role("viewer", "media.factory.construct", True)
            camera.set_permissions(permissions)
        mounts.add_factory("/" + camera_spec["name"], camera)
        cameras[camera_spec["name"]] = camera
    if server.attach(None) == 0:
        raise OSError(f"port {spec.get('port', 0)} cannot be bound")

    def command(line):
        order = json.loads(line)
        camera = cameras.get(order.get("name"))
        if camera is not None and order["do"] in ("stall", "resume"):
            camera.stalled = order["do"] == "stall"
        elif camera is not None and order["do"] == "remove":
            mounts.remove_factory("/" + camera.name)
            server.client_filter(lambda _s, _c: GstRtspServer.RTSPFilterResult.REMOVE)
        return GLib.SOURCE_REMOVE

    def watch_stdin():
        for line in sys.stdin:
            if line.strip():
                GLib.idle_add(command, line)
        GLib.idle_add(loop.quit)

    threading.Thread(target=watch_stdin, daemon=True).start()
    # Sessions whose client vanished without TEARDOWN are dropped after their timeout.
    GLib.timeout_add_seconds(5, lambda: server.get_session_pool().cleanup() or True)
    for number in (signal.SIGTERM, signal.SIGINT):
        GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, loop.quit)
    print(json.dumps({"ready": True, "port": server.get_bound_port()}), flush=True)
    loop.run()


if __name__ == "__main__":
    try:
        main()
    except (ValueError, OSError, KeyError) as error:
        print(json.dumps({"ready": False, "error": str(error)}), flush=True)
        sys.exit(1)
