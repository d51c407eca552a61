# image.sh: ./tessera image: a solution's image in a file of its own; with --iso as a bootable CD.

# What GRUB images need beyond the build itself.
image_packages() {
    cat <<'END'
grub-mkrescue grub-common
xorriso xorriso
mformat mtools
/usr/lib/grub/i386-pc grub-pc-bin
/usr/lib/grub/x86_64-efi grub-efi-amd64-bin
END
}

command_image() {
    image_iso=
    image_output=
    image_append=
    image_what=
    while [ $# -gt 0 ]; do
        case $1 in
        --iso) image_iso=yes ;;
        -o | --output | --append)
            [ $# -ge 2 ] || fail "$1 needs a value"
            case $1 in --append) image_append=$2 ;; *) image_output=$2 ;; esac
            shift ;;
        -*) fail "image: unknown option $1; there are --iso, -o FILE, --append WORDS" ;;
        *)
            [ -z "$image_what" ] || fail "image: one solution at a time"
            image_what=$(solution_find "$1") || exit 2 ;;
        esac
        shift
    done
    [ -n "$image_what" ] || fail "usage: ./tessera image [--iso] [-o FILE] [--append WORDS] SOLUTION"
    setup
    [ -z "$image_iso" ] || setup image_packages
    system_build
    solution_build "$image_what"
    image_file=$(head -n 1 "$SOLUTION_BUILD/sim.args")
    image_name=$(basename "$image_what")
    if [ -n "$image_iso" ]; then
        image_output=${image_output:-$BUILD/images/$image_name.iso}
        "$SDK/toolchain/bin/kos_make_iso" --img-src="$image_file" --img-dst="$image_output" \
            --append="$image_append" || exit 1
    else
        [ -z "$image_append" ] || fail "image: --append goes with --iso"
        image_output=${image_output:-$BUILD/images/$image_name}
        install_file "$image_file" "$image_output"
    fi
    say "$image_output"
}
