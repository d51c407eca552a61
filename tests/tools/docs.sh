#!/bin/sh
# docs.sh: what the documents name exists: files and folders of the repository, and no more than twenty
# of them in the reading order of the kernel.
. "$(dirname "$0")/check.inc"

# Prints the paths in `...` of the documents that are not there.
missing() {
    cd "$ROOT" || return 1
    status=0
    for page in "$@"; do
        grep -o '`[A-Za-z0-9_./-]*`' "$page" | tr -d '`' | sort -u |
            grep -E '^(docs|drivers|examples|idl|kernel|libs|programs|sdk|tests)/[^ ]*[a-zA-Z0-9_/]$' |
            while IFS= read -r path; do
                [ -e "$path" ] || echo "$page: there is no $path"
            done
    done >"$WORK/missing"
    cat "$WORK/missing"
    [ ! -s "$WORK/missing" ] || status=1
    return $status
}

reading_order() {
    count=$(grep -c '^[0-9]*\. `kernel/' "$ROOT/docs/start/read-the-kernel.md")
    echo "$count files"
    [ "$count" -gt 0 ] && [ "$count" -le 20 ]
}

expect 'files that the documents name' 0 '' missing docs/*.md docs/*/*.md
expect 'the reading order has at most twenty files' 0 'files' reading_order
