# new.sh: ./tessera new NAME: a solution from sdk/template. Its word __name__ becomes the package.

command_new() {
    [ $# -eq 1 ] || fail "usage: ./tessera new NAME"
    new_dir=$1
    new_name=$(basename "$new_dir" | tr '[:upper:]-' '[:lower:]_')
    case $new_name in
    [!a-z]* | *[!a-z0-9_]* | '') fail "new: $new_name: a name has letters, digits and _" ;;
    *__* | *_) fail "new: $new_name: no __ and no _ at the end" ;;
    esac
    # As a package it stands in C names and in descriptions: words of the languages do not serve.
    case " auto break case char component components const continue default do double else endpoints \
entity enum error extern float for goto if import in inline int interface kl long nk out package register \
restrict return rtl security short signed sizeof static string struct switch task typedef union unsigned \
void volatile while " in
    *" $new_name "*) fail "new: $new_name is a word of the languages; take another name" ;;
    esac
    [ ! -e "$new_dir" ] || fail "new: $new_dir exists"
    (cd "$ROOT/sdk/template" && find . -type f) | while IFS= read -r new_file; do
        mkdir -p "$(dirname "$new_dir/$new_file")" &&
            sed "s/__name__/$new_name/g" "$ROOT/sdk/template/$new_file" >"$new_dir/$new_file" || exit 1
    done || fail "cannot write $new_dir"
    chmod +x "$new_dir/cross-build.sh"
    say "the solution is in $new_dir; ./tessera run $new_dir"
}
