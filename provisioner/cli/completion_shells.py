"""How bash, zsh and fish ask for completions, and what they are answered.

What can be completed, and where, is click's; its scripts serve one program of one word. These serve both names:
``kimi-provider``, and ``kimi provider`` whose other subcommands are not ours to complete. They also complete words in
which a shell sees several (bash takes ``qwen:7b`` for two) and quote what bash would run.
"""

from __future__ import annotations

import os
import re

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

_BASH = """\
_kimi_provider_complete() {
    local current="$1" type value
    shift
    COMPREPLY=()
    while IFS=, read -r type value; do
        case "$type" in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_CURRENT="$current" \\
        _KIMI_PROVIDER_COMPLETE=bash_complete "$@" 2>/dev/null </dev/null)
}

_kimi_provider() {
    _kimi_provider_complete "$2" "$1"
}

_kimi_with_provider() {
    if (( COMP_CWORD == 1 )); then
        COMPREPLY=($(compgen -W provider -- "$2"))
    elif [[ "${COMP_WORDS[1]}" == provider ]]; then
        _kimi_provider_complete "$2" "$1" provider
    else
        compopt -o default
    fi
}

complete -o nosort -F _kimi_provider kimi-provider
complete -o nosort -F _kimi_with_provider kimi
"""

_ZSH = """\
#compdef kimi-provider kimi

_kimi_provider() {
    local -a program plain described response
    local type value help
    program=("$words[1]")
    if [[ "${words[1]:t}" == kimi ]]; then
        if (( CURRENT == 2 )); then
            compadd provider
            return
        elif [[ "$words[2]" != provider ]]; then
            _files
            return
        fi
        program+=(provider)
    fi
    response=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        _KIMI_PROVIDER_COMPLETE=zsh_complete "${program[@]}" 2>/dev/null </dev/null)}")
    for type value help in "${response[@]}"; do
        case "$type" in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            plain)
                if [[ "$help" == _ ]]; then
                    plain+=("$value")
                else
                    described+=("$value:$help")
                fi
                ;;
        esac
    done
    [[ -n "$described" ]] && _describe -V unsorted described -U
    [[ -n "$plain" ]] && compadd -U -V unsorted -a plain
}

if [[ "$zsh_eval_context[-1]" == loadautofunc ]]; then
    _kimi_provider "$@"
else
    compdef _kimi_provider kimi-provider kimi
fi
"""

_FISH = """\
function __kimi_provider_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    if string match -qr '(^|/)kimi$' -- $words[1]
        if test (count $words) -eq 1
            echo provider
            return
        else if test "$words[2]" != provider
            __fish_complete_path (commandline -ct)
            return
        end
        set program $words[1] provider
    end
    for line in (env COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) \\
            _KIMI_PROVIDER_COMPLETE=fish_complete $program 2>/dev/null </dev/null)
        set -l parts (string split -m 1 , -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo $parts[2]
        end
    end
end

complete --command kimi-provider --no-files --arguments '(__kimi_provider_complete)'
complete --command kimi --no-files --arguments '(__kimi_provider_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


class _Ours(ShellComplete):
    """What the three have in common."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words after the program's name, and the one that is being typed."""
        args, incomplete = super().get_completion_args()
        return args[self.prog_name.count(" ") :], incomplete

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Whole words: click leaves out the option that a value is typed to. A name that no line can hold is none."""
        option, equals, _ = incomplete.partition("=")
        head = option + equals if equals and option.startswith("-") else ""
        return [
            CompletionItem(head + item.value, type=item.type, help=item.help)
            for item in super().get_completions(args, incomplete)
            if item.value.isprintable() or not item.value
        ]


class _Bash(_Ours, BashComplete):
    def get_completion_args(self) -> tuple[list[str], str]:
        """The line itself is read: bash would split its words at colons."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)
        incomplete = "" if line[-1:].isspace() else words.pop()
        return words[1 + self.prog_name.count(" ") :], incomplete

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Only what follows the colon or the equals sign at which bash split the word, quoted for its line."""
        current = os.environ.get("COMP_CURRENT", "")
        there = len(incomplete) - len(current) if incomplete.endswith(current) else 0
        return [
            CompletionItem(re.sub(r"([^\w@%+=:,./~-])", r"\\\1", item.value[there:]), type=item.type)
            for item in super().get_completions(args, incomplete)
        ]


class _Zsh(_Ours, ZshComplete):
    pass


class _Fish(_Ours, FishComplete):
    pass


def register() -> None:
    """From now on click answers as these scripts ask."""
    for shell, kind in (("bash", _Bash), ("zsh", _Zsh), ("fish", _Fish)):
        add_completion_class(kind, shell)
