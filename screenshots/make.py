#!/usr/bin/env python3
"""Takes the pictures: builds trailcase, runs its demo in a terminal of its own, goes the way that
shots.toml describes, and writes each screen as a picture and as text.

    python3 screenshots/make.py

Takes nothing else. What it needs beside Python 3.11, a Rust toolchain and a Unix:
pyte and Pillow from PyPI, and two fonts of Debian's.
"""

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

try:
    import pyte
    from PIL import Image, ImageDraw, ImageFont
except ImportError as missing:
    sys.exit(f"make.py: {missing}; install it with: python3 -m pip install pyte Pillow")

# A text is waited for this long; what has been drawn is over when nothing comes for this long.
PATIENCE = 60.0
QUIET = 0.5

# Twelve pixels are the advance of both fonts at this size.
SIZE = 20
WIDTH, HEIGHT, MARGIN = 12, 26, 12
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".local/share/fonts"))
# What the first font lacks is drawn with the second.
FONTS = (
    ("JetBrainsMono-Regular.ttf", "JetBrainsMono-Bold.ttf", "fonts-jetbrains-mono"),
    ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf", "fonts-dejavu-core"),
)

# What a terminal shows where the program names no colour: text, ground.
DEFAULTS = {"dark": ("#dadada", "#11151a"), "light": ("#1c1c1c", "#ffffff")}


class Terminal:
    """A program in a terminal of a given size: keys in, a screen out."""

    def __init__(self, program, arguments, environment, columns, rows):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execve(program, [str(program), *arguments], environment)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def take(self, limit):
        """Takes what the program sends, waiting for it at most so long; False if nothing came."""
        ready, _, _ = select.select([self.master], [], [], limit)
        if not ready:
            return False
        try:
            sent = os.read(self.master, 1 << 16)
        except OSError:
            sent = b""
        if not sent:
            sys.exit(f"make.py: trailcase ended too early:\n{self.text()}")
        self.stream.feed(self.decoder.decode(sent))
        return True

    def wait(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.text():
            if time.monotonic() > end:
                sys.exit(f"make.py: waited in vain for {text!r}:\n{self.text()}")
            self.take(0.1)

    def settle(self):
        while self.take(QUIET):
            pass

    def press(self, keys):
        os.write(self.master, keys.encode())

    def close(self):
        """Leaves the program, which removes what the demo wrote."""
        self.press("Q")
        try:
            while os.read(self.master, 1 << 16):
                pass
        except OSError:
            # Linux says so when the last who could write has gone.
            pass
        os.waitpid(self.pid, 0)
        os.close(self.master)


class Painter:
    """Draws the cells of a screen."""

    def __init__(self):
        self.faces = []
        for regular, bold, package in FONTS:
            paths = [find_font(name, package) for name in (regular, bold)]
            self.faces.append([ImageFont.truetype(str(path), SIZE) for path in paths])
        self.ascent = self.faces[0][0].getmetrics()[0]
        self.lacking = {}

    def face(self, character, bold):
        """The first font that has the character."""
        for faces in self.faces:
            face = faces[bold]
            if character not in self.lacking.setdefault(face, {}):
                nothing = bytes(face.getmask("\U0010fffe"))
                self.lacking[face][character] = bytes(face.getmask(character)) == nothing
            if not self.lacking[face][character]:
                return face
        return self.faces[0][bold]

    def picture(self, screen, theme):
        size = (screen.columns * WIDTH + 2 * MARGIN, screen.lines * HEIGHT + 2 * MARGIN)
        image = Image.new("RGB", size, DEFAULTS[theme][1])
        draw = ImageDraw.Draw(image)
        for y in range(screen.lines):
            for x in range(screen.columns):
                self.cell(draw, x, y, screen.buffer[y][x], DEFAULTS[theme])
        if not screen.cursor.hidden:
            left, top = place(screen.cursor.x, screen.cursor.y)
            draw.rectangle((left, top, left + 1, top + HEIGHT - 1), fill=DEFAULTS[theme][0])
        return image.quantize(256, dither=Image.Dither.NONE)

    def cell(self, draw, x, y, cell, defaults):
        ink, ground = colour(cell.fg, defaults[0]), colour(cell.bg, defaults[1])
        if cell.reverse:
            ink, ground = ground, ink
        left, top = place(x, y)
        right, bottom = left + WIDTH - 1, top + HEIGHT - 1
        if ground != defaults[1]:
            draw.rectangle((left, top, right, bottom), fill=ground)
        if cell.underscore:
            draw.line((left, bottom - 3, right, bottom - 3), fill=ink)
        character = cell.data
        if character.strip() and not lines_and_blocks(draw, character, left, top, ink):
            face = self.face(character, cell.bold)
            # The second font's line is set on the first one's.
            draw.text((left, top + self.ascent), character, fill=ink, font=face, anchor="ls")


def place(x, y):
    return MARGIN + x * WIDTH, MARGIN + y * HEIGHT


def colour(name, default):
    if name == "default":
        return default
    # pyte gives colours of 256 and more as rrggbb; the program is told that there are such.
    return f"#{name}" if re.fullmatch("[0-9a-f]{6}", name) else default


def lines_and_blocks(draw, character, left, top, ink):
    """Draws what has to meet its neighbours without a gap; False if it is another character."""
    right, bottom = left + WIDTH - 1, top + HEIGHT - 1
    across, down = top + HEIGHT // 2, left + WIDTH // 2
    if "▁" <= character <= "█":
        eighths = ord(character) - ord("▁") + 1
        draw.rectangle((left, bottom + 1 - HEIGHT * eighths // 8, right, bottom), fill=ink)
        return True
    # Left, right, up, down.
    arms = {"─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "┬": "lrd",
            "┴": "lru", "├": "rud", "┤": "lud", "┼": "lrud", "┃": "ud", "━": "lr"}.get(character)
    if arms is None:
        return False
    thick = 3 if character in "┃━" else 1
    if "l" in arms or "r" in arms:
        ends = (left if "l" in arms else down, across, right if "r" in arms else down, across)
        draw.line(ends, fill=ink, width=thick)
    if "u" in arms or "d" in arms:
        ends = (down, top if "u" in arms else across, down, bottom if "d" in arms else across)
        draw.line(ends, fill=ink, width=thick)
    return True


def find_font(name, package):
    for folder in FOLDERS:
        for path in Path(folder).rglob(name):
            return path
    sys.exit(f"make.py: the font {name} is missing; on Debian: apt-get install {package}")


def build():
    command = ["cargo", "build", "--locked", "--profile", "demo"]
    subprocess.run(command, cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    return (ROOT / target / "demo" / "trailcase").resolve()


def environment(home, user):
    """Nothing of the person's own, so that the pictures are the same everywhere."""
    return {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "HOME": home,
        "TMPDIR": home,
        "USER": user,
    }


def walk(terminal, steps):
    for step in steps:
        if "press" in step:
            terminal.press(step["press"])
        else:
            terminal.wait(step["wait"])


def run(session, plan, program, painter):
    theme, columns, rows = session["theme"], session["columns"], session["rows"]
    with tempfile.TemporaryDirectory() as home:
        clean = environment(home, plan["user"])
        terminal = Terminal(program, ["demo", "--theme", theme], clean, columns, rows)
        for shot in (shot for shot in plan["shot"] if shot["name"] in session["shots"]):
            walk(terminal, shot["there"])
            terminal.settle()
            name = f"{shot['name']}-{theme}-{columns}x{rows}"
            text = re.sub(plan["clock"], plan["instead"], terminal.text())
            (HERE / f"{name}.txt").write_text(text.rstrip() + "\n", encoding="utf-8")
            painter.picture(terminal.screen, theme).save(HERE / f"{name}.png", optimize=True)
            print(f"{name}.png")
            walk(terminal, shot["back"])
        terminal.close()


def main():
    plan = tomllib.loads((HERE / "shots.toml").read_text(encoding="utf-8"))
    painter = Painter()
    program = build()
    for session in plan["session"]:
        run(session, plan, program, painter)


if __name__ == "__main__":
    main()
