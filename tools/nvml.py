# SPDX-License-Identifier: MIT OR Apache-2.0
"""What NVIDIA's management library tells of a device: energy, clocks, memory, what slows it. All None where the library or the device is not."""
import ctypes
import threading

SM_CLOCK, MEMORY_CLOCK, DIE = 1, 2, 0
# nvmlClocksThrottleReasons: those that make a measurement doubtful. Idle, clocks set by the user and the like do not.
SLOWING = {0x4: "power cap", 0x8: "hardware slowdown", 0x20: "thermal (software)", 0x40: "thermal (hardware)", 0x80: "power brake"}


class Memory(ctypes.Structure):
    _fields_ = [("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong)]


class Nvml:
    """The device at @p bus, such as 0000:3b:00.0."""

    def __init__(self, bus):
        self.lib, self.device = None, ctypes.c_void_p()
        try:
            lib = ctypes.CDLL("libnvidia-ml.so.1")
            if bus and lib.nvmlInit_v2() == 0 and lib.nvmlDeviceGetHandleByPciBusId_v2(bus.encode(), ctypes.byref(self.device)) == 0:
                self.lib = lib
        except (OSError, AttributeError):
            pass

    def ask(self, function, out, *before):
        """The value that a function writes to its last argument, or None."""
        try:
            return out if self.lib is not None and getattr(self.lib, function)(self.device, *before, ctypes.byref(out)) == 0 else None
        except AttributeError:
            return None

    def number(self, function, kind, *before):
        out = self.ask(function, kind(), *before)
        return None if out is None else out.value

    def joules(self):
        """Since the driver was loaded."""
        v = self.number("nvmlDeviceGetTotalEnergyConsumption", ctypes.c_ulonglong)
        return None if v is None else v / 1000

    def clocks(self):
        """MHz of processors and memory."""
        return tuple(self.number("nvmlDeviceGetClockInfo", ctypes.c_uint, kind) for kind in (SM_CLOCK, MEMORY_CLOCK))

    def memory_used(self):
        out = self.ask("nvmlDeviceGetMemoryInfo", Memory())
        return None if out is None else out.used

    def about(self):
        text = ctypes.create_string_buffer(96)
        known = self.lib is not None and self.lib.nvmlDeviceGetUUID(self.device, text, ctypes.c_uint(len(text))) == 0
        limit = self.number("nvmlDeviceGetEnforcedPowerLimit", ctypes.c_uint)
        return {"uuid": text.value.decode() if known else None, "power_limit_watts": None if limit is None else limit / 1000}


class Watch:
    """Looks at a device five times a second while a block runs: with Watch(nvml) as w: ...; then w.seen()."""

    def __init__(self, nvml):
        self.nvml, self.stop, self.clocks, self.memory, self.heat, self.slow = nvml, threading.Event(), [], [], [], 0
        self.thread = threading.Thread(target=self.look, daemon=True)

    def look(self):
        while not self.stop.wait(0.2):
            clock, memory = self.nvml.clocks()[0], self.nvml.memory_used()
            heat = self.nvml.number("nvmlDeviceGetTemperature", ctypes.c_uint, DIE)
            self.slow |= self.nvml.number("nvmlDeviceGetCurrentClocksThrottleReasons", ctypes.c_ulonglong) or 0
            for to, value in ((self.clocks, clock), (self.memory, memory), (self.heat, heat)):
                to += [value] if value is not None else []

    def __enter__(self):
        self.began = self.nvml.joules()
        if self.nvml.lib is not None:
            self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended = self.nvml.joules()
        self.stop.set()
        if self.thread.is_alive():
            self.thread.join()

    def seen(self):
        """Memory is that of all processes on the device."""
        clocks = sorted(self.clocks)
        return {"joules": None if None in (self.began, self.ended) else round(self.ended - self.began, 3),
                "device_memory_bytes": max(self.memory, default=None), "clock_mhz": clocks[len(clocks) // 2] if clocks else None,
                "least_clock_mhz": clocks[0] if clocks else None, "celsius": max(self.heat, default=None),
                "slowed_by": [name for bit, name in SLOWING.items() if self.slow & bit] if self.nvml.lib is not None else None}
