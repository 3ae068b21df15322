#!/usr/bin/env python3
"""Measures Masthead beside calcurse, tig, aerc and nano in pseudo-terminals, in one run; peers.sh starts it.

First frame with 1,000, 20,000 and 100,000 entries (PEERS_SIZES=1000,50000 chooses others); bytes and processor time a key;
typing; idle; resident memory; and the lag after thirty keys at 30 a second over a simulated line of 200 ms each way and
9,600 bit/s (960 bytes a second). All of it takes some six minutes.

A key is one that moves the selection: a day in Masthead and calcurse, a row in tig and aerc, a line in nano. Its processor
time is what the whole process uses (all threads, those that ended too, user and system) while keys come at a person's pace,
divided by the keys: what a program does between two keys (reading ahead, looking for changes) is part of it.
Needs nothing beside Python: the model of a terminal that finds the perfect difference of two screens is below.
"""

import argparse
import contextlib
import datetime
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata

COLUMNS, ROWS = 80, 24
MARK = b"Show"
ONE_WAY = 0.2
BYTES_A_SECOND = 960
# Seconds between two keys of a person who looks where they go.
PACE = 0.2
QUESTION, ANSWER = b"\x1b[5n", b"\x1b[0n"


class Model:
    """What a terminal shows: letters and styles, as far as these programs use one."""

    TOKEN = re.compile(rb"\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-B]|\x1b[ -/]*[0-~]")

    def __init__(self):
        self.cells = [[(" ", ())] * COLUMNS for _ in range(ROWS)]
        self.x = self.y = 0
        self.top, self.bottom = 0, ROWS
        self.style = ()
        self.rest = b""
        self.last = " "

    def scroll(self, top, bottom, up):
        for _ in range(abs(up)):
            row = [(" ", ())] * COLUMNS
            if up > 0:
                del self.cells[top]
                self.cells.insert(bottom - 1, row)
            else:
                del self.cells[bottom - 1]
                self.cells.insert(top, row)

    def line_feed(self):
        if self.y == self.bottom - 1:
            self.scroll(self.top, self.bottom, 1)
        else:
            self.y = min(self.y + 1, ROWS - 1)

    def feed(self, data):
        data, self.rest = self.rest + data, b""
        at = 0
        while at < len(data):
            byte = data[at]
            if byte == 0x1B:
                token = self.TOKEN.match(data, at)
                if not token:
                    self.rest = data[at:]
                    return
                if token.group(2):
                    self.control(token.group(1).decode(), token.group(2).decode())
                elif token.group(0) == b"\x1bM":
                    if self.y == self.top:
                        self.scroll(self.top, self.bottom, -1)
                    else:
                        self.y = max(self.y - 1, 0)
                at = token.end()
            elif byte < 0x20:
                if byte == 13:
                    self.x = 0
                elif byte == 10:
                    self.line_feed()
                elif byte == 8:
                    self.x = max(min(self.x, COLUMNS - 1) - 1, 0)
                elif byte == 9:
                    self.x = min((self.x // 8 + 1) * 8, COLUMNS - 1)
                at += 1
            else:
                length = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
                if at + length > len(data):
                    self.rest = data[at:]
                    return
                self.put(data[at : at + length].decode("utf-8", "replace"))
                at += length

    def put(self, letter):
        wide = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if self.x + wide > COLUMNS:
            self.x = 0
            self.line_feed()
        self.cells[self.y][self.x] = (letter, self.seen(letter))
        if wide == 2:
            self.cells[self.y][self.x + 1] = ("", self.style)
        self.x += wide
        self.last = letter

    def seen(self, letter):
        visible = any(code in ("4", "7") or code.startswith(("4;", "48", "b")) for code in self.style)
        return self.style if letter != " " or visible else ()

    def blank(self, y, start, end):
        for x in range(max(start, 0), min(end, COLUMNS)):
            self.cells[y][x] = (" ", tuple(code for code in self.style if code.startswith("b")))

    def control(self, text, letter):
        if text.startswith(("?", ">", "=")):
            return
        numbers = [int(part) if part.isdigit() else 0 for part in text.split(";")]
        n = max(numbers[0], 1)
        if letter in "Hf":
            self.y = min(n, ROWS) - 1
            self.x = min(max(numbers[1] if len(numbers) > 1 else 1, 1), COLUMNS) - 1
        elif letter == "A":
            self.y = max(self.y - n, 0)
        elif letter in "Be":
            self.y = min(self.y + n, ROWS - 1)
        elif letter in "Ca":
            self.x = min(self.x + n, COLUMNS - 1)
        elif letter == "D":
            self.x = max(min(self.x, COLUMNS - 1) - n, 0)
        elif letter in "G`":
            self.x = min(n, COLUMNS) - 1
        elif letter == "d":
            self.y = min(n, ROWS) - 1
        elif letter == "K":
            start, end = ((self.x, COLUMNS), (0, self.x + 1), (0, COLUMNS))[numbers[0]]
            self.blank(self.y, start, end)
        elif letter == "J":
            rows = range(self.y + 1, ROWS) if numbers[0] == 0 else range(self.y) if numbers[0] == 1 else range(ROWS)
            for y in rows:
                self.blank(y, 0, COLUMNS)
            if numbers[0] == 0:
                self.blank(self.y, self.x, COLUMNS)
        elif letter == "X":
            self.blank(self.y, self.x, self.x + n)
        elif letter == "P":
            row = self.cells[self.y]
            del row[self.x : self.x + n]
            row.extend([(" ", ())] * (COLUMNS - len(row)))
        elif letter == "@":
            row = self.cells[self.y]
            row[self.x : self.x] = [(" ", ())] * n
            del row[COLUMNS:]
        elif letter == "b":
            for _ in range(n):
                self.put(self.last)
        elif letter == "r":
            self.top, self.bottom = n - 1, numbers[1] if len(numbers) > 1 and numbers[1] else ROWS
            self.x = self.y = 0
        elif letter == "S":
            self.scroll(self.top, self.bottom, n)
        elif letter == "T":
            self.scroll(self.top, self.bottom, -n)
        elif letter == "M":
            self.scroll(self.y, self.bottom, n)
        elif letter == "L":
            self.scroll(self.y, self.bottom, -n)
        elif letter == "m":
            self.restyle(text.split(";"))

    def restyle(self, codes):
        style = dict(self.style_items())
        codes = list(codes)
        while codes:
            code = codes.pop(0).lstrip("0")
            if code == "":
                style.clear()
            elif code in ("38", "48", "58"):
                count = 2 if codes and codes[0] == "5" else 4
                style[code[0]] = ("b" if code == "48" else "f") + ";".join([code, *codes[:count]])
                del codes[:count]
            elif code == "22":
                style.pop("1", None), style.pop("2", None)
            elif code in ("23", "24", "25", "27", "28", "29"):
                style.pop(code[1], None)
            elif code in ("39", "49", "59"):
                style.pop({"39": "3c", "49": "4c", "59": "5"}[code], None)
            elif len(code) >= 2 and code[0] in "349" or code.startswith("10"):
                background = code[0] == "4" or code.startswith("10")
                style["4c" if background else "3c"] = ("b" if background else "f") + code
            else:
                style[code] = code
        self.style = tuple(sorted(style.values()))

    def style_items(self):
        for code in self.style:
            key = code
            if code[0] == "b":
                key = "4c"
            elif code[0] == "f":
                key = "3c"
            yield key, code

    def copy(self):
        return [list(row) for row in self.cells], (self.x, self.y)


def way(at, to):
    """The fewest bytes from one cell to another."""
    (x, y), (to_x, to_y) = at, to
    number = lambda n: 0 if n == 1 else len(str(n))
    absolute = 3 if to == (0, 0) else 3 + number(to_y + 1) + (1 + number(to_x + 1) if to_x else 0)
    relative = lambda n, single: 0 if n == 0 else min(n if single else 99, 3 + number(n))
    rows = relative(abs(to_y - y), to_y > y)
    along = relative(abs(to_x - x), to_x < x)
    return min(absolute, rows + min(along, 1 + relative(to_x, False)))


def sgr(old, new):
    """The fewest bytes from one style to another."""
    if old == new:
        return 0
    afresh = 3 + (2 + sum(len(code.lstrip("bf")) + 1 for code in new) - 1 if new else 0)
    if set(old) <= set(new):
        added = [code.lstrip("bf") for code in new if code not in old]
        return min(afresh, 3 + sum(map(len, added)) + len(added) - 1)
    return afresh


def perfect(before, after):
    """The bytes of a difference that knows both screens: each changed run once, the cheapest way and style to each."""
    (old, at), (new, end) = before, after
    style, bytes_sent = (), 0
    for y in range(ROWS):
        for x in range(COLUMNS):
            letter, wanted = new[y][x]
            if old[y][x] == new[y][x] or letter == "":
                continue
            if at != (x, y):
                step = way(at, (x, y))
                if at[1] == y and at[0] < x:
                    between = new[y][at[0] : x]
                    if all(pen in (style, ()) for _, pen in between):
                        step = min(step, sum(len(text.encode()) for text, _ in between))
                bytes_sent += step
            bytes_sent += sgr(style, wanted) + len(letter.encode())
            style = wanted
            at = (x + (2 if x + 1 < COLUMNS and new[y][x + 1][0] == "" else 1), y)
    return bytes_sent + (sgr(style, ()) if style else 0) + (way(at, end) if at != end else 0)


class Session:
    """A program in a pseudo-terminal."""

    def __init__(self, command, env, cwd, answers=False):
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execvpe(command[0], command, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.model = Model()
        self.count = 0
        self.raw = bytearray()
        self.last = self.started
        self.answers = answers

    def read(self, seconds):
        """Takes in what comes within so many seconds."""
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                return
            self.take()

    def take(self):
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            raise EOFError(bytes(self.raw[-400:])) from None
        self.last = time.monotonic()
        self.count += len(data)
        self.raw += data
        self.model.feed(data)
        if self.answers:
            for _ in range(data.count(QUESTION)):
                os.write(self.fd, ANSWER)
        return data

    def wait_for(self, mark, seconds=120):
        until = time.monotonic() + seconds
        while mark not in self.raw:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError(bytes(self.raw[-400:]))
            if select.select([self.fd], [], [], left)[0]:
                self.take()
        return self.last - self.started

    def send(self, keys):
        os.write(self.fd, keys)

    def cpu(self):
        """Processor time of the whole process so far, in milliseconds."""
        # The clock of another process, as clock_getcpuclockid(3) numbers it on Linux.
        return time.clock_gettime((~self.pid << 3) | 2) * 1000

    def resident(self):
        with open(f"/proc/{self.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024

    def end(self):
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self.pid, 0)
        os.close(self.fd)


class Peer:
    """One program: how its entries are made, how it is started, its keys."""

    def __init__(self, name, program, fill, command, keys, typing):
        self.name, self.program, self.fill, self.command = name, program, fill, command
        self.keys, self.typing = keys, typing


def environment(home, **more):
    env = {
        "HOME": home,
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": home,
    }
    if libraries := os.environ.get("PEERS_LIBRARIES"):
        env["LD_LIBRARY_PATH"] = libraries
    return env | more


def program(name):
    root = os.environ.get("PEERS_ROOT", "")
    for path in (shutil.which(name), f"{root}/usr/bin/{name}", f"{root}/bin/{name}"):
        if path and os.access(path, os.X_OK):
            return path
    return None


def moments(count):
    """Five years around today, with something today."""
    today = datetime.datetime.now().replace(hour=9, minute=0, second=0, microsecond=0)
    yield today
    for number in range(1, count):
        minutes = (number * 7919) % (5 * 365 * 24 * 60)
        yield today - datetime.timedelta(days=730) + datetime.timedelta(minutes=minutes)


def fill_masthead(home, count):
    with open(f"{home}/config.toml", "w") as file:
        file.write('timezone = "UTC"\n[channels.fosstodon]\nplatform = "sandbox"\nlike = "mastodon"\n'
                   '[channels.bluesky]\nplatform = "sandbox"\nlike = "bluesky"\n'
                   '[channels.linkedin]\nplatform = "sandbox"\nlike = "linkedin"\n')
    env = environment(home, **masthead_env(home))
    subprocess.run([os.environ["MASTHEAD"], "add", "--title", "Showcase", "--channel", "fosstodon",
                    "--at", datetime.datetime.now().strftime("%Y-%m-%d 23:58")],
                   env=env, input=b"A text of some length.", stdout=subprocess.DEVNULL, check=True)
    copy_posts(f"{home}/data/plan.db", count)


def copy_posts(path, count):
    """Copies the one post there is, with what belongs to it, to as many days and minutes as are wanted."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        def insert(table, change, rows):
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            (one,) = db.execute(f"SELECT {', '.join(columns)} FROM {table} LIMIT 1").fetchall() or (None,)
            if one is None:
                return
            one = dict(zip(columns, one))
            marks = ", ".join("?" * len(columns))
            copies = (tuple((one | change(number, at)).values()) for number, at in rows)
            db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", copies)

        def post(number, at):
            instant = int(at.replace(tzinfo=datetime.timezone.utc).timestamp())
            instant *= 1000 if known > 10**11 else 1
            local = at.strftime(local_form)
            return {"id": first + number, "title": f"Showcase {number}", "plan_local": local,
                    "plan_at": instant, "due_at": instant}

        first, local, known = db.execute("SELECT id, plan_local, plan_at FROM posts").fetchone()
        local_form = "%Y-%m-%dT%H:%M:%S"[: 17 if len(local) > 16 else 14].replace("T", local[10])
        rows = [(number, at) for number, at in enumerate(moments(count)) if number]
        insert("posts", post, rows)
        insert("revisions", lambda number, at: {"post": first + number}, rows)
        insert("variants", lambda number, at: {"post": first + number}, rows)
        insert("deliveries", lambda number, at: {"id": 1000 + number, "post": first + number,
                                                 "due_at": post(number, at)["due_at"]}, rows)


def masthead_env(home):
    return {"MASTHEAD_CONFIG": f"{home}/config.toml", "MASTHEAD_DATA_DIR": f"{home}/data", "MASTHEAD_AUTHOR": "bench"}


def fill_calcurse(home, count):
    os.makedirs(f"{home}/data", exist_ok=True)
    # Its clock is written every second, which would hide when the line has rested.
    with open(f"{home}/data/conf", "w") as file:
        file.write("appearance.notifybar=no\n")
    with open(f"{home}/data/apts", "w") as file:
        for number, at in enumerate(moments(count)):
            end = at + datetime.timedelta(minutes=30)
            file.write(f"{at:%m/%d/%Y @ %H:%M} -> {end:%m/%d/%Y @ %H:%M} |Showcase {number}\n")


def fill_tig(home, count):
    git = ["git", "-C", f"{home}/repo"]
    subprocess.run(["git", "init", "-q", "-b", "main", f"{home}/repo"], check=True, env=environment(home))
    lines = []
    for number in range(count):
        lines.append(f"commit refs/heads/main\ncommitter bench <bench@example.org> {1700000000 + number * 60} +0000\n"
                     f"data <<E\nShowcase {number}\nE\nM 644 inline text\ndata <<E\n{number}\nE\n")
    subprocess.run([*git, "fast-import", "--quiet"], input="".join(lines).encode(), check=True, env=environment(home))


def fill_aerc(home, count):
    for folder in ("cur", "new", "tmp"):
        os.makedirs(f"{home}/mail/INBOX/{folder}")
    for number, at in enumerate(moments(count)):
        with open(f"{home}/mail/INBOX/cur/{1700000000 + number}.{number}.bench:2,S", "w") as file:
            file.write(f"From: bench@example.org\nTo: bench@example.org\nSubject: Showcase {number}\n"
                       f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000\nMessage-Id: <{number}@example.org>\n\nA text.\n")
    share = os.environ.get("PEERS_ROOT", "") + "/usr/share/aerc"
    share = share if os.path.isdir(share) else "/usr/share/aerc"
    os.makedirs(f"{home}/.config/aerc")
    os.makedirs(f"{home}/.local/share")
    os.symlink(share, f"{home}/.local/share/aerc")
    with open(f"{home}/.config/aerc/accounts.conf", "w") as file:
        file.write(f"[bench]\nsource = maildir://{home}/mail\ndefault = INBOX\nfrom = bench@example.org\n")
    os.chmod(f"{home}/.config/aerc/accounts.conf", 0o600)
    for name in ("aerc.conf", "binds.conf"):
        with contextlib.suppress(OSError):
            with open(f"{share}/{name}") as file, open(f"{home}/.config/aerc/{name}", "w") as to:
                to.write(file.read().replace("/usr/share/aerc", share))


def fill_nano(home, count):
    with open(f"{home}/text", "w") as file:
        file.writelines(f"Showcase {number}, with a text of some length\n" for number in range(count))


PEERS = [
    # A day forward and back.
    Peer("masthead", os.environ.get("MASTHEAD"), fill_masthead, lambda home: [], (b"l", b"h"), b"aName\r"),
    Peer("calcurse", program("calcurse"), fill_calcurse, lambda home: ["-D", f"{home}/data"], (b"t", b"T"), b"\x10\x01\r\r"),
    Peer("tig", program("tig"), fill_tig, lambda home: [], (b"j", b"k"), b"/"),
    Peer("aerc", program("aerc"), fill_aerc, lambda home: [], (b"j", b"k"), b":"),
    Peer("nano", program("nano"), fill_nano, lambda home: [f"{home}/text"], (b"\x1b[B", b"\x1b[A"), b""),
]


def start(peer, home, answers=False):
    env = environment(home, **(masthead_env(home) if peer.name == "masthead" else {}))
    cwd = f"{home}/repo" if peer.name == "tig" else home
    return Session([peer.program, *peer.command(home)], env, cwd, answers)


def first_frame(peer, home, runs):
    times = []
    for _ in range(runs):
        session = start(peer, home)
        try:
            times.append(session.wait_for(MARK) * 1000)
        finally:
            session.end()
        if times[-1] > 2000:
            break  # seconds need no median
    return statistics.median(times)


def moves(peer, home, keys, answers):
    """Bytes and the perfect difference of a key once the program rests, its processor time, and resident memory."""
    session = start(peer, home, answers)
    try:
        session.wait_for(MARK)
        session.read(2)
        each = []
        for number in range(20):
            each.append(measured(session, peer.keys[number // 5 % 2], 0.35))
        sent, best = (statistics.median(column) for column in zip(*each))
        spent = session.cpu()
        for number in range(keys):
            session.send(peer.keys[number // 5 % 2])
            session.read(PACE)
        spent = (session.cpu() - spent) / max(keys, 1)
        return sent, spent, best, session.resident()
    finally:
        session.end()


def measured(session, key, seconds):
    """Bytes and the perfect difference of one key."""
    sent, before = session.count, session.model.copy()
    session.send(key)
    session.read(seconds)
    return session.count - sent, perfect(before, session.model.copy())


def typing(peer, home, text, answers):
    """Ten letters a second, and what follows when they rest; in the body, since a first line is also the post's name."""
    session = start(peer, home, answers)
    try:
        session.wait_for(MARK)
        session.read(1.5)
        for key in peer.typing.decode():
            session.send(key.encode())
            session.read(0.4)
        session.send(b"W")
        session.read(0.4)
        before, spent, sent, best = session.model.copy(), session.cpu(), session.count, 0
        for letter in text:
            session.send(letter.encode())
            session.read(0.1)
            best += perfect(before, session.model.copy())
            before = session.model.copy()
        session.read(1)
        best += perfect(before, session.model.copy())
        screen = "".join(letter for row in session.model.cells for letter, _ in row)
        if text[-5:] not in screen:
            return None
        return [(now - then) / len(text) for now, then in ((session.count, sent), (session.cpu(), spent), (best, 0))]
    finally:
        session.end()


def idle(peer, home, seconds):
    session = start(peer, home)
    try:
        session.wait_for(MARK)
        session.read(3)
        spent, sent = session.cpu(), session.count
        session.read(seconds)
        return session.count - sent, session.cpu() - spent
    finally:
        session.end()


def lag(peer, home, keys=30, rate=30):
    """Seconds from the last of thirty keys to the last byte that arrives over the simulated line."""
    session = start(peer, home)
    line = []  # what is on the way: (when it arrives, bytes)
    free = 0.0  # when the line has carried what was put onto it
    answers = []  # when an answer reaches the program
    tail = b""
    arrived = time.monotonic()
    keys_due, last_key = None, None
    queue = []
    try:
        while True:
            now = time.monotonic()
            while line and line[0][0] <= now:
                when, data = line.pop(0)
                arrived = when
                # A question may be torn between two pieces; three bytes of it are none.
                for _ in range((tail + data).count(QUESTION)):
                    answers.append(when + ONE_WAY)
                tail = (tail + data)[-3:]
            while answers and answers[0] <= now:
                answers.pop(0)
                session.send(ANSWER)
            while queue and queue[0][0] <= now:
                session.send(queue.pop(0)[1])
            if keys_due is None and MARK in session.raw and not line and now - arrived > 2.5:
                queue = [(now + number / rate + ONE_WAY, peer.keys[0]) for number in range(keys)]
                keys_due, last_key = True, now + (keys - 1) / rate
            if keys_due and not queue and not line and now - max(arrived, last_key) > 3:
                return max(arrived - last_key, 0.0)
            if now - session.started > 90:
                return None
            if select.select([session.fd], [], [], 0.005)[0]:
                data = session.take()
                now = time.monotonic()
                # Byte for byte, so that a question arrives when its last byte does.
                for piece in re.split(b"(?<=\x1b\\[5n)", data):
                    if piece:
                        free = max(free, now) + len(piece) / BYTES_A_SECOND
                        line.append((free + ONE_WAY, piece))
    finally:
        session.end()


@contextlib.contextmanager
def said(what):
    """One measure that fails is said; the others go on."""
    try:
        yield
    except (EOFError, TimeoutError) as error:
        print(f"{what}: stopped: {type(error).__name__} {error}")


def tell(text, missed):
    print(("  MISSED  " if missed else "  holds   ") + text)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--only", help="programs, comma separated")
    arguments.add_argument("--sizes", default=os.environ.get("PEERS_SIZES", "1000,20000,100000"))
    arguments.add_argument("--runs", type=int, default=9)
    arguments.add_argument("--keys", type=int, default=100, help="for the processor time of a key")
    arguments.add_argument("--skip", default="", help="frame, moves, typing, idle, lag")
    options = arguments.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    wanted = options.only.split(",") if options.only else [peer.name for peer in PEERS]
    skip = options.skip.split(",")
    found = {}
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        for peer in (peer for peer in PEERS if peer.name in wanted):
            if not peer.program:
                print(f"{peer.name}: not there")
                continue
            one = found[peer.name] = {}
            homes = {}
            for size in sizes:
                homes[size] = f"{scratch}/{peer.name}-{size}"
                os.makedirs(homes[size])
                peer.fill(homes[size], size)
            home = homes[sizes[0]]
            measures = {
                "moves": lambda: moves(peer, home, options.keys, answers=False),
                "lag": lambda: lag(peer, home),
                "idle": lambda: idle(peer, home, 10),
                # Last: it leaves a text behind that the next start asks about.
                "typing": lambda: typing(peer, home, "e count every letter of it", answers=False),
            }
            if "frame" not in skip:
                one["frame"] = {}
                for size in sizes:
                    with said(f"{peer.name}, first frame at {size:,}"):
                        one["frame"][size] = first_frame(peer, homes[size], options.runs)
            if peer.name == "masthead" and "moves" not in skip:
                with said("masthead on a terminal that answers"):
                    one["answered"] = moves(peer, home, 0, answers=True)
            for name, measure in measures.items():
                if name not in skip:
                    with said(f"{peer.name}, {name}"):
                        one[name] = measure()
            for size in sizes:
                shutil.rmtree(homes[size], ignore_errors=True)
            print(f"measured {peer.name}", file=sys.stderr)
    report(found, sizes)


def report(found, sizes):
    print(f"\n{COLUMNS}x{ROWS}; medians and means; line: {ONE_WAY * 1000:.0f} ms each way, {BYTES_A_SECOND} bytes/s")
    print(f"ms/key: user and system time of the whole process, {1 / PACE:.0f} keys a second, each moving the selection by one")
    head = ["", *(f"first {size:,}" for size in sizes), "B/key", "perfect", "ms/key", "B/letter", "ms/letter", "idle B", "idle ms", "MiB", "lag s"]
    rows = []
    for name, one in found.items():
        frame, move, letter = one.get("frame", {}), one.get("moves"), one.get("typing")
        rows.append([
            name,
            *(f"{frame[size]:.0f} ms" if size in frame else "-" for size in sizes),
            *((f"{move[0]:.0f}", f"{move[2]:.0f}", f"{move[1]:.2f}") if move else ("-",) * 3),
            *((f"{letter[0]:.1f}", f"{letter[1]:.2f}") if letter else ("-",) * 2),
            *((f"{one['idle'][0]}", f"{one['idle'][1]:.1f}") if "idle" in one else ("-",) * 2),
            f"{move[3]:.1f}" if move else "-",
            f"{one['lag']:.2f}" if one.get("lag") is not None else "-",
        ])
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths))))
    goals(found, sizes)


def goals(found, sizes):
    ours = found.get("masthead", {})
    if "answered" in ours:
        print(f"\nmasthead on a terminal that answers: {ours['answered'][0]:.0f} B/key")
    theirs, tig = found.get("calcurse", {}), found.get("tig", {})
    print("\ngoals")
    if ours.get("frame"):
        if len(sizes) > 1 and {sizes[0], sizes[-1]} <= ours["frame"].keys():
            few, many = ours["frame"][sizes[0]], ours["frame"][sizes[-1]]
            tell(f"first frame at {sizes[-1]:,} within 1.2 of {sizes[0]:,}: {many / few:.2f}", many > 1.2 * few)
        if theirs.get("frame"):
            for size in ours["frame"].keys() & theirs["frame"].keys():
                ratio = ours["frame"][size] / theirs["frame"][size]
                tell(f"first frame at {size:,} at most half of calcurse's: {ratio:.2f}", ratio > 0.5)
    if ours.get("moves"):
        sent, spent, best, resident = ours["moves"]
        tell(f"a day's move within 1.15 of a perfect difference: {sent / best:.2f}", sent > 1.15 * best)
        if theirs.get("moves"):
            tell(f"a day's move at most half of calcurse's bytes: {sent / theirs['moves'][0]:.2f}", sent > theirs["moves"][0] / 2)
        if tig.get("moves"):
            tell(f"processor time a key at most twice tig's: {spent / tig['moves'][1]:.2f}", spent > 2 * tig["moves"][1])
        tell(f"resident at most 20 MiB: {resident:.1f}", resident > 20)
    if ours.get("typing"):
        tell(f"a letter with its counters at most 25 bytes: {ours['typing'][0]:.1f}, perfect {ours['typing'][2]:.1f}", ours["typing"][0] > 25)
    if ours.get("idle"):
        tell(f"idle writes nothing: {ours['idle'][0]} bytes in 10 s", ours["idle"][0] > 40)
    if ours.get("lag") is not None and theirs.get("lag"):
        tell(f"lag at most 0.15 of calcurse's: {ours['lag'] / theirs['lag']:.2f}", ours["lag"] > 0.15 * theirs["lag"])


if __name__ == "__main__":
    main()
