"""Runs a program on a terminal of its own, types a key once it shows some text, and prints what
the terminal got and was left as: terminal.py KEY TEXT PROGRAM [ARGUMENT ...]"""

import fcntl
import json
import os
import pty
import struct
import sys
import termios
import time

key, text, *command = sys.argv[1:]
parent, child = pty.openpty()
fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 60, 0, 0))
before = termios.tcgetattr(child)
process = os.fork()
if process == 0:
    os.close(parent)
    os.setsid()
    fcntl.ioctl(child, termios.TIOCSCTTY, 0)
    for descriptor in (0, 1, 2):
        os.dup2(child, descriptor)
    os.execv(command[0], command)
shown = b""
end = time.monotonic() + 60
while text.encode() not in shown and time.monotonic() < end:
    shown += os.read(parent, 4096)
os.write(parent, {"ctrl-c": b"\x03"}.get(key, key.encode()))
os.set_blocking(parent, False)
while True:
    try:
        shown += os.read(parent, 4096)
    except BlockingIOError:
        time.sleep(0.02)
    except OSError:  # nobody has the other end any more
        pass
    ended, status = os.waitpid(process, os.WNOHANG)
    if ended or time.monotonic() > end:
        break
after = termios.tcgetattr(child)
try:
    while part := os.read(parent, 4096):
        shown += part
except OSError:
    pass
print(json.dumps({
    "status": os.waitstatus_to_exitcode(status) if ended else None,
    "output": shown.decode(),
    "restored": before == after,
}))
