#!/bin/sh
# iso.sh: the GRUB image of a solution boots under BIOS and under UEFI, from a CD and from a disk, with
# the kernel's command line and the ACPI tables that the loader passes.
. "$(dirname "$0")/check.inc"

OVMF=/usr/share/OVMF/OVMF_CODE.fd
[ -f "$OVMF" ] || OVMF=/usr/share/OVMF/OVMF_CODE_4M.fd
expect 'image --iso' 0 'hello.iso' "$ROOT/tessera" image --iso -o "$WORK/hello.iso" \
    --append 'args.hello.Hello.1=from%20GRUB' 01-hello
if ! [ -f "$OVMF" ]; then
    # The system's own tests need no firmware; this one names what it lacks.
    echo "FAIL UEFI firmware: $OVMF is missing; Debian's package: ovmf"
fi

# The firmware writes to the serial port as well, so lines are looked for, not compared.
machine() {
    : >kernel.log
    timeout 120 qemu-system-x86_64 -M q35 -cpu max -m 512 -display none -serial stdio \
        -serial file:kernel.log -monitor none -no-reboot -nic none \
        -device isa-debug-exit,iobase=0xf4,iosize=4 "$@"
}
boots() { # NAME QEMU-WORD...
    boots_name=$1
    shift
    expect "$boots_name" 1 '^GREETING = good morning' machine "$@"
    cp output console
    expect "$boots_name: the command line arrives" 0 '^argv.3. = from GRUB' cat console
    expect "$boots_name: the loader is named" 0 'multiboot2' cat kernel.log
    expect "$boots_name: ACPI tables" 0 'ACPI root pointer' cat kernel.log
}
boots 'BIOS, CD' -cdrom hello.iso
if [ -f "$OVMF" ]; then
    boots 'UEFI, CD' -drive "if=pflash,format=raw,readonly=on,file=$OVMF" -cdrom hello.iso
    boots 'UEFI, disk' -drive "if=pflash,format=raw,readonly=on,file=$OVMF" \
        -drive file=hello.iso,format=raw
fi
boots 'BIOS, disk' -drive file=hello.iso,format=raw

expect 'image without --iso' 0 '/plain' "$ROOT/tessera" image -o "$WORK/plain" 01-hello
expect 'QEMU starts that one itself' 0 'GREETING' "$BIN/kos-sim" --timeout 60 "$WORK/plain"
expect 'a word that GRUB would take' 1 'GRUB would interpret' "$BIN/kos_make_iso" \
    --img-src="$WORK/plain" --img-dst=x.iso '--append=a;b'
expect 'no solution' 2 'usage' "$ROOT/tessera" image --iso
