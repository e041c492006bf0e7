#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes what is made from the table of options, cli/options.def: the completions in packaging/completions, and the list of options in
packaging/man/nf-cli.1 (between its two marks).

usage: make_docs.py           writes the files
       make_docs.py --check   says which of them are not what the table gives; exit status 1 if any
"""
import os
import re
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = os.path.join(SOURCE, "cli", "options.def")
MAN = os.path.join(SOURCE, "packaging", "man", "nf-cli.1")
COMPLETIONS = os.path.join(SOURCE, "packaging", "completions")
LICENSE = "# SPDX-License-Identifier: GPL-2.0-or-later\n# Made by cli/make_docs.py from cli/options.def.\n"
FIELDS = ["id", "short", "long", "takes", "argument", "complete", "section", "state", "help", "doc"]
TITLES = {"INPUT": "Input", "OUTPUT": "Output", "FLOWS": "Flows", "MESSAGES": "Messages"}
BEGIN, END = '.\\" options: made by cli/make_docs.py\n', '.\\" options end\n'


def rows():
    """The rows of the table as dictionaries."""
    with open(TABLE, encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    found = []
    for row in re.findall(r"^NF_OPTION\((.*?)\)\n(?=NF_OPTION|\Z)", text, flags=re.S | re.M):
        values = re.findall(r'"((?:[^"\\]|\\.)*)"|\'(.)\'|(\w+)', row)
        values = [string or char or word for string, char, word in values]
        if len(values) != len(FIELDS):
            sys.exit(f"options.def: a row has {len(values)} values, not {len(FIELDS)}: {row}")
        found.append(dict(zip(FIELDS, values)))
    if len(found) != text.count("NF_OPTION("):
        sys.exit("options.def: not every row can be read")
    for row in found:
        row["short"] = "" if row["short"] == "0" else row["short"]
    return found


def usable():
    return [row for row in rows() if row["state"] == "NOW"]


# --- man page ------------------------------------------------------------------------------------------------------------------------

def roff(text):
    """Plain text for roff, options in it in bold."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"(?<![\w\\-])((?:\\-){1,2}[A-Za-z](?:[\w]|\\-)*)(?![\w])", r"\\fB\1\\fR", text)
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.split("\n"))


def man_options():
    lines = []
    for section, title in TITLES.items():
        lines.append(f".SS {title}")
        for row in usable():
            if row["section"] != section:
                continue
            names = ["\\fB\\-" + row["short"] + "\\fR"] if row["short"] else []
            long_name = "\\fB\\-\\-" + row["long"].replace("-", "\\-") + "\\fR"
            argument = "\\fI" + row["argument"] + "\\fR"
            if row["takes"] == "MAYBE":
                long_name += f"[={argument}]"
            elif row["takes"] != "NOTHING":
                names = [f"{name} {argument}" for name in names]
                long_name += f"={argument}"
            lines += [".TP", ", ".join(names + [long_name])]
            # A sentence a line, as roff wants it.
            lines += roff(re.sub(r"(?<=[.)]) (?=[A-Z])", "\n", row["doc"])).split("\n")
    return "\n".join(lines) + "\n"


def man_page():
    with open(MAN, encoding="utf-8") as f:
        head, rest = f.read().split(BEGIN)
    return head + BEGIN + man_options() + END + rest.split(END)[1]


# --- completions ---------------------------------------------------------------------------------------------------------------------

def names_of(row):
    return (["-" + row["short"]] if row["short"] else []) + ["--" + row["long"]]


def bash():
    cases = []
    for row in usable():
        if row["takes"] not in ("VALUE", "MANY") and not row["complete"]:
            continue
        how = {"": "return", "@file": "_filedir; return", "@dir": "_filedir -d; return"}.get(
            row["complete"], f"COMPREPLY=($(compgen -W '{row['complete']}' -- \"$cur\")); return")
        if row["takes"] == "MAYBE":
            cases.append(f"\t--{row['long']}) [ -n \"$split\" ] && {{ {how}; }} ;;")
        else:
            cases.append(f"\t{'|'.join(names_of(row))}) {how} ;;")
    names = " ".join("--" + row["long"] + ("=" if row["takes"] in ("VALUE", "MANY") else "") for row in usable())
    return LICENSE + f"""
_nf_cli() {{
	local cur prev words cword split=
	_init_completion -n = || return
	if [[ $cur == --*=* ]]; then
		prev=${{cur%%=*}} cur=${{cur#*=}} split=1
	fi
	case $prev in
{os.linesep.join(cases)}
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W '{names}' -- "$cur"))
		[[ ${{COMPREPLY-}} == *= ]] && compopt -o nospace
		return
	fi
	_filedir
}} && complete -F _nf_cli nf-cli
"""


def zsh():
    lines = []
    for row in usable():
        text = row["help"].replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
        action = {"": "", "@file": "_files", "@dir": "_files -/"}.get(row["complete"], f"({row['complete']})").replace(":", "\\:")
        value = "" if row["takes"] == "NOTHING" else f":{row['argument'].replace(':', chr(92) + ':')}:{action}"
        names = names_of(row)
        repeat = "*" if row["takes"] == "MANY" else ""
        for name in names:
            others = "" if repeat else "(" + " ".join(names) + ")"
            # How the value follows: "-c N" and "-cN", "--count N" and "--count=N", "--list-columns=csv" alone.
            form = "" if not value else "=-" if row["takes"] == "MAYBE" else "=" if name.startswith("--") else "+"
            optional = ":" if row["takes"] == "MAYBE" else ""
            lines.append(f"\t'{others}{repeat}{name}{form}[{text}]{optional}{value}' \\")
    body = "\n".join(lines)
    return f"#compdef nf-cli\n{LICENSE}\n_arguments -s -S : \\\n{body}\n\t'*:capture:_files'\n"


def fish():
    lines = []
    for row in usable():
        parts = ["complete -c nf-cli"]
        if row["short"]:
            parts.append(f"-s {row['short']}")
        parts.append(f"-l {row['long']}")
        if row["takes"] in ("VALUE", "MANY"):
            parts.append("-r")
            if row["complete"] in ("@file", "@dir"):
                parts.append("-F")
            else:
                parts.append("-f")
        if row["complete"] and not row["complete"].startswith("@"):
            parts.append(f"-a '{row['complete']}'")
        text = row["help"].replace("\\", "\\\\").replace("'", "\\'")
        parts.append(f"-d '{text}'")
        lines.append(" ".join(parts))
    return LICENSE + "\n".join(lines) + "\n"


def main():
    made = {MAN: man_page(), os.path.join(COMPLETIONS, "nf-cli.bash"): bash(), os.path.join(COMPLETIONS, "_nf-cli"): zsh(),
            os.path.join(COMPLETIONS, "nf-cli.fish"): fish()}
    status = 0
    for path, text in made.items():
        if sys.argv[1:] == ["--check"]:
            with open(path, encoding="utf-8") as f:
                if f.read() != text:
                    print(f"{os.path.relpath(path, SOURCE)} is not what cli/options.def gives: run cli/make_docs.py")
                    status = 1
        else:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
