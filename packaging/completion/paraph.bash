# Completion of paraph(1) for bash. The program itself says what may come next; where it says nothing, it is a file.
_paraph() {
    local candidates
    candidates="$("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" || candidates=
    mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _paraph paraph
