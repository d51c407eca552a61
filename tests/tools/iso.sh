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

SOLUTION=$ROOT/build/solutions/01-hello
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

# An image that does not fit below the memory which OVMF keeps for itself (from 8 MiB on).
mkdir large
"$BIN/kos_make_kimg" --img-dst=plain.image --with-init="$SOLUTION/einit/EinitQemu" \
    "$SOLUTION/hello/Hello" "$(find "$SOLUTION" -name ksm.module)" 2>&1
head -c 41943040 /dev/zero >large/ballast
"$BIN/kos_make_kimg" --img-dst=large.image --with-init="$SOLUTION/einit/EinitQemu" \
    "$SOLUTION/hello/Hello" large/ballast "$(find "$SOLUTION" -name ksm.module)" 2>&1
expect 'a CD with a file of 40 MiB' 0 '' "$BIN/kos_make_iso" --img-src=large.image --img-dst=hello.iso \
    '--append=args.hello.Hello.1=from%20GRUB'
[ ! -f "$OVMF" ] || boots 'UEFI, 40 MiB' -drive "if=pflash,format=raw,readonly=on,file=$OVMF" -cdrom hello.iso
boots 'BIOS, 40 MiB' -cdrom hello.iso
expect 'QEMU starts the same image itself' 0 'GREETING' "$BIN/kos-sim" --timeout 60 large.image
expect 'imgsplit: no image' 1 'not an image' "$BIN/imgsplit" large/ballast one two
expect 'imgsplit: no file system' 1 'no section .romfs' sh -c \
    "llvm-objcopy --strip-sections plain.image bare; '$BIN/imgsplit' bare one two ||
     { llvm-objcopy --rename-section=.romfs=.other plain.image bare; '$BIN/imgsplit' bare one two; }"

# Without the device that takes a status, ACPI powers the machine off. A reset would start it again.
power_off() { # NAME QEMU-WORD...
    power_name=$1
    shift
    expect "power-off: $power_name" 0 '^GREETING' timeout 100 qemu-system-x86_64 -cpu max -m 512 \
        -display none -serial stdio -serial file:kernel.log -monitor none -nic none "$@"
}
power_off 'q35' -M q35 -kernel plain.image -append exit=idle
power_off 'i440fx' -M pc -kernel plain.image -append exit=idle
power_off 'BIOS, CD' -M q35 -cdrom hello.iso
[ ! -f "$OVMF" ] || power_off 'UEFI, CD' -M q35 -cdrom hello.iso \
    -drive "if=pflash,format=raw,readonly=on,file=$OVMF"

expect 'image without --iso' 0 '/plain' "$ROOT/tessera" image -o "$WORK/plain" 01-hello
expect 'QEMU starts that one itself' 0 'GREETING' "$BIN/kos-sim" --timeout 60 "$WORK/plain"
expect 'a word that GRUB would take' 1 'GRUB would interpret' "$BIN/kos_make_iso" \
    --img-src="$WORK/plain" --img-dst=x.iso '--append=a;b'
expect 'no solution' 2 'usage' "$ROOT/tessera" image --iso
