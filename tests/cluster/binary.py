"""What the real binary knows: flags and environment variables, from its own help."""

import functools
import os
import re
import subprocess

BINARY = os.environ["COVERSLIP_BINARY"]


@functools.cache
def knows(command):
    """Flags and environment variables of a command, or None where there is no such command."""
    words = [BINARY, *command, "--help"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None
    flags = set(re.findall(r"^\s+(?:-\w, )?(--[a-z0-9-]+)", done.stdout, re.MULTILINE))
    variables = set(re.findall(r"\[env: ([A-Z0-9_]+)", done.stdout))
    return flags | variables
