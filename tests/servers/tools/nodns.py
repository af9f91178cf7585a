#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Answer every DNS question on a loopback address with "no such name".

usage: nodns.py ADDRESS     (port 53, UDP; needs root)

Prints "ready" when it answers.
"""
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], 53))
print("ready", flush=True)
while True:
    data, peer = sock.recvfrom(4096)
    if len(data) > 16:
        end = data.index(b"\0", 12) + 5  # the name, its type and its class
        head = data[:2] + b"\x81\x83" + b"\0\1\0\0\0\0\0\0"
        sock.sendto(head + data[12:end], peer)
