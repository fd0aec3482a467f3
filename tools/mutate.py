#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Remove the checks of the verifier one at a time and see which test notices.

  tools/mutate.py BUILD [--sample N [--seed S]] [--only TEXT] [--list] [--report FILE]

BUILD is a build directory of Meson with the tests built; nothing in it is changed. The files of SCOPE are rewritten so that
every mutant is there and the environment variable SC_MUTANT picks one, compiled once into a folder of their own, and linked
into the test programs in place of the originals. A mutant is one of

  check      a condition that leads to a refusal never does; of a || b, and of a && b that must hold, each by itself
  status     the status of a call is taken for success
  absorb     the verifier does not hash a message that it reads, or a value that it knows
  challenge  the verifier takes 0 for a challenge
  unbound    prover and verifier both leave the frames of one label out of the transcript
  frame      prover and verifier both hash 0 for a part of a frame, the seed or the key

A mutant is killed when a test program fails. It is `forged` when a test said that a lie was accepted (lie_is_refused of
tests/sound/lie.h), which is more than `noticed`: another status, a crash, an honest proof refused. EXCUSES lists the mutants
that no test kills, each with the reason; a listed mutant that is killed, or is not there, is an error as well.
Exit 1 when anything is not as it should be.
"""
import argparse
import concurrent.futures
import json
import os
import random
import re
import shlex
import subprocess
import sys
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
EXCUSES = "tests/sound/mutants.txt"
SCOPE = [
    "core/verify/verify.c", "core/verify/body_v.c", "core/verify/set_v.c", "core/verify/gkr_v.c", "core/verify/zero_v.c", "core/verify/whir_v.c", "core/proof/proof.c", "core/proof/set.c",
    "core/proof/merkle_v.c", "core/air/layout.c", "core/transcript/transcript.c", "core/budget/params.c", "core/base/rd.h",
]
# In the order in which they are asked.
PROGRAMS = ["checks", "checks_whir", "dropped_lie", "fiat_shamir", "fiat_shamir_lies", "set", "set_lies", "set_naive", "transcript", "layout", "argue", "whir", "whir_naive", "budget"]
LYING = {"checks", "checks_whir", "dropped_lie", "set", "set_lies"}  # of these all are asked, for a lie that is accepted
JOBS = os.cpu_count() or 1
LONG = 15  # seconds; a mutant for which a program takes longer is killed
NOT_VERDICT = {"sc_tr_grind_try"}  # the prover's
BOUND = {"sc_seed", "sc_vk_compute", "sc_set_seed", "sc_set_bind"}  # every statement puts something into a hash

HEADER = """
#include <stdbool.h>
extern int sc_mutant, sc_mutant_skip;
#define MUT_NEVER(id, c) (!!(c) & (sc_mutant != (id)))
#define MUT_ALWAYS(id, c) (!!(c) | (sc_mutant == (id)))
#define MUT_OK(id, s) ((socle_status)((int)(s) * (sc_mutant != (id))))
#define MUT_SKIP(id) (sc_mutant_skip = sc_mutant == (id))
#define MUT_IS(id) (sc_mutant == (id))
"""
SWITCH = """
#include <stdlib.h>
int sc_mutant = 0, sc_mutant_skip = 0;
__attribute__((constructor)) static void choose(void)
{
    const char *const s = getenv("SC_MUTANT");
    sc_mutant = s ? atoi(s) : 0;
}
"""


def fail(text):
    sys.exit(f"mutate: {text}")


def blank(text):
    """The same text with comments, strings and preprocessor lines as spaces, position for position."""
    keep = lambda m: re.sub(r"[^\n]", " ", m.group(0))
    text = re.sub(r"/\*.*?\*/", keep, text, flags=re.S)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', keep, text)
    return re.sub(r"^#(?:.*\\\n)*.*", keep, text, flags=re.M)


def closing(text, at):
    """Position of the bracket that closes the one at @at."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] in "([{") - (text[i] in ")]}")
        if depth == 0:
            return i
    fail("brackets do not match")


def split_top(text, a, b, operator):
    """Ranges of text[a:b] between @operator outside brackets."""
    out, depth, start, i = [], 0, a, a
    while i < b:
        depth += (text[i] in "([{") - (text[i] in ")]}")
        if depth == 0 and text.startswith(operator, i):
            out.append((start, i))
            start = i + len(operator)
            i = start
        else:
            i += 1
    return out + [(start, b)]


def trim(text, a, b):
    while a < b and text[a].isspace():
        a += 1
    while b > a and text[b - 1].isspace():
        b -= 1
    return a, b


def clauses(text, a, b, passes):
    """Smallest parts of the condition text[a:b] that refuse by themselves; it lets pass when its value is @passes."""
    a, b = trim(text, a, b)
    if text[a] == "(" and closing(text, a) == b - 1:
        return clauses(text, a + 1, b - 1, passes)
    either = split_top(text, a, b, "?")
    if len(either) == 2:
        yes, no = split_top(text, either[1][0], b, ":")
        return clauses(text, *yes, passes) + clauses(text, *no, passes)
    for operator, each in (("||", False), ("&&", True)):
        parts = split_top(text, a, b, operator)
        if len(parts) > 1:
            return sum((clauses(text, *p, passes) for p in parts), []) if passes == each else [(a, b, passes)]
    if text[a] == "!" and text[a + 1] == "(" and closing(text, a + 1) == b - 1:
        return clauses(text, a + 2, b - 1, not passes)
    return [(a, b, passes)]


class Source:
    def __init__(self, path):
        self.path = path
        with open(os.path.join(ROOT, path), encoding="utf-8") as f:
            self.raw = f.read()
        self.text = blank(self.raw)
        self.edits = []  # (position, order, text) to insert
        self.covered = set()
        self.functions = []
        for m in re.finditer(r"^(?:static (?:inline )?)?([\w \*]+?)(\w+)\(([^;{}]*)\)\s*\n\{", self.text, flags=re.M):
            self.functions.append((m.end() - 1, closing(self.text, m.end() - 1), m.group(2), m.group(1).strip()))

    def function(self, at):
        for a, b, name, kind in self.functions:
            if a <= at < b:
                return name, kind
        return "", ""


class Mutants:
    def __init__(self):
        self.all = []  # dicts; id is index + 1
        self.sources = [Source(p) for p in SCOPE]
        for s in self.sources:
            self.find(s)
            self.complete(s)
        names = {}
        for m in self.all:
            n = names[m["name"]] = names.get(m["name"], 0) + 1
            m["name"] += f" #{n}" if n > 1 else ""

    def new(self, src, at, kind, text):
        name = src.function(at)[0] or "all frames"
        shown = re.sub(r"\s+", " ", text).strip()
        self.all.append({"id": len(self.all) + 1, "kind": kind, "name": f"{src.path}: {name}: {kind}: {shown}",
                         "line": src.raw.count("\n", 0, at) + 1})
        return len(self.all)

    def wrap(self, src, a, b, macro, kind):
        n = self.new(src, a, kind, src.raw[a:b])
        src.edits += [(a, n, f"{macro}({n}, "), (b, -n, ")")]

    def condition(self, src, a, b, passes):
        for x, y, p in clauses(src.text, a, b, passes):
            if src.text[x:y].strip() not in ("true", "false"):
                self.wrap(src, x, y, "MUT_ALWAYS" if p else "MUT_NEVER", "check")

    def find(self, src):
        t = src.text
        verdict = lambda at: src.function(at)[0] not in NOT_VERDICT | {""}
        refusal = r"return\s+(?:SOCLE_E_\w+|false|NULL|st)\s*;"
        for m in re.finditer(r"\bif \(", t):
            end = closing(t, m.end() - 1)
            body = re.match(r"\s*\{", t[end + 1:])
            if not body or not verdict(m.start()):
                continue
            stop = closing(t, end + body.end())
            last = re.search(refusal + r"\s*$", t[end + 1 + body.end():stop])
            if last and "{" not in t[end + 1 + body.end():stop]:
                self.condition(src, m.end(), end, False)
                src.covered.add(end + 1 + body.end() + last.start())
            elif re.fullmatch(r"st == SOCLE_OK", t[m.end():end]):
                self.condition(src, m.end(), end, True)
        for m in re.finditer(r"\b(?:return|st =)\s+([^;]+);", t):
            a, b = m.start(1), m.end(1)
            name, kind = src.function(a)
            if not verdict(a) or m.start() in src.covered:
                continue
            if re.fullmatch(r"SOCLE_\w+|true|false|NULL|st|socle\w*", t[a:b]):
                continue
            status = re.search(r"\?\s*SOCLE_OK\s*:", t[a:b])
            if status:
                self.condition(src, a, a + status.start(), True)
            elif kind.endswith("bool"):
                self.condition(src, a, b, True)
            elif kind.endswith("socle_status") and t.startswith("return", m.start()):
                self.wrap(src, a, b, "MUT_OK", "status")
        for m in re.finditer(r"\bconst bool \w+_ok =([^;]+);", t):
            self.condition(src, m.start(1), m.end(1), True)
        for m in re.finditer(r"\bok &= ([^;]+);", t):
            if verdict(m.start()):
                self.condition(src, m.start(1), m.end(1), True)
        for m in re.finditer(r"\bTRY\(", t):
            end = closing(t, m.end() - 1)
            self.wrap(src, m.end(), end, "MUT_OK", "status")
        if src.path.startswith("core/verify/") or src.path == "core/proof/merkle_v.c":
            self.transcript_calls(src)
        if src.path == "core/transcript/transcript.c":
            self.transcript(src)
        for a, b, name, _ in src.functions:
            if name in BOUND:
                for m in re.finditer(r"^\s*((?:memcpy|store_le|sc_profile_digest|sc_head_image_encode)\((\w+(?: \+ \d+)?), ([^;]*)\));", t[a:b], flags=re.M):
                    size = {"sc_profile_digest": "32", "sc_head_image_encode": "SC_HEAD_IMAGE_LEN", "store_le": "4"}.get(m.group(1).split("(")[0]) or m.group(3).split(", ")[-1]
                    n = self.new(src, a + m.start(1), "frame", src.raw[a + m.start(1):a + m.end(1)])
                    src.edits.append((a + m.end(0), n, f" if (MUT_IS({n})) memset({m.group(2)}, 0, {size});"))

    def transcript_calls(self, src):
        """Absorbs and challenges where the verifier makes them."""
        t = src.text
        for m in re.finditer(r"\b(sc_recv_\w+|sc_tr_absorb|sc_tr_challenge)\((?=&?\w)", t):
            at = m.start()
            end = closing(t, m.end() - 1)
            args = split_top(t, m.end(), end, ",")
            label = src.raw[args[1][0]:args[1][1]].strip()
            if not label.startswith("SC_L_"):
                continue
            n = self.new(src, at, "challenge" if m.group(1) == "sc_tr_challenge" else "absorb", label)
            if m.group(1) == "sc_tr_challenge":
                out, count = (src.raw[x:y].strip() for x, y in args[2:4])
                src.edits.append((end + 1, n, f"; if (MUT_IS({n})) memset({out}, 0, ({count}) * sizeof(fx))"))
            else:
                src.edits += [(at, n, f"(MUT_SKIP({n}), "), (end + 1, -n, ")")]

    def transcript(self, src):
        """Frames of one label left out on both sides, and parts of frames."""
        with open(os.path.join(ROOT, "core/transcript/labels.def"), encoding="utf-8") as f:
            labels = re.findall(r"^L\((\w+), (\d+)\)", f.read(), flags=re.M)
        first = len(self.all) + 1
        for name, _ in labels:
            self.new(src, 0, "unbound", name)
        table = "static const int mut_label[64] = {" + ", ".join(f"[{v}] = {first + i}" for i, (_, v) in enumerate(labels)) + "};\n"
        for pattern, text in (
                (r"^static void frame_begin\(", table),
                (r"(?<=    )sc_b3_final\(h, 0, tr->s", "if (sc_mutant_skip || MUT_IS(mut_label[label])) {\n sc_mutant_skip = 0;\n return;\n }\n    "),
                (r"(?<=grind_frame\(out, tr, label, bits, nonce\);\n    )for ",
                 "if (sc_mutant_skip || MUT_IS(mut_label[label])) {\n sc_mutant_skip = 0;\n return has_work(word, bits);\n }\n    ")):
            m = re.search(pattern, src.text, flags=re.M)
            if not m:
                fail(f"{src.path}: no place for {pattern}")
            src.edits.append((m.start(), 0, text))
        part = r"^    ((?:head|frame)\[[01]\]) = [^;]+;|^    store_le\(((?:head|frame|payload)(?: \+ \d+)?), \w+, 8\);"
        for m in re.finditer(part, src.text, flags=re.M):
            n = self.new(src, m.start(), "frame", m.group(0))
            zero = f"{m.group(1)} = 0" if m.group(1) else f"store_le({m.group(2)}, 0, 8)"
            src.edits.append((m.end(), n, f" if (MUT_IS({n})) {zero};"))

    def complete(self, src):
        """Every refusal in the text belongs to a condition that was found."""
        for m in re.finditer(r"\breturn\s+(SOCLE_E_\w+|false)\s*;", src.text):
            name, _ = src.function(m.start())
            if m.start() in src.covered or name in NOT_VERDICT or not name:
                continue
            line = src.raw.count("\n", 0, m.start()) + 1
            if src.text[:m.start()].rstrip().endswith("}") and re.match(r"\s*\}", src.text[m.end():]):
                self.new(src, m.start(), "check", "end of function")  # reached only when a loop ends; has no code
                continue
            fail(f"{src.path}:{line}: a refusal whose condition is not understood")

    def text_of(self, src):
        out, at = [], 0
        # at one place: closings before openings, inner closings first
        for pos, order, text in sorted(src.edits, key=lambda e: (e[0], e[1] >= 0, e[1])):
            out += [src.raw[at:pos], text]
            at = pos
        return "".join(out) + src.raw[at:]


class Programs:
    def __init__(self, build, mutants):
        self.build = os.path.abspath(build)
        self.dir = os.path.join(self.build, "mutate")
        self.mutants = mutants
        self.runs = {}

    def make(self):
        over = os.path.join(self.dir, "over")
        objects = []
        os.makedirs(over, exist_ok=True)
        for name, text in (("mutant.h", HEADER), ("switch.c", SWITCH)):
            self.write(os.path.join(over, name), text)
        with open(os.path.join(self.build, "compile_commands.json"), encoding="utf-8") as f:
            commands = {os.path.realpath(os.path.join(c["directory"], c["file"])): c for c in json.load(f)
                        if "libsc_core.a.p" in c.get("output", c["command"])}
        for src in self.mutants.sources:
            path = os.path.join(over, src.path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            self.write(path, self.mutants.text_of(src))
        calls = []
        for src in [s.path for s in self.mutants.sources if s.path.endswith(".c")] + ["switch.c"]:
            like = commands[os.path.join(ROOT, src if src != "switch.c" else SCOPE[0])]
            words = shlex.split(like["command"])
            obj = os.path.join(self.dir, os.path.basename(src)[:-2] + ".o")
            words[words.index("-o") + 1] = obj
            for flag in ("-MF", "-MQ"):
                words[words.index(flag) + 1] = obj + (".d" if flag == "-MF" else "")
            words[words.index("-c") + 1] = os.path.join(over, src)
            words += ["-w", "-include", os.path.join(over, "mutant.h")]
            at = next(i for i, w in enumerate(words) if w.startswith("-I"))
            words.insert(at, "-I" + over)
            calls.append((words, like["directory"]))
            objects.append(obj)
        self.call_all(calls)
        calls = []
        for name in PROGRAMS:
            target = f"tests/test_{name}"
            out = subprocess.run(["ninja", "-C", self.build, "-t", "commands", "-s", target], capture_output=True, text=True)
            lines = [l for l in out.stdout.splitlines() if l and not l.startswith("ninja:")]
            if out.returncode or not lines:
                fail(f"{target} is not a target of {self.build}")
            words = shlex.split(lines[-1])
            words[words.index("-o") + 1] = os.path.join(self.dir, "test_" + name)
            words[words.index("-o") + 2:words.index("-o") + 2] = objects
            calls.append((words, self.build))
        self.call_all(calls)

    @staticmethod
    def write(path, text):
        if not os.path.exists(path) or open(path, encoding="utf-8").read() != text:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)

    def call_all(self, calls):
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            list(pool.map(lambda c: self.call(*c), calls))

    @staticmethod
    def call(words, where):
        done = subprocess.run(words, cwd=where, capture_output=True, text=True)
        if done.returncode:
            fail(f"{' '.join(words)}\n{done.stderr}")

    def run(self, name, mutant):
        """(passed, what the program said)"""
        env = dict(os.environ, SC_MUTANT=str(mutant), SOCLE_SOURCE_ROOT=ROOT, SOCLE_BUILD_ROOT=self.build)
        args = [os.path.join(self.dir, "test_" + name), "--tap=/dev/stdout", "-j1", "--timeout", str(LONG)]
        args += [] if name in LYING else ["--fail-fast"]
        try:
            done = subprocess.run(args, cwd=self.dir, env=env, capture_output=True, timeout=2 * LONG)
        except subprocess.TimeoutExpired:
            return False, "took too long"
        return done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")

    def answer(self, mutant):
        """("forged" | "noticed" | "survived", by what)"""
        first = None
        for name in PROGRAMS:
            if first and name not in LYING:
                continue
            passed, said = self.run(name, mutant["id"])
            if not passed:
                lies = re.findall(r"LIE ACCEPTED: (.*)", said)
                tests = re.findall(r"^not ok - (\S+)", said, flags=re.M)
                if lies:
                    return "forged", lies[0]
                first = first or ("noticed", tests[0] if tests else name)
                if mutant["kind"] not in ("check", "status"):
                    break
        return first or ("survived", "")


def excuses():
    out, key = {}, None
    with open(os.path.join(ROOT, EXCUSES), encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line.startswith("    "):
                out[key] += " " + line.strip()
            else:
                key = line.strip()
                out[key] = ""
    return {k: v.strip() for k, v in out.items()}


def judge(mutants, chosen, answers, reasons):
    """Lines of what is wrong."""
    wrong = []
    for m in chosen:
        how, _ = answers[m["id"]]
        if how == "survived" and not reasons.get(m["name"]):
            wrong.append(f"no test notices without a reason: {m['name']} (line {m['line']})")
        if how != "survived" and m["name"] in reasons:
            wrong.append(f"excused, but killed: {m['name']}")
    there = {m["name"] for m in mutants}
    return wrong + [f"excused, but not there: {k}" for k in reasons if k not in there]


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("build")
    p.add_argument("--sample", type=int, help="only so many mutants")
    p.add_argument("--seed", type=int, help="which; without it another sample every day")
    p.add_argument("--only", help="only mutants whose name contains this")
    p.add_argument("--list", action="store_true", help="print the mutants and stop")
    p.add_argument("--report", help="write a line for each mutant to this file")
    a = p.parse_args()
    mutants = Mutants()
    chosen = [m for m in mutants.all if not a.only or a.only in m["name"]]
    if a.list:
        print("\n".join(f"{m['id']:4} {m['name']}" for m in chosen))
        return 0
    seed = a.seed if a.seed is not None else int(time.time()) // 86400
    if a.sample is not None and a.sample < len(chosen):
        chosen = sorted(random.Random(seed).sample(chosen, a.sample), key=lambda m: m["id"])
        print(f"{a.sample} of {len(mutants.all)} mutants, seed {seed}")
    programs = Programs(a.build, mutants)
    programs.make()
    answers = {}
    report = open(a.report, "w", encoding="utf-8") if a.report else None
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for name, (passed, said) in zip(PROGRAMS, pool.map(lambda name: programs.run(name, 0), PROGRAMS)):
            if not passed:
                fail(f"test_{name} fails without any mutant\n{said}")
        for m, (how, by) in zip(chosen, pool.map(programs.answer, chosen)):
            answers[m["id"]] = how, by
            line = f"{how:9}{m['name']}" + (f"  <- {by}" if by else "")
            if report:
                print(line, file=report, flush=True)
            elif how == "survived":
                print(line, flush=True)
    wrong = judge(mutants.all, chosen, answers, excuses())
    print("\n".join(wrong))
    for kind in sorted({m["kind"] for m in chosen}):
        of = [answers[m["id"]][0] for m in chosen if m["kind"] == kind]
        print(f"{kind}: {len(of)} mutants, {of.count('forged')} let a lie through, {of.count('noticed')} noticed otherwise, "
              f"{of.count('survived')} excused or not noticed")
    print("mutate: " + ("ok" if not wrong else f"{len(wrong)} wrong"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
