# boot.sh: boots a solution that was built; the QEMU command itself stands in kos-sim.

# boot DIR [OPTION]...: runs the solution that solution_build made last. qemu.args in the solution's
# folder: --cpu, --smp or --memory with its value are kos-sim's; any other line that begins with a
# dash is words for QEMU, any other words for the kernel. Counted time is for one CPU: several would run
# in turns.
boot() {
    boot_dir=$1
    printf '%s\n' "$boot_dir" >"$SOLUTION_BUILD/last.run" # for ./tessera why
    shift
    case " $* " in *" --smp 1 "*) boot_several= ;; *" --smp "*) boot_several=yes ;; *) boot_several= ;; esac
    if [ -f "$boot_dir/qemu.args" ]; then
        while IFS= read -r boot_line; do
            case $boot_line in
            '#'* | '') ;;
            -icount*) [ -n "$boot_several" ] || for boot_word in $boot_line; do set -- "$@" --qemu "$boot_word"; done ;;
            '--cpu '* | '--smp '* | '--memory '*) set -- "$@" "${boot_line%% *}" "${boot_line#* }" ;;
            -*) for boot_word in $boot_line; do set -- "$@" --qemu "$boot_word"; done ;;
            *) set -- "$@" --append "$boot_line" ;;
            esac
        done <"$boot_dir/qemu.args"
    fi
    "$SDK/toolchain/bin/kos-sim" --args "$SOLUTION_BUILD/sim.args" \
        --log "$SOLUTION_BUILD/kernel.log" "$@"
}
